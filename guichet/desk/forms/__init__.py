"""What we ask about several rooms at once, one module an act."""
