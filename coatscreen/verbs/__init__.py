"""The verbs of ``coatscreen``, a module for each group."""
