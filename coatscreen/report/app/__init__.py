"""Any interface in the browser: one HTML page that holds a set of energies and computes with them.

Nothing is asked of a server. What is computed, and how, is that of :mod:`screening.equilibrium`, written again in plain
JavaScript; the tests compare the two.
"""
