"""Tables and queries: SQLAlchemy Core functions, each given a connection; none commits."""
