"""Formulas, elements, chemistry classes, the notation of materials, and what elements cost."""
