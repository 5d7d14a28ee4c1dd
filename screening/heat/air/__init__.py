"""Stability of powders in humid air: hydrolysis and carbonation."""
