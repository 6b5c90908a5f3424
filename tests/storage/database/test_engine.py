"""The engine: durable, migrated, copied, locked by other processes."""

import asyncio
import json
import socket
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import inbox, schema
from storage.database import address, copying, driver
from storage.database import engine as database
from storage.inbox import Arrival
from storage.schema import dialogues, facts, shops
from tests.databases import ENGINES, new_database, on_one_engine
from tests.packaged import HUNDRED_POINTS


def columns_and_indices(connection) -> dict[str, tuple[list, list]]:
    found = inspect(connection)
    return {
        name: (
            sorted((one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(name)),
            sorted((one["name"], tuple(one["column_names"]), bool(one["unique"])) for one in found.get_indexes(name)),
        )
        for name in sorted(schema.metadata.tables)
    }


def test_the_newest_migration_is_the_one_that_start_looks_for():
    assert ScriptDirectory(str(database.MIGRATIONS)).get_current_head() == database.HEAD


async def test_the_migrations_make_the_tables_that_the_code_describes(engine: AsyncEngine):
    async with engine.begin() as conn:
        migrated = await conn.run_sync(columns_and_indices)
        await conn.run_sync(schema.metadata.drop_all)
        await conn.run_sync(schema.metadata.create_all)
        described = await conn.run_sync(columns_and_indices)
    assert migrated == described


async def test_postgresql_compiles_no_query(engine: AsyncEngine):
    """To compile the query of all shops' levels takes seconds with ten thousand shops, each time."""
    if engine.dialect.name == "postgresql":
        async with engine.begin() as conn:
            assert (await conn.exec_driver_sql("SHOW jit")).scalar() == "off"


async def test_up_down_and_up_again_leaves_a_usable_schema(engine: AsyncEngine):
    async with engine.begin() as conn:
        await conn.run_sync(lambda connection: database.downgrade(connection, "base"))
        assert not await conn.run_sync(lambda connection: inspect(connection).has_table("inbox"))
    assert await database.migrate(engine) is True
    assert await database.migrate(engine) is False


async def test_a_kind_of_shop_told_before_it_was_two_is_no_answer_any_more(engine: AsyncEngine):
    told = {"shop_id": 1, "fact": "shop_type", "day": date(2026, 8, 1), "source": "answer", "told_at": 1}
    async with engine.begin() as conn:
        await conn.run_sync(lambda connection: database.downgrade(connection, "0013"))
        await conn.execute(insert(facts), [told | {"value": '"enterprise"'}, told | {"value": '"personal"'}])
        await conn.run_sync(lambda connection: database.upgrade(connection, "head"))
        kept = (await conn.execute(select(facts.c.value).order_by(facts.c.id))).scalars().all()
    options = {option.value for option in HUNDRED_POINTS.fact("shop_type").options}
    assert [json.loads(value) in options for value in kept] == [False, True]


async def test_the_shops_of_an_older_version_stay_as_they_are(engine: AsyncEngine):
    values = {"ref": "S1", "name": "花店", "source": "feed", "in_alliance": True, "closures": 1, "created_at": 5}
    async with engine.begin() as conn:
        await conn.run_sync(lambda connection: database.downgrade(connection, "0016"))
        await conn.execute(insert(shops).values(values | {"id": 7, "closures_day": date(2022, 10, 10)}))
        before = (await conn.execute(select(shops))).all()
        await conn.run_sync(lambda connection: database.upgrade(connection, "head"))
        assert (await conn.execute(select(shops))).all() == before


async def test_an_older_version_can_read_the_conversations_of_this_one(engine: AsyncEngine):
    known = {"album": "7", "heard": [{"message": 1, "said": "x", "on": "2026-11-28"}]}
    async with engine.begin() as conn:
        await conn.execute(insert(dialogues).values(chat_id=1, version=1, body=json.dumps(known), updated_at=1))
        await conn.run_sync(lambda connection: database.downgrade(connection, "0017"))
        assert json.loads((await conn.execute(select(dialogues.c.body))).scalar_one()) == {"album": "7"}


@pytest.mark.parametrize("kind", ENGINES)
async def test_of_several_that_start_at_once_one_migrates_and_none_fails(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
):
    if kind == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path}/empty.db"
    else:
        url = await new_database(request.getfixturevalue("server"))
    engines = [database.create(url) for _ in range(4)]
    did = await asyncio.gather(*(database.migrate(engine) for engine in engines))
    for engine in engines:
        await engine.dispose()
    assert sorted(did) == [False, False, False, True]


async def test_an_embedded_database_is_on_disk_when_it_is_committed(tmp_path: Path):
    engine = database.create(f"sqlite+aiosqlite:///{tmp_path}/deep/er/test.db")
    async with engine.connect() as conn:
        found = [
            (await conn.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    await engine.dispose()
    assert found == ["wal", 2, 1]


async def test_a_backup_of_a_database_in_use_is_whole(embedded_url: str, tmp_path: Path):
    engine = database.create(embedded_url)
    async with engine.begin() as conn:
        await inbox.add(conn, [Arrival(1, 1, "{}")], 0)
    async with engine.begin() as conn:
        await inbox.add(conn, [Arrival(2, 1, "{}")], 0)
        await asyncio.to_thread(copying.backup, embedded_url, tmp_path / "copy.db", 0)
    await engine.dispose()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT key FROM inbox").fetchall() == [(1,)]
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_backup_says_why_it_can_not_be_made(tmp_path: Path):
    with pytest.raises(database.NotEmbeddedError, match="pg_dump"):
        copying.backup("postgresql+asyncpg://somewhere/db", tmp_path / "copy.db", 0)
    with pytest.raises(FileNotFoundError, match="no database"):
        copying.backup(f"sqlite+aiosqlite:///{tmp_path}/none.db", tmp_path / "copy.db", 0)
    assert not (tmp_path / "copy.db").exists()


async def test_a_transaction_waits_for_another_process_that_writes(embedded_url: str):
    engine = database.create(embedded_url)
    with closing(sqlite3.connect(database.file_of(embedded_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        async def write() -> int:
            async with engine.begin() as conn:
                return await inbox.add(conn, [Arrival(1, 1, "{}")], 0)

        writing = asyncio.create_task(write())
        done, _ = await asyncio.wait({writing}, timeout=0.2)
        assert not done
        other.execute("COMMIT")
        assert await writing == 1
    await engine.dispose()


async def test_opening_a_new_database_waits_for_another_process_that_opens_it(tmp_path: Path):
    file = tmp_path / "test.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        opening = asyncio.create_task(database.connect(file))
        done, _ = await asyncio.wait({opening}, timeout=0.2)
        assert not done
        other.execute("COMMIT")
    await (await opening).close()


async def test_a_database_that_stays_locked_is_an_error_and_usable_later(embedded_url: str, monkeypatch):
    monkeypatch.setattr(driver, "LOCKED_FOR_S", 0.1)
    engine = database.create(embedded_url)
    with closing(sqlite3.connect(database.file_of(embedded_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            async with engine.begin() as conn:
                await inbox.add(conn, [Arrival(1, 1, "{}")], 0)
    async with engine.begin() as conn:
        assert await inbox.add(conn, [Arrival(1, 1, "{}")], 0) == 1
    await engine.dispose()


async def test_a_server_that_takes_a_connection_and_says_nothing_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(address, "CONNECT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # who comes waits to be let in, for ever
        engine = database.create(f"postgresql+asyncpg://somebody@127.0.0.1:{silent.getsockname()[1]}/somewhere")
        async with asyncio.timeout(10):
            with pytest.raises(TimeoutError):
                await engine.connect()
        await engine.dispose()


@on_one_engine
@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500])
async def test_all_rows_of_a_large_result_come(engine: AsyncEngine, count: int):
    async with engine.begin() as conn:
        await inbox.add(conn, [Arrival(key, key, "{}") for key in range(1, count + 1)], 0)
        keys = (await conn.execute(select(schema.inbox.c.key).order_by(schema.inbox.c.key))).scalars().all()
        streamed = [row.key async for row in await conn.stream(select(schema.inbox.c.key).order_by(schema.inbox.c.key))]
    assert keys == streamed == list(range(1, count + 1))
