"""A world of shops and followers, in a database with the newest schema on each engine."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.warnings.world import World


@pytest.fixture
def world(engine: AsyncEngine) -> World:
    """An empty world."""
    return World(engine)
