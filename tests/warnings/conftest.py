"""A database with the newest schema on each engine, and a world of shops and followers on it."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.warnings.world import World


@pytest.fixture
def world(engine: AsyncEngine) -> World:
    """Nothing yet."""
    return World(engine)
