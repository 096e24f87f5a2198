"""Pages of procedures: the catalogue, filling in, checking and signing, what was sent."""
