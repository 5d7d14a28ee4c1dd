"""Energies that a user computes or brings along: added structures, imported calculations, and the table of them."""
