"""A database with the newest schema, on each engine."""

from tests.storage.conftest import conn, engine, server, url

__all__ = ["conn", "engine", "server", "url"]
