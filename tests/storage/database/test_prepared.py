"""Prepared statements work on both engines like SQLAlchemy's own execution."""

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.database.prepared import Prepared
from storage.schema import dialogues

ADD = Prepared(insert(dialogues).returning(dialogues.c.chat_id), dialogues.c.keys())
FIND = Prepared(
    select(dialogues.c.chat_id, dialogues.c.body).where(dialogues.c.version == bindparam("version"))
    .order_by(dialogues.c.chat_id)
)  # fmt: skip
MOVE = Prepared(
    update(dialogues).where(dialogues.c.chat_id == bindparam("chat"), dialogues.c.version == 1).values(version=2)
)


def talk(chat_id: int) -> dict[str, object]:
    return {"chat_id": chat_id, "body": f"talk {chat_id}", "version": 1, "updated_at": 0}


async def test_rows_come_in_the_order_of_what_was_given(conn: AsyncConnection):
    assert await ADD.rows_of_each(conn, [talk(3), talk(1), talk(2)]) == [(3,), (1,), (2,)]
    assert await FIND.rows(conn, {"version": 1}) == [(1, "talk 1"), (2, "talk 2"), (3, "talk 3")]


async def test_a_change_tells_how_many_rows_it_changed(conn: AsyncConnection):
    await ADD.rows_of_each(conn, [talk(1), talk(2)])
    assert [await MOVE.change(conn, {"chat": chat}) for chat in (1, 1, 3)] == [1, 0, 0]
    await MOVE.change_each(conn, [{"chat": chat} for chat in (2, 3)])
    assert await FIND.rows(conn, {"version": 1}) == []


async def test_nothing_given_is_nothing_done(conn: AsyncConnection):
    assert list(await ADD.rows_of_each(conn, [])) == []
    await MOVE.change_each(conn, [])


async def test_a_failure_is_sqlalchemys_and_keeps_the_values_to_itself(engine: AsyncEngine):
    with pytest.raises(IntegrityError) as failed:
        async with engine.begin() as conn:
            await ADD.rows_of_each(conn, [talk(1)])
            await ADD.rows_of_each(conn, [talk(1)])
    assert "talk 1" not in str(failed.value)
    async with engine.begin() as conn:
        assert await FIND.rows(conn, {"version": 1}) == []
