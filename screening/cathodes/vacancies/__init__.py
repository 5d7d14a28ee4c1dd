"""Oxygen vacancies of a cathode against the lithium taken out."""
