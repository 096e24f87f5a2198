"""SQLite whose writers queue fairly instead of polling for the lock."""
