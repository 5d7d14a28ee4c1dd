"""Coatings of one and of two layers between a cathode and an electrolyte."""
