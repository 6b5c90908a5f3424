"""R3, R5: the process is killed, or Telegram is away, with warnings under way. None is lost, every repeat is marked."""

import asyncio
import contextlib
import re
from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import func, select
from yarl import URL

from bot.telegram.errors import AnswerLostError, UnreachableError
from bot.telegram.session import Session
from storage import schema
from tests.databases import connected
from tests.faults import warner
from tests.faults.echo import REPEAT
from tests.faults.fastclock import FastClock
from tests.faults.scene import assert_within, crowd, process, report, times
from tests.live import Person, sandbox_client

NUMBER = re.compile(r"№ ?(\d+)")
SPEED = times(20, 40)
"""A call takes so many times as long as it does: of many warnings the last would seem to wait. Polls are held open,
as the search of a long journal would take time of its own."""

MARGIN_S = 0.1
"""Before the outage is over the server answers nobody, not even this test."""


async def _numbers(people: list[Person]) -> dict[int, list[tuple[int, bool]]]:
    """The number of each warning in each chat, and True for a marked repeat."""
    found = {}
    for person in people:
        texts = [message.text for message in await person.sees() if message.is_from_bot]
        found[person.id] = [(int(NUMBER.findall(text)[-1]), REPEAT in text) for text in texts]
    return found


async def _open(url: str) -> int:
    """How many rows of the outbox are not over."""
    async with connected(url) as conn:
        query = select(func.count()).where(schema.outbox.c.state.in_(("waiting", "sending")))
        return (await conn.execute(query)).scalar() or 0


async def _left_open(url: str, within_s: float) -> int:
    """0 once nothing is open; after the time limit the number of open messages."""
    deadline = asyncio.get_running_loop().time() + within_s
    while (count := await _open(url)) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110  (a row)
        await asyncio.sleep(0.05)
    return count


async def _refused(url: str) -> None:
    """Return when nobody listens there any more."""
    async with Session(limit=1) as session:
        with contextlib.suppress(UnreachableError):
            while True:
                with contextlib.suppress(AnswerLostError):
                    await session.get(URL(url), 1.0)


async def test_r3_kills_while_warnings_go_out_lose_none_and_leave_none_stuck(database_url: str):
    kills, random, url = times(20, 2), Random(20221010), database_url
    async with sandbox_client() as sandbox:
        people = await crowd(sandbox, 40)
        assert await warner.fall(url, [person.id for person in people]) == 40
        await sandbox.fault("slow", method="sendMessage", ms=200)
        for _ in range(kills):
            async with process("warner", sandbox.url, url) as killed:
                await asyncio.sleep(random.uniform(0.05, 2.0 / kills))
                killed.kill()
        left = await _open(url)
        async with warner.delivering(sandbox.url, url):
            sent = len(await sandbox.calls("sendMessage", status=200))
            await sandbox.calls("sendMessage", status=200, count=sent + left, within_s=30)
            stuck = await _left_open(url, within_s=30.0)
        numbers = await _numbers(people)
    copies = Counter(number for chat in numbers.values() for number, _ in chat)
    firsts = Counter(number for chat in numbers.values() for number, is_repeat in chat if not is_repeat)
    lost = sum(not chat for chat in numbers.values())
    repeats, unmarked = sum(copies.values()) - len(copies), sum(count - 1 for count in firsts.values())
    found = f"{lost} lost, {stuck} stuck, {repeats} repeats, {unmarked} unmarked"
    report("R3", f"{kills} kills over 40 warnings: {found}", f"{kills} kills: {found}")
    assert (lost, stuck, unmarked) == (0, 0, 0)
    assert len(copies) == 40


@pytest.mark.parametrize("kind", ["html_502", "refuse"])
async def test_r5_warnings_that_fell_due_during_an_outage_arrive_soon_after_it(database_url: str, kind: str):
    away_s, count, url = times(600, 120), times(40, 8), database_url
    async with sandbox_client() as sandbox:
        clock = FastClock(SPEED)
        async with warner.delivering(sandbox.url, url, clock=clock, poll_s=1):
            await sandbox.bot_has_come()
            people = await crowd(sandbox, count)
            await sandbox.fault(kind, seconds=away_s / SPEED)
            if kind == "refuse":
                await _refused(sandbox.url)
            began = clock.monotonic()
            assert await warner.fall(url, [person.id for person in people], now=datetime.now(UTC)) == count
            await asyncio.sleep(MARGIN_S + max(0.0, (away_s - (clock.monotonic() - began)) / SPEED))
            await sandbox.calls("sendMessage", status=200, count=count, within_s=60)
            took_s = clock.monotonic() - began - away_s
            numbers, tried = await _numbers(people), len(await sandbox.calls("sendMessage"))
    soon = f"all there {took_s:.0f} s after it"
    report("R5", f"{kind} for {away_s} s, {count} warnings: {soon}, {tried} calls in all", soon)
    assert all(len({number for number, _ in chat}) == 1 for chat in numbers.values())
    assert kind == "html_502" or not any(is_repeat for chat in numbers.values() for _, is_repeat in chat)
    assert_within(took_s, 60)
