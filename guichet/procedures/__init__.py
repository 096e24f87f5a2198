"""What one may ask of the State: procedures as reviewed text, and the rules they are written with."""
