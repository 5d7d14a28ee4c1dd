"""The products of annealing a coating or its precursor in a furnace, alone and on a cathode."""
