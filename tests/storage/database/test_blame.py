"""A value that an engine does not take is the fault of its row, on each engine; a database that is away is nobody's."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Integer, bindparam, insert, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.delivery.inbox_worker import FEW_TRIES, most_tries
from bot.loop import in_parts
from storage import schema
from storage.database import engine as database
from storage.database.blame import is_of_a_row

BAD = {"too great": 2**70, "a word": ["x"], "none": None}


def row(chat_id: Any) -> dict[str, Any]:
    return {"chat_id": chat_id, "edition": "", "answers": "", "report": "", "on_day": "", "created_at": 0}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_a_bad_value_is_set_aside_alone_and_given_up_soon(engine: AsyncEngine, bad: Any) -> None:
    aside: list[tuple[Any, Exception]] = []
    async with engine.begin() as conn:

        async def write(part: Sequence[Any]) -> None:
            async with conn.begin_nested():
                await conn.execute(insert(schema.checks), [row(one) for one in part])

        await in_parts([1, bad, 2], write, lambda one, error: aside.append((one, error)))
        written = (await conn.execute(select(schema.checks.c.chat_id).order_by(schema.checks.c.chat_id))).scalars()
        assert list(written) == [1, 2]
    ((one, error),) = aside
    assert one == bad
    assert most_tries(error) == FEW_TRIES


async def test_a_value_that_the_engine_itself_refuses_is_the_fault_of_its_row(engine: AsyncEngine) -> None:
    if database.is_embedded(str(engine.url)):
        pytest.skip("SQLite takes any number")
    with pytest.raises(SQLAlchemyError) as raised:
        async with engine.connect() as conn:
            await conn.execute(select(1 / bindparam("by", 0, Integer)))
    assert is_of_a_row(raised.value)


async def test_a_database_that_is_away_is_nobodys_fault() -> None:
    away = database.create("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    with pytest.raises((SQLAlchemyError, OSError)) as raised:
        async with away.connect():
            pass
    assert not is_of_a_row(raised.value)
    assert not is_of_a_row(OperationalError("", {}, Exception()))
