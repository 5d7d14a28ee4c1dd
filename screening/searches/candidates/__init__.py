"""Candidates for a coating among all compounds of a set of energies."""
