"""Hosts of cathodes: which known phases differ by the working ion alone."""
