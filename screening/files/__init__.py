"""Files read within limits and written whole: JSON, YAML, CSV, and locks beside them."""
