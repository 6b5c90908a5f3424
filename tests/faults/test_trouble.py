"""R27: ten minutes of mixed trouble, and a server that takes calls and never answers: nothing is given up.

R28: many chats that the server does not know at once are an alarm, and nobody is muted.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import cycle

import pytest
from sqlalchemy import func, select

from bot.clock import SystemClock, milliseconds
from bot.jobs.unfound import UnfoundWatch
from storage import monitored, outbox, revival, schema
from tests.faults import warner
from tests.faults.echo import UNLIMITED, Core
from tests.faults.fastclock import FastClock
from tests.faults.gateway import Gateway, Weather, gateway
from tests.faults.scene import assert_within, crowd, report, times
from tests.faults.test_warnings import _left_open, _numbers
from tests.live import Person, SandboxClient, sandbox_client

SPEED = times(20, 40)
COUNT = times(40, 8)
MIXED = (Weather.REFUSED, Weather.HANGS, Weather.BAD_GATEWAY, Weather.DROPPED)
SLICE_S = times(15, 10)
NOT_FOUND = "Bad Request: chat not found"
KINDS = {
    "mixed trouble": (MIXED, b"", times(600, 80)),
    "never answers": ((Weather.HANGS,), b"", times(1200, 80)),
    "never answers, but for getMe": ((Weather.HANGS,), b"/getMe", times(1200, 80)),
}


@asynccontextmanager
async def warning(url: str) -> AsyncIterator[tuple[SandboxClient, Gateway, Core, FastClock]]:
    """The delivery of warnings behind a gateway, by a fast clock."""
    async with sandbox_client() as sandbox, gateway(sandbox.url) as between:
        clock = FastClock(SPEED)
        options = {"clock": clock, "polls": False, "is_hurried": True}
        async with warner.delivering(between.url, url, **options) as parts:
            yield sandbox, between, parts, clock


async def storm(between: Gateway, weathers: Sequence[Weather], seconds: float, clock: FastClock) -> None:
    """The weathers in turn, for so long by the clock; then all is well."""
    until = clock.monotonic() + seconds
    for weather in cycle(weathers):
        if clock.monotonic() >= until:
            break
        await between.turn(weather)
        await clock.sleep(min(SLICE_S, max(0.0, until - clock.monotonic())))
    await between.turn(Weather.WELL)


@pytest.mark.parametrize("kind", KINDS)
async def test_r27_a_server_in_trouble_loses_no_warning_and_each_repeat_says_so(database_url: str, kind: str):
    weathers, spared, seconds = KINDS[kind]
    async with warning(database_url) as (sandbox, between, parts, clock):
        people = await crowd(sandbox, COUNT)
        between.spared = spared
        await between.turn(weathers[0])
        assert await warner.fall(database_url, [person.id for person in people], now=clock.now()) == COUNT
        parts.sender.wake()
        await storm(between, weathers, seconds, clock)
        well_at = clock.monotonic()
        left = await _left_open(database_url, within_s=30.0)
        took_s = clock.monotonic() - well_at
        numbers = await _numbers(people)
    copies = Counter(number for chat in numbers.values() for number, _ in chat)
    firsts = Counter(number for chat in numbers.values() for number, is_repeat in chat if not is_repeat)
    lost, repeats = sum(not chat for chat in numbers.values()), sum(copies.values()) - len(copies)
    unmarked = sum(count - 1 for count in firsts.values() if count)
    said = f"{lost} of {COUNT} warnings lost, {repeats} repeats, {unmarked} unmarked, all there {took_s:.0f} s after it"
    report("R27", f"{kind} for {seconds} s: {said}", said.partition(", all")[0])
    assert (lost, left, unmarked) == (0, 0, 0)
    assert repeats <= 3 * COUNT
    assert_within(took_s, 60)


async def test_r28_chats_unknown_in_bulk_are_an_alarm_and_a_single_one_is_revived_by_hand(database_url: str):
    count, clock = 20, FastClock(300)
    async with sandbox_client() as sandbox:
        options = {"clock": clock, "polls": False, "limits": UNLIMITED}
        async with warner.delivering(sandbox.url, database_url, **options) as parts:
            people, operator = await crowd(sandbox, count), await sandbox.person()
            await sandbox.fault("status", method="sendMessage", status=400, description=NOT_FOUND)
            await fell(database_url, parts, people, clock)
            await until(parts, clock, lambda found: found["unknown"] == count)
            alarms = [await alarm(parts, operator, clock) for _ in range(3)]
            muted = await count_of(parts, outbox.MUTED)
            await sandbox.heal()
            left = await _left_open(database_url, within_s=30.0)
            first = sum(len(chat) for chat in (await _numbers(people)).values())

            one = people[0]
            await sandbox.fault("status", chat_id=one.id, status=400, description=NOT_FOUND)
            await fell(database_url, parts, [one], clock, score=340)
            await until(parts, clock, lambda found: found["blocked"] == 1)
            await sandbox.heal()
            revived = await revive_all(parts, clock)
            left += await _left_open(database_url, within_s=30.0)
            heard = len((await _numbers([one]))[one.id])
    report(
        "R28",
        f"{count} chats not found at once: {muted} muted, told {sum(alarms)} time, {first} delivered later",
        f"{muted} of {count} muted",
    )
    report(
        "R28",
        f"one chat not found: muted, {revived.notices} warning brought back by admin revive",
        f"{revived.notices} brought back",
    )
    assert (muted, alarms, left, first) == (0, [1, 0, 0], 0, count)
    assert (revived.chats, revived.notices, heard) == (1, 1, 2)


async def fell(url: str, parts: Core, people: Sequence[Person], clock: FastClock, score: int = 370) -> None:
    """The people's shops fall, and the delivery knows."""
    assert await warner.fall(url, [person.id for person in people], score, now=clock.now()) == len(people)
    parts.sender.wake()


async def alarm(parts: Core, operator: Person, clock: FastClock) -> int:
    """How many times the operators are told now."""
    context = replace(warner.CONTEXT, admins=frozenset({operator.id}))
    return int(await UnfoundWatch(parts.engine, context, clock, lambda: None).step() > 0)


async def until(parts: Core, clock: FastClock, is_so: Callable[[dict[str, int]], bool]) -> None:
    """Return when the figures of silent chats are so."""
    async with asyncio.timeout(30):
        while True:
            async with parts.engine.begin() as conn:
                if is_so(await monitored.silent_chats(conn, milliseconds(clock))):
                    return
            await SystemClock().sleep(0.02)


async def count_of(parts: Core, state: str) -> int:
    async with parts.engine.begin() as conn:
        query = select(func.count()).select_from(schema.outbox).where(schema.outbox.c.state == state)
        return (await conn.execute(query)).scalar() or 0


async def revive_all(parts: Core, clock: FastClock) -> revival.Revived:
    """As `admin revive --all` does."""
    async with parts.engine.begin() as conn:
        found = await revival.blocked(conn)
        return await revival.revive(conn, found, warner.WATCH.today(clock.now()), milliseconds(clock))
