"""Coatings between a cathode and an electrolyte: contacts, documents and their ranking."""
