"""Searches over many coatings: candidates, screening requests, stacks, and energies that are missing."""
