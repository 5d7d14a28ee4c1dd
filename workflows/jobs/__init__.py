"""Jobs: each calls one function of :mod:`screening`."""
