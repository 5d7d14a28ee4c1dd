"""The packaged table of energies: how it is read, built, filtered and checked."""
