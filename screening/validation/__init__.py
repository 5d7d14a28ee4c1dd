"""How far results are from measurement, from first principles, and from the source papers."""
