"""What we write by e-mail about spaces, one module an act."""
