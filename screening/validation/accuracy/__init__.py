"""The errors of the energies: formation energies, reaction energies and windows beside measured and published ones."""
