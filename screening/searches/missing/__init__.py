"""Which structures a screening needs energies of that are not there yet."""
