"""Flows that FireWorks manages."""
