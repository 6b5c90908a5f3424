"""The database itself: made, brought to its schema, moved, backed up; and the fast path into SQLite."""
