"""The atlas: the contacts of all coatings there could be with all known neighbours, in one columnar file."""
