"""``coatscreen energies``: energies of the user's own, computed or imported."""
