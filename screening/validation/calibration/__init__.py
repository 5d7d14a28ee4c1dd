"""Calibration of the error model against first-principles formation energies."""
