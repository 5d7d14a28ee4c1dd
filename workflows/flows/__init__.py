"""Flows: each wires jobs into a graph."""
