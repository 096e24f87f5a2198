"""A person's own account: products, sessions, address, language, what happened, leaving."""
