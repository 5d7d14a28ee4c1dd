"""Energies anchored on measured formation enthalpies."""
