"""Disordered crystals, their ordered supercells, and the energies of these.

A cell here is an ordered supercell of a crystal, not a battery.
"""
