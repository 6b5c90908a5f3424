"""Replies that go at once, and those that wait: what is written first goes first."""

from pathlib import Path

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
