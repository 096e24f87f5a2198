"""The pages of "My account", one module a part."""
