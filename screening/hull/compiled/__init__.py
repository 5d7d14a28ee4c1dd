"""The numerical core in C, how it is built, and how it is called."""
