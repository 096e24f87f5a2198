"""Acts that several rooms take part in, one module an act."""
