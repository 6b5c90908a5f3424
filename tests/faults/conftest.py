"""The database that faults are tried on, and PostgreSQL for the rows that are about several processes."""

import os
from pathlib import Path

import pytest

from tests.faults.echo import sqlite
from tests.storage.conftest import postgres, server, upgraded_database, url

__all__ = ["postgres", "server", "url"]


@pytest.fixture
async def database_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The embedded database, or with SUITE_DATABASE=postgresql one of that server, leases then being short."""
    if os.environ.get("SUITE_DATABASE") == "postgresql":
        monkeypatch.setenv("LEASE_MS", "3000")
        return await upgraded_database(request.getfixturevalue("server"))
    return sqlite(tmp_path)
