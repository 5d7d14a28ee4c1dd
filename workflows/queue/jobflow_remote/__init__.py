"""Flows that jobflow-remote manages."""
