"""Messages: in order within a chat, leased, marked, given up, requeued."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.telegram.telegram_channel import METHODS
from storage import chats, outbox, schema, sending
from storage.outbox import Lane, Lease, Message

LEASE = Lease("me", 500)


def text(chat_id: int = 1, lane: Lane = Lane.REPLY, **more: object) -> Message:
    return replace(Message(chat_id, lane, "sendMessage", {"text": "好"}), **more)


def at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


async def waiting(conn: AsyncConnection, now_ms: int = 100) -> list[int]:
    return [message.id for message in await sending.next_messages(conn, "telegram", now_ms, 10)]


async def state(conn: AsyncConnection, number: int) -> str:
    return (await conn.execute(select(schema.outbox.c.state).where(schema.outbox.c.id == number))).scalar_one()


async def test_numbers_follow_the_order_of_the_messages(conn: AsyncConnection):
    assert await outbox.enqueue(conn, [text(chat_id=n) for n in range(50)], 0) == list(range(1, 51))
    assert await outbox.enqueue(conn, [], 0) == []


async def test_a_chat_has_one_message_under_way(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1), text(1), text(2)], 0)
    assert await waiting(conn) == [1, 3]
    await sending.claim(conn, [1], LEASE, 1)
    assert await waiting(conn) == [3]
    await sending.sent(conn, [(1, 77)], 0)
    assert await waiting(conn) == [2, 3]


async def test_a_reply_waits_for_the_bulk_message_that_is_under_way(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1, Lane.BULK)], 0, LEASE)
    await outbox.enqueue(conn, [text(1)], 0)
    assert await waiting(conn) == []
    await sending.sent(conn, [(1, 77)], 0)
    assert await waiting(conn) == [2]


async def test_replies_go_before_warnings_before_bulk(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1, Lane.BULK), text(1, Lane.WARNING), text(1), text(2, Lane.BULK), text(3)], 0)
    assert await waiting(conn) == [3, 5, 4]


async def test_a_message_for_later_holds_up_nobody_until_it_is_due(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1, not_before=at(1000)), text(1)], 0)
    assert await waiting(conn, 100) == [2]
    assert await waiting(conn, 1000) == [2]
    await sending.sent(conn, [(2, 1)], 0)
    assert await waiting(conn, 999) == []
    assert await waiting(conn, 1000) == [1]


async def test_answers_to_button_presses_wait_for_nobody(conn: AsyncConnection):
    press = Message(1, Lane.REPLY, "answerCallbackQuery", {"callback_query_id": "5"}, in_order=False)
    await outbox.enqueue(conn, [text(1), press, text(1)], 0)
    await sending.claim(conn, [1], LEASE, 1)
    assert await waiting(conn) == [2]
    await sending.sent(conn, [(1, 1)], 0)
    assert await waiting(conn) == [2, 3]


async def test_a_paused_chat_offers_nothing_until_its_time(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1), text(2)], 0)
    await chats.pause(conn, 1, 3000, 0)
    assert await waiting(conn, 2999) == [2]
    assert await waiting(conn, 3000) == [1, 2]


async def test_a_row_is_leased_once(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1), text(2)], 0)
    assert [one.id for one in await sending.claim(conn, [2, 1], LEASE, 1)] == [2, 1]
    assert await sending.claim(conn, [1, 2], Lease("other", 500), 1) == []


async def test_a_lease_that_is_over_makes_a_send_unsure_and_an_edit_not(conn: AsyncConnection):
    edit = Message(2, Lane.REPLY, "editMessageText", {"text": "好"}, edits="check")
    await outbox.enqueue(conn, [text(1), edit], 0, LEASE)
    assert await sending.release(conn, METHODS, now_ms=499) == 0
    assert await sending.release(conn, METHODS, now_ms=500) == 2
    leased = await sending.claim(conn, [1, 2], LEASE, 1)
    assert [(one.unsure, one.tries) for one in leased] == [(True, 2), (False, 2)]


async def test_a_process_that_leaves_releases_its_own_rows_only(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1)], 0, LEASE)
    await outbox.enqueue(conn, [text(2)], 0, Lease("other", 500))
    assert await sending.release_owned(conn, METHODS, "me") == 1
    assert [await state(conn, 1), await state(conn, 2)] == ["waiting", "sending"]


@pytest.mark.parametrize("unsure", [True, False])
async def test_a_message_stays_unsure_through_later_tries(conn: AsyncConnection, unsure: bool):
    await outbox.enqueue(conn, [text(1)], 0, LEASE)
    await sending.retry(conn, 1, "AnswerLostError", unsure=unsure)
    await sending.claim(conn, [1], LEASE, 1)
    await sending.retry(conn, 1, "UnreachableError", unsure=False)
    assert [one.unsure for one in await sending.claim(conn, [1], LEASE, 1)] == [unsure]


async def test_an_edit_finds_the_newest_message_of_its_key_in_its_own_chat(conn: AsyncConnection):
    edit = Message(1, Lane.REPLY, "editMessageText", {"text": "好"}, edits="check")
    await outbox.enqueue(conn, [text(1, key="check"), text(1, key="check"), text(2, key="check"), edit], 0)
    await sending.sent(conn, [(1, 11), (2, 12), (3, 13)], 0)
    assert [one.target for one in await sending.claim(conn, [4], LEASE, 1)] == [12]


async def test_an_edit_that_is_sent_as_a_new_one_takes_over_the_key(conn: AsyncConnection):
    edit = Message(1, Lane.REPLY, "editMessageText", {"text": "好"}, edits="check")
    await outbox.enqueue(conn, [edit, edit], 0)
    assert [one.target for one in await sending.claim(conn, [1], LEASE, 1)] == [None]
    await sending.resend_as_new(conn, 1, "sendMessage")
    assert [one.method for one in await sending.claim(conn, [1], LEASE, 1)] == ["sendMessage"]
    await sending.sent(conn, [(1, 99)], 0)
    assert [one.target for one in await sending.claim(conn, [2], LEASE, 1)] == [99]


async def test_a_dead_letter_is_shown_without_its_text_and_can_be_requeued(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1), text(1)], 3, LEASE)
    await sending.mark_dead(conn, 1, "BadRequest: can't parse entities", 9)
    assert await outbox.dead(conn) == [outbox.DeadLetter(1, 1, "sendMessage", 1, "BadRequest: can't parse entities", 3)]
    assert await outbox.requeue(conn, 1, 5)
    assert not await outbox.requeue(conn, 2, 5)
    assert await state(conn, 1) == "waiting"


async def test_what_was_sent_keeps_its_evidence_and_loses_its_text(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1)], 3, LEASE)
    await sending.sent(conn, [(1, 42)], 9)
    row = (await conn.execute(select(schema.outbox))).one()
    assert (row.state, row.message_id, row.payload, row.tries, row.done_at) == ("sent", 42, None, 1, 9)


async def test_replies_wait_even_while_their_chat_is_paused(conn: AsyncConnection):
    assert not await sending.replies_wait(conn, "telegram")
    await outbox.enqueue(conn, [text(1, Lane.WARNING)], 0)
    assert not await sending.replies_wait(conn, "telegram")
    await outbox.enqueue(conn, [text(1)], 0)
    await chats.pause(conn, 1, 9999, 0)
    assert await sending.replies_wait(conn, "telegram")


async def test_a_number_is_never_given_twice(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1), text(2)], 0)
    await conn.execute(schema.outbox.delete())
    assert await outbox.enqueue(conn, [text(3)], 0) == [3]


async def test_a_channel_sees_neither_the_messages_nor_the_leases_of_another(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1), text(1), text(2)], 0, LEASE)
    await outbox.enqueue(conn, [text(1), text(3)], 0)
    await conn.execute(update(schema.outbox).where(schema.outbox.c.id.in_([1, 5])).values(channel="other"))
    assert await sending.release(conn, METHODS, 500) == 2
    assert await waiting(conn) == [2, 3]
    assert [one.id for one in await sending.next_messages(conn, "other", 500, 10)] == [5]
    assert await sending.release(conn, replace(METHODS, channel="other"), 500) == 1
    assert [one.id for one in await sending.next_messages(conn, "other", 500, 10)] == [1, 5]


async def test_a_message_that_says_nothing_else_goes_by_telegram(conn: AsyncConnection):
    await outbox.enqueue(conn, [text(1)], 0)
    assert (await conn.execute(select(schema.outbox.c.channel))).scalars().all() == ["telegram"]
