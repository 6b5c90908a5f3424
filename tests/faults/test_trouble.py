"""R27: ten minutes of mixed trouble, and a server that takes calls and never answers: nothing is given up.

R28: many chats that the server does not know at once are an alarm, and nobody is muted.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle

import pytest

from tests.faults import warner
from tests.faults.echo import Core
from tests.faults.fastclock import FastClock
from tests.faults.gateway import Gateway, Weather, gateway
from tests.faults.scene import assert_within, crowd, report, times
from tests.faults.test_warnings import _left_open, _numbers
from tests.live import SandboxClient, sandbox_client

SPEED = times(20, 40)
COUNT = times(40, 8)
MIXED = (Weather.REFUSED, Weather.HANGS, Weather.BAD_GATEWAY, Weather.DROPPED)
SLICE_S = times(15, 10)
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
    report("R27", f"{kind} for {seconds} s: {said}")
    assert (lost, left, unmarked) == (0, 0, 0)
    assert repeats <= 3 * COUNT
    assert_within(took_s, 60)
