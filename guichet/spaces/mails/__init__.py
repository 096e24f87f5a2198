"""What members and registers are written by e-mail, one module an act."""
