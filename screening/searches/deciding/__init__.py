"""Which phases' energies, if they were known, would decide an undecided ranking."""
