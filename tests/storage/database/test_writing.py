"""Whether the database takes what is written."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import engine as database
from storage.database import failures, writing
from storage.schema import paces


async def attempt(engine: AsyncEngine) -> str:
    """What is wrong, "" for nothing."""
    try:
        async with engine.begin() as conn:
            await writing.attempt(conn)
    except DBAPIError as error:
        return failures.told(error)
    return ""


@contextmanager
def full_disk(file: Path) -> Iterator[None]:
    """Files can't grow beyond this one's size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_an_attempt_changes_nothing(engine: AsyncEngine) -> None:
    assert (await attempt(engine), await attempt(engine)) == ("", "")
    async with engine.connect() as conn:
        assert (await conn.execute(select(func.count()).select_from(paces))).scalar() == 1


async def test_a_full_disk_is_found_and_so_is_that_there_is_room_again(embedded_url: str) -> None:
    engine = database.create(embedded_url)
    assert await attempt(engine) == ""
    with full_disk(Path(f"{database.file_of(embedded_url)}-wal")):
        full = await attempt(engine)
    assert full in {"database or disk is full", "disk I/O error"}
    assert await attempt(engine) == ""
    await engine.dispose()


async def test_a_database_that_only_reads_is_found(embedded_url: str) -> None:
    engine = database.create(embedded_url)
    async with engine.connect() as conn:
        await conn.execute(text("PRAGMA query_only = ON"))
    assert await attempt(engine) == "attempt to write a readonly database"
    await engine.dispose()


@pytest.mark.parametrize("put_back", [False, True])
async def test_nothing_is_committed_into_a_file_that_was_taken_away(
    embedded_url: str, tmp_path: Path, put_back: bool
) -> None:
    engine, file = database.create(embedded_url), database.file_of(embedded_url)
    assert await attempt(engine) == ""
    file.rename(tmp_path / "lost.db")
    if put_back:
        (tmp_path / "lost.db").rename(file)
    found = await attempt(engine)
    assert found == ("" if put_back else "the database's file was taken away; bring it back and start anew")
    assert file.exists() == put_back
    await engine.dispose()
