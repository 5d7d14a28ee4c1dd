"""Cathodes: lithium potentials of their states of charge, ordered cells, and oxygen vacancies."""
