"""What we ask about spaces, one module an act."""
