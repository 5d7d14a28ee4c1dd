"""Crystal structures as they come in."""
