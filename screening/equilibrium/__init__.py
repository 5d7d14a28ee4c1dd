"""Phase equilibria of materials: stability, electrochemical windows, interfaces and composites."""
