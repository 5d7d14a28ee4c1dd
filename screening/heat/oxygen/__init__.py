"""The oxygen a cathode gives off, and the products that an electrolyte forms with it."""
