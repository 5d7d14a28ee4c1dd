"""Known phases and their energies on one named scale: single phases, tables, sets, and pymatgen entries."""
