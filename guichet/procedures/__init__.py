"""The rules that procedures are written with: typed, total, the same here and in a browser."""
