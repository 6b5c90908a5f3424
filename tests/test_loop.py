"""The loop of the jobs: waits as long as a step says, and goes on after a failure."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.loop import MOST_ASIDE, Step, in_parts, repeat
from storage.database.blame import is_of_a_row

AGAIN_S = 7.0


class Told(Exception):
    """An error of PostgreSQL's driver; `sqlstate` None: of the connection, the server told nothing."""

    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


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


async def doubled(part: Sequence[int]) -> list[int]:
    """The numbers twice as great. Raises ValueError at 5, and OperationalError at 100."""
    if 100 in part:
        raise OperationalError("select", {}, Exception())
    if 5 in part:
        raise ValueError
    return [2 * one for one in part]


@pytest.mark.parametrize("many", [range(10), range(5, 6), [1, 5, 2, 5], list(range(6)), []])
async def test_what_fails_alone_is_set_aside_and_the_others_are_done_in_order(many: Sequence[int]):
    aside = []
    done = await in_parts(many, doubled, lambda one, error: aside.append((one, type(error))))
    assert [one for part in done for one in part] == [2 * one for one in many if one != 5]
    assert aside == [(5, ValueError)] * list(many).count(5)


async def test_what_would_meet_all_is_raised_and_nobody_is_to_blame():
    aside = []
    with pytest.raises(OperationalError):
        await in_parts([1, 100, 3], doubled, lambda one, error: aside.append(one))
    assert aside == []


async def test_when_too_many_fail_no_single_one_is_to_blame():
    aside = []
    with pytest.raises(ValueError):
        await in_parts([5] * (MOST_ASIDE + 1), doubled, lambda one, error: aside.append(one))
    assert len(aside) == MOST_ASIDE


@pytest.mark.parametrize(
    ("error", "is_its"),
    [
        (ValueError(), True),
        (DataError("x", {}, Exception()), True),
        (IntegrityError("x", {}, Exception()), True),
        (StatementError("x", "x", {}, Exception()), True),
        (OperationalError("x", {}, Exception()), False),
        (DBAPIError("x", {}, Told("22P05")), True),
        (DBAPIError("x", {}, Told("57014")), False),
        (InterfaceError("x", {}, Told(None)), False),
        (PoolTimeout(), False),
        (ConnectionResetError(), False),
        (TimeoutError(), False),
    ],
)
def test_errors_of_one_thing_and_errors_that_meet_all(error: Exception, is_its: bool):
    assert is_of_a_row(error) is is_its
