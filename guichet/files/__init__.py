"""Papers: ours and those that people hand in; looked into, scanned, stored once by digest, synced before the row."""
