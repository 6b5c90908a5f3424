"""A chat's rows over all tables: exported whole, forgotten whole, without other chats' rows."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, SmallInteger, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import personal, schema
from storage.schema import Day

ME, OTHER = 701, 702
DAY = date(2022, 10, 10)


def value_of(column: Column[Any], number: int) -> Any:
    """A value that fits the column, different for each number."""
    if isinstance(column.type, Day):
        return DAY
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, BigInteger | Integer | SmallInteger):
        return number
    return f"{number}".encode() if isinstance(column.type, LargeBinary) else f"{number}"


def row_of(table: Table, chat_id: int) -> dict[str, Any]:
    """A full row of the chat; the chat's own shop and notice have the chat's number."""
    row = {column.key: value_of(column, chat_id) for column in table.columns if column.name != "moved_to"}
    return row | ({"state": "done"} if table is schema.inbox else {})


async def fill(conn: AsyncConnection, *chat_ids: int) -> None:
    for chat_id in chat_ids:
        for table in schema.metadata.sorted_tables:
            await conn.execute(insert(table).values(row_of(table, chat_id)))


async def counted(conn: AsyncConnection, chat_id: int) -> dict[str, int]:
    """How many rows of each table are the chat's."""
    found = {}
    for table in personal.personal():
        query = select(func.count()).select_from(table).where(personal.belonging(table, chat_id))
        found[table.name] = (await conn.execute(query)).scalar_one()
    return found


def test_every_table_is_of_chats_or_says_why_not() -> None:
    tables = schema.metadata.tables
    assert set(personal.NOT_PERSONAL) <= set(tables), "a table that is gone"
    nothing = [table.name for table in personal.personal() if str(personal.belonging(table, ME)) == "false"]
    assert nothing == [], "tables without a chat: name them in NOT_PERSONAL, or give them a column that says whose"
    hidden = [name for name in personal.NOT_PERSONAL if {"chat_id", "shop_id"} & set(tables[name].columns.keys())]
    assert hidden == [], "tables with a chat or a shop are somebody's"


async def test_all_rows_of_a_chat_go_and_no_others(conn: AsyncConnection) -> None:
    await fill(conn, ME, OTHER)
    before, others = await counted(conn, ME), await counted(conn, OTHER)
    assert set(before.values()) == {1}
    assert await personal.forget(conn, ME) == len(before)
    assert await counted(conn, ME) == dict.fromkeys(before, 0)
    assert await counted(conn, OTHER) == others


async def test_forgetting_twice_finds_nothing(conn: AsyncConnection) -> None:
    await fill(conn, ME)
    await personal.forget(conn, ME)
    assert await personal.forget(conn, ME) == 0


async def test_a_repeat_of_an_update_is_still_known_and_its_words_are_gone(conn: AsyncConnection) -> None:
    await fill(conn, ME)
    await personal.forget(conn, ME)
    row = (await conn.execute(select(schema.inbox))).one()
    assert (row.key, row.chat_id, row.body, row.error) == (ME, 0, None, None)


async def test_what_was_sent_meanwhile_is_still_answered(conn: AsyncConnection) -> None:
    await conn.execute(insert(schema.inbox).values(row_of(schema.inbox, ME) | {"state": "waiting"}))
    await personal.forget(conn, ME)
    assert (await conn.execute(select(schema.inbox.c.state, schema.inbox.c.chat_id))).one() == ("waiting", ME)


async def test_a_shop_of_an_operator_stays_with_its_scores_and_other_followers(conn: AsyncConnection) -> None:
    await fill(conn, OTHER)
    await conn.execute(insert(schema.shops).values(row_of(schema.shops, 9) | {"owner_chat": None}))
    for table in (schema.scores, schema.newest):
        await conn.execute(insert(table).values(row_of(table, 9)))
    for chat_id in (ME, OTHER):
        await conn.execute(insert(schema.follows).values(row_of(schema.follows, chat_id) | {"shop_id": 9}))
    await personal.forget(conn, ME)
    follows = (await conn.execute(select(schema.follows.c.chat_id).where(schema.follows.c.shop_id == 9))).scalars()
    assert list(follows) == [OTHER]
    for table in (schema.shops, schema.scores, schema.newest):
        assert (await conn.execute(select(func.count()).select_from(table))).scalar_one() == 2


async def test_a_shop_has_scores_of_several_days_and_kinds(conn: AsyncConnection) -> None:
    await conn.execute(insert(schema.shops).values(row_of(schema.shops, ME)))
    for fact in ("score", "product_score"):
        for day in (date(2021, 9, 5), date(2022, 10, 9), DAY):
            row = row_of(schema.scores, ME) | {"fact": fact, "day": day}
            await conn.execute(insert(schema.scores).values(row))
        await conn.execute(insert(schema.newest).values(row_of(schema.newest, ME) | {"fact": fact}))
    assert len((await personal.rows(conn, ME))["scores"]) == 6
    assert await personal.forget(conn, ME) == 9


async def test_what_is_taken_out_is_all_of_the_chats_and_nothing_else(conn: AsyncConnection) -> None:
    await fill(conn, ME, OTHER)
    found = await personal.rows(conn, ME)
    assert {name: len(rows) for name, rows in found.items()} == await counted(conn, ME)
    assert str(OTHER) not in str(found)


async def test_the_scores_of_a_followed_shop_are_taken_out_too(conn: AsyncConnection) -> None:
    await conn.execute(insert(schema.shops).values(row_of(schema.shops, 9) | {"owner_chat": None, "name": None}))
    for table in (schema.scores, schema.newest):
        await conn.execute(insert(table).values(row_of(table, 9)))
    await conn.execute(insert(schema.follows).values(row_of(schema.follows, ME) | {"shop_id": 9}))
    assert [row["shop_id"] for row in (await personal.rows(conn, ME))["scores"]] == [9]
    assert await personal.names(conn, ME) == {9: "9"}


@pytest.mark.parametrize("first", ["follows", "milestones"])
def test_what_the_daily_check_locks_is_forgotten_before_what_it_adds(first: str) -> None:
    order = [table.name for table in personal.personal()]
    assert order.index(first) < min(order.index(name) for name in ("notices", "notice_items", "outbox"))
