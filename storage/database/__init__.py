"""The database: creation, migration, moving, backup; and the fast path into SQLite."""
