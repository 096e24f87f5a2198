"""What the desk writes by e-mail, one module an act."""
