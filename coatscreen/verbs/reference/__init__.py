"""``coatscreen reference``: the packaged energies, how they are made again, and how far they are off."""
