"""Known phases and their energies on one named scale."""
