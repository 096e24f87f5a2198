"""Guichet: the one-stop shop between people, businesses and the State."""
