"""What a coating or its precursor becomes in a furnace, alone and on a cathode."""
