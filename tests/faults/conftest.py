"""The database that faults are tried on."""

import pytest

from tests.databases import SUITE


@pytest.fixture
def database_url(suite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The embedded one, or with SUITE_DATABASE=postgresql one of that server, leases then being short."""
    if SUITE == "postgresql":
        monkeypatch.setenv("LEASE_MS", "3000")
    return suite_url
