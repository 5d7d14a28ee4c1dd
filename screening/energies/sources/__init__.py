"""Where energies come from: tables, entries, formation energies and the Materials Project.

Each source is read as a scale and columns of phases; :func:`screening.energies.source.open_energies` joins them.
"""
