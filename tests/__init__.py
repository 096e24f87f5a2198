"""Guards of the whole house, the cast, and whole walks with a browser."""
