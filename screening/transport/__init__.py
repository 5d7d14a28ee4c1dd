"""What passes a coating: lithium, measured or estimated from its structure, and electrons."""
