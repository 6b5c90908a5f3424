"""Chats that the server does not know: one is blocked, many at once are paused, and lose nothing."""

from dataclasses import replace

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chats, outbox, revival, schema, sending, unfound
from storage.outbox import Lane, Lease, Message
from storage.unfound import FEW, KEPT_MS, RETRY_MS, WINDOW_MS

NOW_MS = 10**9


def text(chat_id: int) -> Message:
    return Message(chat_id, Lane.REPLY, "sendMessage", {"text": "好"})


async def unknown(conn: AsyncConnection, *chat_ids: int, now_ms: int = NOW_MS) -> list[int]:
    """What `note` says of each chat."""
    return [await unfound.note(conn, chat_id, "chat not found", now_ms) for chat_id in chat_ids]


async def reached(conn: AsyncConnection, *chat_ids: int, now_ms: int = NOW_MS) -> None:
    """The chats got a message."""
    numbers = await outbox.enqueue(conn, [text(chat_id) for chat_id in chat_ids], now_ms)
    await sending.sent(conn, [(number, 1) for number in numbers], now_ms)


async def blocked(conn: AsyncConnection) -> set[int]:
    return set(await revival.blocked(conn))


async def waiting(conn: AsyncConnection, now_ms: int) -> set[int]:
    return {one.chat_id for one in await sending.next_messages(conn, "telegram", now_ms, 99)}


async def test_a_few_chats_are_blocked(conn: AsyncConnection) -> None:
    assert await unknown(conn, *range(1, FEW)) == [0] * (FEW - 1)
    assert await blocked(conn) == set(range(1, FEW))
    assert await unfound.paused(conn, NOW_MS) == 0


async def test_many_chats_are_paused_and_the_first_ones_get_back_what_was_muted(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [text(chat_id) for chat_id in range(1, FEW + 2)], NOW_MS)
    assert await unknown(conn, *range(1, FEW + 2)) == [0] * (FEW - 1) + [FEW, 1]
    assert (await blocked(conn), await unfound.paused(conn, NOW_MS)) == (set(), FEW + 1)
    assert await waiting(conn, NOW_MS + RETRY_MS - 1) == set()
    assert await waiting(conn, NOW_MS + RETRY_MS) == set(range(1, FEW + 2))


async def test_what_is_enqueued_before_the_alarm_is_not_lost_either(conn: AsyncConnection) -> None:
    """Muted when its turn comes: words, and a notice, the words of which are made on sending."""
    await unknown(conn, *range(1, FEW))
    closing = replace(text(2), payload={}, notice_id=7)
    await outbox.enqueue(conn, [text(1), closing, replace(closing, chat_id=3)], NOW_MS)
    await chats.mute(conn, 3, NOW_MS)
    for chat_id in (1, 2):
        await chats.settle(conn, chat_id, NOW_MS)
    assert await waiting(conn, NOW_MS) == set()
    assert await unknown(conn, FEW) == [FEW]
    assert await waiting(conn, NOW_MS + RETRY_MS) == {1, 2, 3}
    leased = await sending.claim(conn, [1, 2, 3], Lease("me", 1), NOW_MS)
    assert [one.payload for one in leased] == [{"text": "好"}, {}, {}]


async def test_the_words_for_a_chat_that_blocked_the_bot_are_erased(conn: AsyncConnection) -> None:
    await chats.block(conn, 1, "Forbidden: bot was blocked by the user", NOW_MS)
    await outbox.enqueue(conn, [text(1)], NOW_MS)
    await chats.settle(conn, 1, NOW_MS)
    assert (await conn.execute(select(schema.outbox.c.payload))).scalars().all() == [None]


async def test_only_the_first_alarm_looks_through_the_messages(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [text(chat_id) for chat_id in range(1, FEW + 3)], NOW_MS)
    await unknown(conn, *range(1, FEW + 1))
    changes: list[str] = []
    event.listen(conn.sync_connection, "before_cursor_execute", lambda *args: changes.append(args[2]))
    assert await unknown(conn, FEW + 1, FEW + 2) == [1, 1]
    assert [one for one in changes if one.startswith("UPDATE outbox")] == []
    assert await waiting(conn, NOW_MS + RETRY_MS) == set(range(1, FEW + 3))


async def test_a_chat_blocked_as_unknown_long_ago_gets_back_what_was_muted_lately(conn: AsyncConnection) -> None:
    await unknown(conn, 1, now_ms=NOW_MS - WINDOW_MS - 1)
    await unknown(conn, *range(2, FEW + 2))
    await outbox.enqueue(conn, [text(1)], NOW_MS)
    await chats.settle(conn, 1, NOW_MS)
    assert await unknown(conn, 1) == [1]
    assert 1 in await waiting(conn, NOW_MS + RETRY_MS)


async def test_it_goes_on_for_as_long_as_they_are_unknown(conn: AsyncConnection) -> None:
    await unknown(conn, *range(FEW))
    later = NOW_MS + RETRY_MS
    assert await unknown(conn, *range(FEW), now_ms=later) == [1] * FEW
    assert (await blocked(conn), await unfound.paused(conn, later)) == (set(), FEW)


async def test_unknown_chats_among_more_that_are_reached_are_blocked(conn: AsyncConnection) -> None:
    await reached(conn, *range(100, 100 + FEW + 1))
    assert await unknown(conn, *range(FEW)) == [0] * FEW
    assert len(await blocked(conn)) == FEW


async def test_what_was_unknown_or_reached_long_ago_does_not_count(conn: AsyncConnection) -> None:
    await reached(conn, *range(100, 200), now_ms=NOW_MS - WINDOW_MS - 1)
    await unknown(conn, *range(50, 50 + FEW - 1), now_ms=NOW_MS - WINDOW_MS - 1)
    assert await unknown(conn, *range(1, FEW + 1)) == [0] * (FEW - 1) + [FEW]
    assert await blocked(conn) == set(range(50, 50 + FEW - 1))


async def test_the_words_of_what_is_muted_are_erased_after_a_day(conn: AsyncConnection) -> None:
    await outbox.enqueue(conn, [text(1)], NOW_MS)
    await unknown(conn, 1)
    for now_ms, is_kept in ((NOW_MS + KEPT_MS, True), (NOW_MS + KEPT_MS + 1, False)):
        await unfound.erase(conn, now_ms)
        payload = (await conn.execute(select(schema.outbox.c.payload))).scalar()
        assert (payload is not None) == is_kept
