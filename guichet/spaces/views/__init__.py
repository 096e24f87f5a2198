"""Pages of spaces, one module an act."""
