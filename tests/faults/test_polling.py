"""R8: getUpdates fails in every way seen so far; polling goes on, or ends with the reason."""

import asyncio
from collections.abc import Sequence
from random import Random

import pytest

from bot.telegram.api import Api
from bot.telegram.polling import LONGEST_PAUSE_S, REFUSALS_AT_START, Poller, TokenRefusedError
from bot.telegram.session import Session
from storage.inbox import Arrival
from tests.faults.echo import TOKEN, UNLIMITED, running
from tests.faults.fastclock import FastClock
from tests.faults.scene import all_answered, ask, assert_within, crowd, report, times
from tests.live import sandbox_client

SPEED = 60
SLOWER = 15
"""Where the clock is read: a delay of the machine counts so many times."""

FAULTS = {
    "401": {},
    "404": {},
    "409": {},
    "html_502": {},
    "malformed": {},
    "drop": {},
    "status": {"status": 500},
    "429": {"retry_after": times(20, 4)},
}


class NotingClock(FastClock):
    """Notes the seconds of each wait."""

    def __init__(self, speed: float) -> None:
        super().__init__(speed)
        self.waits: list[float] = []

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        self.waits.append(seconds)
        await super().wait(event, seconds)


@pytest.mark.parametrize("kind", FAULTS)
async def test_r8_polling_goes_on_after_it_was_refused(database_url: str, kind: str):
    clock = FastClock(SLOWER)
    async with (
        sandbox_client() as sandbox,
        running(sandbox.url, database_url, limits=UNLIMITED, clock=clock, poll_s=1),
    ):
        await sandbox.bot_has_come()
        people = await crowd(sandbox, 1)
        fault = await sandbox.fault(kind, method="getUpdates", **FAULTS[kind])
        before = (await sandbox.state())["calls"]
        await sandbox.calls("getUpdates", after=before, count=6)
        await sandbox.heal(fault)
        healed = clock.monotonic()
        await ask(people, 1)
        answers = await all_answered(sandbox, people, 1, within_s=30)
        took_s = clock.monotonic() - healed
    soon = f"answered {took_s:.0f} s after it was over"
    report("R8", f"{kind} on getUpdates six times: {soon}", soon)
    assert len(answers) == 1
    assert_within(took_s, 35)


async def test_r8_a_poll_that_hangs_is_given_up(database_url: str):
    async with (
        sandbox_client() as sandbox,
        running(sandbox.url, database_url, limits=UNLIMITED, clock=FastClock(SPEED), poll_s=0),
    ):
        await sandbox.bot_has_come()
        people = await crowd(sandbox, 1)
        await sandbox.fault("slow", method="getUpdates", ms=60_000, count=1)
        await ask(people, 1)
        answers = await all_answered(sandbox, people, 1, within_s=30)
    assert len(answers) == 1


async def test_r8_no_pause_is_longer_than_half_a_minute_however_often_it_fails():
    clock = NotingClock(1e9)
    async with sandbox_client() as sandbox, Session(limit=1) as session:
        poller = Poller(Api(TOKEN, sandbox.url, session), keep_nothing, clock, Random(7), poll_s=0)
        stop = asyncio.Event()
        polling = asyncio.create_task(poller.run(stop))
        await sandbox.bot_has_come()
        await sandbox.fault("html_502", method="getUpdates")
        await sandbox.calls("getUpdates", status=502, count=40)
        stop.set()
        await polling
    failed = clock.waits[-40:]
    assert max(failed) <= LONGEST_PAUSE_S
    assert failed[-1] >= 0.8 * LONGEST_PAUSE_S


async def keep_nothing(_arrivals: Sequence[Arrival]) -> None:
    return


@pytest.mark.parametrize("kind", ["401", "404"])
async def test_r8_a_token_that_is_refused_from_the_start_ends_the_poller_with_a_reason(kind: str):
    async with sandbox_client() as sandbox, Session(limit=1) as session:
        await sandbox.fault(kind, method="getUpdates")
        poller = Poller(Api(TOKEN, sandbox.url, session), keep_nothing, FastClock(SPEED), Random(7))
        with pytest.raises(TokenRefusedError, match="token"):
            await poller.run(asyncio.Event())
        calls = await sandbox.calls("getUpdates")
    assert len(calls) == REFUSALS_AT_START


async def test_updates_that_could_not_be_kept_come_again(database_url: str):
    kept: list[Arrival] = []
    failures = 3

    async def receive(arrivals: Sequence[Arrival]) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise OSError("disk full")
        kept.extend(arrivals)

    async with sandbox_client() as sandbox, Session(limit=1) as session:
        poller = Poller(Api(TOKEN, sandbox.url, session), receive, FastClock(SPEED), Random(7), poll_s=1)
        stop = asyncio.Event()
        polling = asyncio.create_task(poller.run(stop))
        await sandbox.bot_has_come()
        update = await (await sandbox.person()).says("问")
        while not kept:
            await sandbox.calls("getUpdates", after=(await sandbox.state())["calls"], count=1, within_s=0.2)
        stop.set()
        await polling
    assert [one.key for one in kept] == [update["update_id"]]
