"""Oxygen vacancies in a cathode against the amount of lithium taken out."""
