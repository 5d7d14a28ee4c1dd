"""The lowest-energy mixture of phases at a composition, from linear programs over one chemical system."""
