"""How many samples of the energies are taken, and which, where nothing else is asked for.

A module without imports: the command line shows these numbers before it loads anything.
"""

N_SAMPLES = 200
LEAST_SAMPLES = 20  # of fewer none lies below 5 %
SEED = 0
