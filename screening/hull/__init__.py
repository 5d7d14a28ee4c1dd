"""The lower convex hull of phase energies: linear programs over the phases of one chemical system."""
