"""Defaults that the command line shows; this module imports nothing, so that its help is quick."""

MOST_ATTEMPTS = 3  # a job lost so often would be lost again: it may need more time or memory than its queue job has
