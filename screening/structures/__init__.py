"""Crystal structures: reading, checking and comparing them."""
