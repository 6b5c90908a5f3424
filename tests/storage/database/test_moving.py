"""All rows move to another database, or none."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import outbox, shops
from storage.database import engine as database
from storage.database import moving
from storage.outbox import Lane, Message
from storage.schema import metadata, paces
from storage.schema import outbox as letters
from tests.databases import ENGINES, new_database
from tests.storage.test_personal import fill


@pytest.fixture(params=["sqlite", "postgresql"])
async def target(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An empty database on each engine, to copy to."""
    if request.param == "sqlite":
        made = database.create(f"sqlite+aiosqlite:///{tmp_path}/target.db")
    else:
        made = database.create(await new_database(request.getfixturevalue("server")))
    yield made
    await made.dispose()


async def everything(engine: AsyncEngine) -> dict[str, list[tuple]]:
    async with engine.begin() as conn:
        return {
            table.name: [tuple(row) for row in await conn.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
            if table is not paces
        }


within_an_engine = pytest.mark.parametrize(
    ("url", "target"), [(one, one) for one in ENGINES], ids=ENGINES, indirect=True
)
"""For what the two engines of a move do apart from each other."""


async def test_all_rows_of_all_tables_are_there_as_they_were_however_many_go_at_once(
    engine: AsyncEngine, target: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "ROWS_AT_ONCE", 2)
    async with engine.begin() as conn:
        await fill(conn, 5, 7_000, 8_000)
    before = await everything(engine)
    counts = await moving.move(engine, target)
    assert await everything(target) == before == await everything(engine)
    assert counts == {name: len(rows) for name, rows in before.items()}
    assert all(counts.values())


async def test_numbers_go_on_where_they_were(engine: AsyncEngine, target: AsyncEngine) -> None:
    message = Message(1, Lane.REPLY, "sendMessage", {})
    async with engine.begin() as conn:
        await outbox.enqueue(conn, [message] * 3, 0)
        await conn.execute(letters.delete())
        shop = await shops.add(conn, "S1", "小店", 0)
    await moving.move(engine, target)
    async with target.begin() as conn:
        assert await outbox.enqueue(conn, [message], 0) == [4]
        await shops.add(conn, "S2", "大店", 0)
        assert shop is not None
        assert len((await conn.execute(select(metadata.tables["shops"].c.id))).all()) == 2


@within_an_engine
async def test_a_target_that_holds_something_is_left_alone(engine: AsyncEngine, target: AsyncEngine) -> None:
    await database.migrate(target)
    for one in (engine, target):
        async with one.begin() as conn:
            await outbox.enqueue(conn, [Message(1, Lane.REPLY, "sendMessage", {})], 0)
    before = await everything(target)
    with pytest.raises(moving.NotEmptyError, match="outbox"):
        await moving.move(engine, target)
    assert await everything(target) == before


@within_an_engine
async def test_a_copy_that_is_broken_off_leaves_the_target_empty(
    engine: AsyncEngine, target: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engine.begin() as conn:
        await fill(conn, 5)
    monkeypatch.setattr(moving, "_last_number", None)
    with pytest.raises(TypeError):
        await moving.move(engine, target)
    assert not any((await everything(target)).values())


@within_an_engine
async def test_a_source_of_another_version_is_refused(engine: AsyncEngine, target: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await conn.run_sync(lambda connection: database.downgrade(connection, "-1"))
    with pytest.raises(moving.NotUpgradedError):
        await moving.move(engine, target)
