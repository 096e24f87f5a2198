"""What one may ask of the State: procedures as text, drafts, papers, signatures, what was sent."""
