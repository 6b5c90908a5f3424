"""R5: Telegram is away for ten minutes."""

import asyncio
import contextlib

import pytest
from yarl import URL

from bot.clock import milliseconds
from bot.telegram.errors import AnswerLostError, UnreachableError
from bot.telegram.session import Session
from storage import outbox
from storage.outbox import Lane, Message
from tests.faults.echo import running
from tests.faults.fastclock import FastClock
from tests.faults.scene import assert_within, crowd, report, seen, times
from tests.live import sandbox_client

SPEED = 40.0
AWAY_S = times(600, 120)


async def refused(url: str) -> None:
    """Return when nobody listens there any more."""
    async with Session(limit=1) as session:
        with contextlib.suppress(UnreachableError):
            while True:
                with contextlib.suppress(AnswerLostError):
                    await session.get(URL(url), 1.0)


@pytest.mark.parametrize("kind", ["html_502", "refuse"])
async def test_r5_everything_is_delivered_soon_after_an_outage(database_url: str, kind: str):
    count, clock = times(10, 5), FastClock(SPEED)
    async with sandbox_client() as sandbox, running(sandbox.url, database_url, clock=clock, poll_s=0) as parts:
        await sandbox.bot_has_come()
        people = await crowd(sandbox, count)
        await sandbox.fault(kind, seconds=AWAY_S / SPEED)
        if kind == "refuse":
            await refused(sandbox.url)
        began = clock.monotonic()
        async with parts.engine.begin() as conn:
            messages = [Message(one.id, Lane.WARNING, "sendMessage", {"text": "预警"}, numbered=True) for one in people]
            await outbox.enqueue(conn, messages, milliseconds(clock))
        parts.sender.wake()
        await asyncio.sleep(AWAY_S / SPEED)
        await sandbox.calls("sendMessage", status=200, count=count, within_s=60)
        took_s = clock.monotonic() - began - AWAY_S
        answers = await seen(people)
        tried = len(await sandbox.calls("sendMessage"))
    report(
        "R5", f"{kind} for {AWAY_S:.0f} s, {count} warnings: all there {took_s:.0f} s after it, {tried} calls in all"
    )
    assert sorted(one.chat_id for one in answers) == sorted(person.id for person in people)
    assert_within(took_s, 60)
    assert kind == "html_502" or not any(one.is_repeat for one in answers)
