"""Oxygen a cathode gives up, and what the electrolyte becomes of it."""
