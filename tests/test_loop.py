"""The loop of the jobs: waits as long as a step says, and goes on after a failure."""

import asyncio
from collections.abc import Sequence

from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.loop import Step, repeat

AGAIN_S = 7.0


class CountingClock(SystemClock):
    """Notes the seconds of each wait and the state of the event then; no time passes."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.was_set: list[bool] = []

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        self.waits.append(seconds)
        self.was_set.append(event.is_set())


def steps(results: Sequence[float | Exception], stop: asyncio.Event) -> Step:
    """A step with `results` in turn; sets `stop` with the last."""
    left = list(results)

    async def step() -> float:
        result = left.pop(0)
        if not left:
            stop.set()
        if isinstance(result, Exception):
            raise result
        return result

    return step


async def test_it_waits_as_long_as_each_step_says_not_at_all_for_0_and_ends_after_the_one_under_way() -> None:
    clock, stop = CountingClock(), asyncio.Event()
    await repeat(steps([0.0, 2.5, 600.0], stop), stop, clock, failed="not done", again_s=AGAIN_S)
    assert clock.waits == [2.5, 600.0]


async def test_a_step_that_fails_is_logged_by_its_kind_alone_and_comes_again() -> None:
    clock, stop = CountingClock(), asyncio.Event()
    with capture_logs() as logged:
        await repeat(steps([1.0, ValueError("体验分 3.9"), 1.0], stop), stop, clock, failed="not done", again_s=AGAIN_S)
    assert clock.waits == [1.0, AGAIN_S, 1.0]
    assert logged == [{"event": "not done", "error": "ValueError", "log_level": "error"}]


async def test_being_cancelled_is_no_failure() -> None:
    stop = asyncio.Event()

    async def step() -> float:
        raise asyncio.CancelledError

    running = asyncio.create_task(repeat(step, stop, SystemClock(), failed="not done", again_s=AGAIN_S))
    await asyncio.wait([running])
    assert running.cancelled()


async def test_what_wakes_it_during_a_step_ends_the_wait_after_it_once() -> None:
    clock, stop, wake = CountingClock(), asyncio.Event(), asyncio.Event()
    done = steps([1.0, 1.0], stop)

    async def step() -> float:
        if not clock.waits:
            wake.set()
        return await done()

    await repeat(step, stop, clock, failed="not done", again_s=AGAIN_S, wake=wake)
    assert clock.was_set == [True, False]


async def test_nothing_runs_when_it_is_told_to_stop_before() -> None:
    clock, stop = CountingClock(), asyncio.Event()
    stop.set()
    await repeat(steps([1.0], stop), stop, clock, failed="not done", again_s=AGAIN_S)
    assert clock.waits == []
