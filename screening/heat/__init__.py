"""Materials at temperature: annealing in oxygen, and the oxygen a cathode gives off."""
