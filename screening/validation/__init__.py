"""Comparison of the results with measurements, with first principles, and with the source papers."""
