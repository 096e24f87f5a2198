"""The house register: what happened, by whom, about what; no foreign keys, no personal values."""
