"""Replies that go at once, and those that wait: what is written first goes first."""

from pathlib import Path

from storage import outbox
from storage.outbox import Lane, Message
from tests.delivery.test_lanes import LIFTED
from tests.faults.echo import core, sqlite


async def test_a_reply_waits_behind_one_that_waits_and_is_not_launched_yet(tmp_path: Path):
    """A reply is reserved inside a transaction; another may be, before the first is launched after the commit."""
    reply = Message(7, Lane.REPLY, "sendMessage", {"text": "好"})
    async with core("http://127.0.0.1:1", sqlite(tmp_path), limits=LIFTED) as parts:
        reservations = parts.sender.reservations
        reservations.is_open, reservations.replies_wait = True, False
        before = reservations.reserve([reply])
        assert before.at_once == [reply]
        assert reservations.reserve([reply]).later == [reply]  # the chat has a call under way
        reservations.cancel(before)  # and now has none
        assert reservations.reserve([reply]).later == [reply]


async def test_a_reply_that_can_not_be_written_takes_no_turn_and_the_other_goes_at_once(tmp_path: Path):
    bad = Message(7, Lane.REPLY, "sendMessage", {"text": object()})
    good = Message(8, Lane.REPLY, "sendMessage", {"text": "好"})
    async with core("http://127.0.0.1:1", sqlite(tmp_path), limits=LIFTED) as parts:
        reservations = parts.sender.reservations
        reservations.is_open, reservations.replies_wait = True, False
        made = reservations.reserve([good, bad])
        async with parts.engine.begin() as conn:
            await reservations.write(conn, made)
            assert [one.chat_id for one in await outbox.dead(conn)] == [7]
        assert [one.chat_id for one in made.leased] == [8]
