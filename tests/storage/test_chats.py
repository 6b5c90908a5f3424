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


async def test_blocking_mutes_what_waits_and_reviving_does_not_bring_it_back(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1), text(1), text(2)], 0)
    await chats.block(conn, 1, "Forbidden: bot was blocked by the user", 5)
    assert await states(conn) == ["muted", "muted", "waiting"]
    assert await chats.blocked(conn) == [chats.Blocked(1, "Forbidden: bot was blocked by the user", 5)]
    await chats.revive(conn, [1], 6)
    assert await chats.blocked(conn) == []
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
