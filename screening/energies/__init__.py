"""Where energies come from: the packaged table, files, the Materials Project, and a user's own calculations."""
