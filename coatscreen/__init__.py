"""The command-line program of the project."""
