"""A user's own energies: structures added, calculations imported, and the table they are kept in."""
