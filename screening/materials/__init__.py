"""The catalogue of named materials, and the resolution of names and formulas to materials."""
