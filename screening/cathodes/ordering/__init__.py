"""Disordered crystals, their ordered supercells, and the energies of these cells."""
