"""What is kept: SQLAlchemy Core functions that take a connection and never commit."""
