"""Blocked, moved and paused chats."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chats, checks, dialogues, outbox, schema, sending
from storage.checks import KeptCheck
from storage.dialogues import Kept
from storage.outbox import Lane, Message


def text(chat_id: int) -> Message:
    return Message(chat_id, Lane.WARNING, "sendMessage", {"text": "好"})


async def states(conn: AsyncConnection) -> list[str]:
    return list((await conn.execute(select(schema.outbox.c.state).order_by(schema.outbox.c.id))).scalars())


async def blocked(conn: AsyncConnection) -> list[tuple[int, str, int]]:
    """Each blocked chat, why, and since when (epoch ms)."""
    seen = schema.chats.c
    query = select(seen.chat_id, seen.why, seen.updated_at).where(seen.state == chats.BLOCKED)
    return [(row.chat_id, row.why, row.updated_at) for row in await conn.execute(query)]


async def test_blocking_mutes_what_waits_and_reviving_does_not_bring_it_back(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1), text(1), text(2)], 0)
    await chats.block(conn, 1, "Forbidden: bot was blocked by the user", 5)
    assert await states(conn) == ["muted", "muted", "waiting"]
    assert await blocked(conn) == [(1, "Forbidden: bot was blocked by the user", 5)]
    await chats.revive(conn, [1], 6)
    assert await blocked(conn) == []
    assert await states(conn) == ["muted", "muted", "waiting"]


async def test_what_is_enqueued_for_a_blocked_chat_is_muted_when_its_turn_comes(conn: AsyncConnection):
    await chats.block(conn, 1, "blocked", 5)
    await outbox.enqueue(conn, [text(1)], 6)
    assert [one.chat_state for one in await sending.next_messages(conn, "telegram", 10, 10)] == ["blocked"]
    await chats.settle(conn, 1, 7)
    assert await states(conn) == ["muted"]


async def test_a_group_that_moved_takes_its_messages_conversation_and_checks_along(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(-5)], 0)
    await dialogues.save(conn, -5, Kept(), '{"at": 3}', 0)
    await checks.keep(conn, -5, KeptCheck("2022-10-10", "{}", "{}", "2022-10-10"), 0)
    await chats.move(conn, -5, -1005, 1)
    assert [one.chat_id for one in await sending.next_messages(conn, "telegram", 10, 10)] == [-1005]
    assert (await dialogues.load(conn, -1005)).body == '{"at": 3}'
    assert await checks.last(conn, -1005) == KeptCheck("2022-10-10", "{}", "{}", "2022-10-10")


async def test_moving_never_overwrites_a_conversation_of_the_new_chat(conn: AsyncConnection):
    await dialogues.save(conn, -5, Kept(), "old", 0)
    await dialogues.save(conn, -1005, Kept(), "new", 0)
    await chats.move(conn, -5, -1005, 1)
    assert (await dialogues.load(conn, -1005)).body == "new"


async def test_what_is_enqueued_for_the_old_id_goes_to_the_new_one(conn: AsyncConnection):
    await chats.move(conn, -5, -1005, 1)
    await outbox.enqueue(conn, [text(-5)], 2)
    await chats.settle(conn, -5, 3)
    assert [one.chat_id for one in await sending.next_messages(conn, "telegram", 10, 10)] == [-1005]


async def moved_to(conn: AsyncConnection, chat_id: int) -> int | None:
    """Where messages to the chat go: the chat itself when it did not move."""
    await outbox.enqueue(conn, [text(chat_id)], 2)
    await chats.settle(conn, chat_id, 3)
    last = select(schema.outbox.c.chat_id).order_by(schema.outbox.c.id.desc()).limit(1)
    return (await conn.execute(last)).scalar()


async def test_a_group_that_moves_twice_is_written_to_where_it_is_now(conn: AsyncConnection):
    assert await chats.move(conn, -5, -6, 1)
    assert await chats.move(conn, -6, -7, 1)
    assert await moved_to(conn, -5) == -7
    assert await moved_to(conn, -6) == -7


async def test_a_move_to_a_group_that_moved_on_leads_to_where_that_one_is(conn: AsyncConnection):
    assert await chats.move(conn, -6, -7, 1)
    assert await chats.move(conn, -5, -6, 1)
    assert await moved_to(conn, -5) == -7


async def test_a_move_to_itself_or_back_changes_nothing(conn: AsyncConnection):
    assert not await chats.move(conn, -5, -5, 1)
    assert await moved_to(conn, -5) == -5
    assert await chats.move(conn, -5, -6, 1)
    assert not await chats.move(conn, -6, -5, 2)
    assert await moved_to(conn, -5) == -6
    assert await moved_to(conn, -6) == -6


async def test_a_ring_of_moves_kept_by_an_older_program_is_forgotten(conn: AsyncConnection):
    for old, new in ((-5, -6), (-6, -5)):
        await conn.execute(
            schema.chats.insert().values(chat_id=old, state="moved", moved_to=new, paused_until=0, updated_at=0)
        )
    assert await moved_to(conn, -5) == -5
    assert await moved_to(conn, -6) == -5


async def test_muting_what_comes_later_does_not_make_the_block_younger(conn: AsyncConnection):
    await chats.block(conn, 1, "blocked", 5)
    await outbox.enqueue(conn, [text(1)], 6)
    await chats.settle(conn, 1, 7)
    assert await blocked(conn) == [(1, "blocked", 5)]


async def test_only_pauses_for_want_of_an_answer_end_when_the_server_is_well(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1), text(2)], 0)
    await chats.pause(conn, 1, 900, 0, chats.UNANSWERED)
    await chats.pause(conn, 2, 900, 0)
    assert await sending.next_messages(conn, "telegram", 10, 10) == []
    await chats.resume(conn, 10)
    assert [one.chat_id for one in await sending.next_messages(conn, "telegram", 10, 10)] == [1]


async def test_a_pause_does_not_hide_why_a_chat_is_blocked(conn: AsyncConnection):
    await chats.block(conn, 1, "blocked", 5)
    await chats.pause(conn, 1, 900, 6)
    assert [why for _, why, _ in await blocked(conn)] == ["blocked"]


async def test_pauses_by_a_clock_that_was_ahead_are_ended(conn: AsyncConnection):
    day_ms = 86_400_000
    await outbox.enqueue(conn, [text(1), text(2)], 0)
    await chats.pause(conn, 1, day_ms, 0)
    await chats.pause(conn, 2, day_ms + 1, 0)
    await chats.end_impossible_pauses(conn, 0)
    assert [one.chat_id for one in await sending.next_messages(conn, "telegram", 0, 10)] == [2]
    assert len(await sending.next_messages(conn, "telegram", day_ms, 10)) == 2
