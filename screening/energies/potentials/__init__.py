"""The machine-learned potentials that packaged energies are computed with."""
