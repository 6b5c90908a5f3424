"""PostgreSQL for the rows that are about several processes."""

from tests.storage.conftest import postgres, server, url

__all__ = ["postgres", "server", "url"]
