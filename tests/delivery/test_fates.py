"""What becomes of a message after a call that failed: counted, plainer, given up by age; nothing in a ring."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import SystemClock
from bot.delivery.channel import CallResult, Failure, Fate, Plainer
from bot.delivery.fates import MOST_REFUSALS, MOST_RINGS, Failed, store
from bot.delivery.lanes import Lanes
from bot.delivery.outcomes import Outcomes
from bot.telegram.telegram_channel import METHODS
from storage import chats, outbox, schema, sending
from storage.outbox import Lane, Lease, Message
from storage.sending import LeasedMessage
from tests.databases import on_one_engine
from tests.faults.echo import UNLIMITED

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LEASE = Lease("me", 500)


@pytest.fixture
async def conn(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction in an empty database."""
    async with engine.begin() as opened:
        yield opened


async def called(conn: AsyncConnection, now_ms: int, message: Message | None = None) -> LeasedMessage:
    """The message under way; a new one the first time."""
    known = (await conn.execute(select(schema.outbox.c.id))).scalars().all()
    if not known:
        known = await outbox.enqueue(conn, [message or Message(7, Lane.WARNING, "sendMessage", {"text": "好"})], now_ms)
    (leased,) = await sending.claim(conn, list(known), LEASE, now_ms)
    return leased


async def fails(conn: AsyncConnection, message: LeasedMessage, failure: Failure, now_ms: int, **more: Any) -> Any:
    """The row after the call failed."""
    await store(Failed(conn, METHODS, message, failure, now_ms, **{"may_give_up": True, **more}))
    return (await conn.execute(select(schema.outbox))).one()


async def test_a_message_without_an_answer_is_given_up_by_its_age_and_never_in_trouble(conn: AsyncConnection) -> None:
    lost = Failure(Fate.UNKNOWN, "AnswerLostError: gone")
    for day in range(3):
        row = await fails(conn, await called(conn, 1 + day * DAY_MS), lost, 1 + day * DAY_MS)
        assert (row.state, row.unsure) == ("waiting", True)
    row = await fails(conn, await called(conn, 1 + 3 * DAY_MS), lost, 1 + 3 * DAY_MS, may_give_up=False)
    assert row.state == "waiting"
    row = await fails(conn, await called(conn, 1 + 3 * DAY_MS), lost, 1 + 3 * DAY_MS)
    assert (row.state, row.unsure) == ("dead", True)
    assert row.error == "given up after 72 h: AnswerLostError: gone"


async def test_a_message_whose_answers_get_lost_waits_and_its_chat_five_minutes_at_most(conn: AsyncConnection) -> None:
    lost, now_ms = Failure(Fate.UNKNOWN, "AnswerLostError: gone"), 1
    for _ in range(20):
        await fails(conn, await called(conn, now_ms), lost, now_ms)
        now_ms += HOUR_MS
    (closing,) = await outbox.enqueue(conn, [Message(7, Lane.WARNING, "sendMessage", {"text": "关"})], now_ms)
    assert [one.id for one in await waiting(conn, now_ms)] == [closing]
    await sending.sent(conn, [(closing, 1)], now_ms)
    assert await waiting(conn, now_ms) == []
    assert len(await waiting(conn, now_ms + 19 * HOUR_MS // 4)) == 1


async def test_a_message_without_an_answer_is_due_once_a_server_in_trouble_is_well(conn: AsyncConnection) -> None:
    lost, later_ms = Failure(Fate.UNKNOWN, "AnswerLostError: gone"), 20 * HOUR_MS
    for now_ms in range(1, 20):
        await fails(conn, await called(conn, now_ms), lost, now_ms)
    await fails(conn, await called(conn, later_ms), lost, later_ms, may_give_up=False)
    assert await waiting(conn, later_ms) == []
    await chats.resume(conn, later_ms)
    assert len(await waiting(conn, later_ms)) == 1


async def test_a_call_that_reaches_nobody_makes_no_message_younger(conn: AsyncConnection) -> None:
    """Neither one that had no answer before, nor one that was refused."""
    for fate, lane in ((Fate.UNKNOWN, Lane.WARNING), (Fate.AGAIN, Lane.REPLY)):
        await conn.execute(delete(schema.outbox))
        message = await called(conn, 1, Message(7, lane, "sendMessage", {"text": "好"}))
        await fails(conn, message, Failure(fate, "strange"), 1)
        row = await fails(conn, await called(conn, 71 * HOUR_MS), Failure(Fate.UNREACHED, "refused"), 71 * HOUR_MS)
        assert row.called_at == 1


async def test_calls_that_reach_nobody_make_no_message_older(conn: AsyncConnection) -> None:
    for day in range(9):
        row = await fails(conn, await called(conn, 1 + day * DAY_MS), Failure(Fate.UNREACHED, "refused"), day * DAY_MS)
        assert (row.state, row.unsure, row.called_at) == ("waiting", False, None)
    row = await fails(conn, await called(conn, 1 + 9 * DAY_MS), Failure(Fate.UNKNOWN, "lost"), 1 + 9 * DAY_MS)
    assert row.state == "waiting"


async def test_a_refusal_in_unknown_words_is_counted_and_is_no_repeat(conn: AsyncConnection) -> None:
    row = await fails(conn, await called(conn, 1), Failure(Fate.AGAIN, "strange", 10.0), 1)
    assert (row.state, row.refusals, row.unsure) == ("waiting", 1, False)
    assert (await sending.next_messages(conn, "telegram", 10_000, 9), len(await waiting(conn, 10_001))) == ([], 1)
    assert (await called(conn, 10_001)).refusals == 1


async def waiting(conn: AsyncConnection, now_ms: int) -> list[sending.NextMessage]:
    return await sending.next_messages(conn, "telegram", now_ms, 9)


async def test_a_plainer_form_takes_the_place_of_the_message_and_the_key_of_an_edit(conn: AsyncConnection) -> None:
    edit = Message(7, Lane.REPLY, "editMessageText", {"text": "<b>好</b>"}, edits="check")
    plainer = Failure(Fate.PLAINER, "strange", plainer=Plainer("sendMessage", {"text": "好"}))
    await fails(conn, await called(conn, 1, edit), plainer, 1)
    leased = await called(conn, 2)
    assert (leased.method, leased.payload, leased.edits, leased.refusals) == ("sendMessage", {"text": "好"}, None, 1)
    assert (await conn.execute(select(schema.outbox.c.key))).scalar() == "check"


async def test_an_edit_in_plainer_form_changes_the_same_message(conn: AsyncConnection) -> None:
    edit = Message(7, Lane.REPLY, "editMessageText", {"text": "<b>好</b>", "parse_mode": "HTML"}, edits="check")
    plainer = Failure(Fate.PLAINER, "strange", plainer=Plainer("editMessageText", {"text": "好"}))
    await fails(conn, await called(conn, 1, edit), plainer, 1)
    leased = await called(conn, 2)
    assert (leased.method, leased.payload, leased.edits) == ("editMessageText", {"text": "好"}, "check")
    assert (await conn.execute(select(schema.outbox.c.key))).scalar() is None


async def test_plainer_forms_come_to_an_end(conn: AsyncConnection) -> None:
    plainer = Failure(Fate.PLAINER, "too long", plainer=Plainer("sendMessage", {"text": "好"}))
    states = [(await fails(conn, await called(conn, 1), plainer, 1)).state for _ in range(MOST_REFUSALS + 1)]
    assert states == ["waiting"] * MOST_REFUSALS + ["dead"]


async def test_a_message_that_is_rejected_after_that_is_set_aside(conn: AsyncConnection) -> None:
    row = await fails(conn, await called(conn, 1), Failure(Fate.REJECTED, "strange"), 9)
    assert (row.state, row.error, row.done_at, row.unsure) == ("dead", "strange", 9, False)


async def test_a_call_that_could_not_be_made_is_set_aside_as_maybe_delivered(conn: AsyncConnection) -> None:
    row = await fails(conn, await called(conn, 1), Failure(Fate.BROKEN, "can't be sent: KeyError"), 9)
    assert (row.state, row.unsure) == ("dead", True)


async def test_a_group_that_is_said_to_move_in_a_ring_is_followed_a_few_times(conn: AsyncConnection) -> None:
    states = []
    for _ in range(MOST_RINGS):
        message = await called(conn, 1)
        row = await fails(conn, message, Failure(Fate.MOVED, "moved", new_id=message.chat_id), 1)
        states.append(row.state)
    assert states == ["waiting"] * (MOST_RINGS - 1) + ["dead"]


@on_one_engine
async def test_a_database_that_is_away_sets_nothing_aside(engine: AsyncEngine) -> None:
    """Neither for the group, nor when it goes away while each result is written alone."""
    async with engine.begin() as conn:
        messages = [Message(chat, Lane.WARNING, "sendMessage", {"text": "好"}) for chat in (1, 2, 3)]
        leased = await sending.claim(conn, await outbox.enqueue(conn, messages, 1), LEASE, 1)
    bad = CallResult(leased[1], message_id=10**30)
    results = [CallResult(leased[0], message_id=1), bad, CallResult(leased[2], message_id=3)]
    outcomes = GoesAway(engine)
    assert await outcomes.write([results[0]]) == 0
    outcomes.fails_at = {2}
    assert await outcomes.write(results) == 0
    outcomes.fails_at = {4}
    assert await outcomes.write(results) == 2
    outcomes.fails_at = set()
    assert await outcomes.write(results[2:]) == 1
    async with engine.begin() as conn:
        rows = (await conn.execute(select(schema.outbox.c.state).order_by(schema.outbox.c.id))).scalars().all()
    assert rows == ["sent", "dead", "sent"]


class GoesAway(Outcomes):
    """Counts the transactions from 1; the database is away at those of `fails_at`."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine, METHODS, SystemClock(), Lanes(UNLIMITED, 10))
        self.fails_at = {1}
        self.count = 0

    async def write(self, results: Any) -> int:
        self.count = 0
        return await super().write(results)

    async def _write(self, results: Any) -> None:
        self.count += 1
        if self.count in self.fails_at:
            raise OperationalError("COMMIT", None, ConnectionError("gone"))
        await super()._write(results)
