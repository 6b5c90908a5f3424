"""Updates: kept once, handed out in order, erased when done."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import inbox, schema
from storage.inbox import Arrival


async def waiting(conn: AsyncConnection, now_ms: int = 1000, limit: int = 10) -> list[int]:
    return [row.id for row in await inbox.next_updates(conn, now_ms, limit)]


async def test_the_same_update_is_kept_once(conn: AsyncConnection):
    assert await inbox.add(conn, [Arrival(7, 1, "{}"), Arrival(8, 1, "{}")], 0) == 2
    assert await inbox.add(conn, [Arrival(8, 1, "{}"), Arrival(9, 1, "{}")], 0) == 1
    assert await inbox.add(conn, [Arrival(8, 1, "{}")], 0) == 0


async def test_a_known_key_of_another_chat_or_of_a_later_message_is_another_update(conn: AsyncConnection):
    await inbox.add(conn, [Arrival(7, 1, "{}", sent_at=1000), Arrival(8, 1, "{}", sent_at=1000)], 1500)
    later = 1500 + inbox.CLOCKS_DIFFER_MS
    assert await inbox.add(conn, [Arrival(7, 1, "{}", sent_at=1000), Arrival(8, 1, "{}", sent_at=later)], later) == 0
    again = [Arrival(7, 2, "{}"), Arrival(8, 1, "{}", sent_at=later + 1), Arrival(8, 1, "{}", sent_at=later + 1)]
    assert await inbox.add(conn, again[1:], later) == 0, "the clock is behind the message"
    assert await inbox.add(conn, again, later + 2) == 2
    assert await inbox.add(conn, again, later + 3) == 0
    rows = (await conn.execute(select(schema.inbox.c.chat_id, schema.inbox.c.key).order_by(schema.inbox.c.id))).all()
    assert [tuple(row) for row in rows] == [(1, -1), (1, -3), (2, 7), (1, 8)], "none of those before is lost"


async def test_another_update_of_a_known_key_is_not_handled_before_the_key_is_free(conn: AsyncConnection):
    await inbox.add_handled(conn, [Arrival(7, 1, "{}")], 0)
    assert await inbox.add_handled(conn, [Arrival(7, 1, "{}")], 0) == []
    with pytest.raises(inbox.NotFirstError):
        await inbox.add_handled(conn, [Arrival(7, 2, "{}")], 0)


async def test_ids_that_fall_are_new_all_the_same(conn: AsyncConnection):
    await inbox.add(conn, [Arrival(1_000_000, 1, "{}")], 0)
    assert await inbox.add(conn, [Arrival(5, 1, "{}")], 0) == 1


async def test_each_chat_offers_its_earliest_update_only(conn: AsyncConnection):
    await inbox.add(conn, [Arrival(1, 10, "{}"), Arrival(2, 10, "{}"), Arrival(3, 20, "{}")], 0)
    assert await waiting(conn) == [1, 3]
    await inbox.done(conn, [1], 0)
    assert await waiting(conn) == [2, 3]


async def test_later_updates_wait_behind_one_that_failed(conn: AsyncConnection):
    await inbox.add(conn, [Arrival(1, 10, "{}"), Arrival(2, 10, "{}"), Arrival(3, 20, "{}")], 0)
    await inbox.failed(conn, 1, "ValueError", due_at=2000)
    assert await waiting(conn, now_ms=1999) == [3]
    assert await waiting(conn, now_ms=2000) == [1, 3]


async def test_a_dead_update_holds_up_nobody_and_can_be_requeued(conn: AsyncConnection):
    await inbox.add(conn, [Arrival(1, 10, "{}"), Arrival(2, 10, "{}")], 5)
    await inbox.mark_dead(conn, 1, "ValueError")
    assert await waiting(conn) == [2]
    assert await inbox.dead(conn) == [inbox.DeadUpdate(1, 1, 10, 1, "ValueError", 5)]
    assert await inbox.requeue(conn, 1, 5)
    assert await waiting(conn) == [1]
    assert not await inbox.requeue(conn, 1, 5)


async def test_a_malformed_update_is_dead_from_the_start(conn: AsyncConnection):
    await inbox.add(conn, [Arrival(-5, 0, None, "no valid update_id")], 0)
    assert await waiting(conn) == []
    assert [one.error for one in await inbox.dead(conn)] == ["no valid update_id"]
    assert not await inbox.requeue(conn, 1, 0)


async def test_what_was_said_is_erased_when_it_is_done(conn: AsyncConnection):
    await inbox.add(conn, [Arrival(1, 10, '{"text": "secret"}')], 0)
    await inbox.done(conn, [1], 9)
    row = (await conn.execute(select(schema.inbox))).one()
    assert (row.state, row.body, row.done_at) == ("done", None, 9)
