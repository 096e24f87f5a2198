"""Papers: stored once by digest, written and synced before the row that names them."""
