"""How wrong the energies are: formation energies, reaction energies and windows beside measured and published ones."""
