"""The database of the fault tests."""

import pytest

from tests.databases import SUITE


@pytest.fixture
def database_url(suite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an embedded database; with SUITE_DATABASE=postgresql of one on the server, with short leases."""
    if SUITE == "postgresql":
        monkeypatch.setenv("LEASE_MS", "3000")
    return suite_url
