"""R17: the daily check runs once a day over all processes, whatever the clock and the processes do."""

import asyncio
from collections import Counter
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from bot.clock import SystemClock
from bot.warnings.schedule import JOB, LEASE_MS, LOOK_S, Schedule, newest_due
from rules.reasons import Reason
from storage import jobs
from storage.outbox import Lease
from tests.databases import on_one_engine
from tests.faults.scene import report
from tests.warnings.world import START, ZONE, World, instant, ms

AT = time(9, 30)


class SetClock(SystemClock):
    """A clock standing still until set; a wait moves the clock and returns at once."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.waited: list[float] = []

    def now(self) -> datetime:
        return self.at

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        self.waited.append(seconds)
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def _schedule(world: World, clock: SetClock, owner: str = "one", **more: object) -> Schedule:
    return Schedule(world.engine, world.watch, clock, AT, owner=owner, **more)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param((0, "09:29"), (-1, "09:30"), id="before the hour: yesterday's"),
        pytest.param((0, "09:30"), (0, "09:30"), id="at the hour"),
        pytest.param((0, "23:59"), (0, "09:30"), id="late in the day"),
    ],
)
def test_the_check_that_is_due(now, expected):
    day, at = expected
    due = newest_due(instant(*now), AT, ZONE)
    assert (due.date(), due) == (START + timedelta(day), instant(day, at))


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        pytest.param("Pacific/Apia", "2011-12-30T15:00", "2011-12-29T09:30", id="a day that the zone left out"),
        pytest.param("Europe/Berlin", "2022-03-27T07:30", "2022-03-27T09:30", id="clocks set ahead"),
        pytest.param("Africa/Casablanca", "2022-03-27T08:29", "2022-03-26T09:30", id="one that sets it back"),
    ],
)
def test_the_check_that_is_due_where_clocks_are_set(zone: str, now: str, expected: str):
    due = newest_due(datetime.fromisoformat(f"{now}Z"), AT, ZoneInfo(zone))
    assert due.replace(tzinfo=None) == datetime.fromisoformat(expected)


@on_one_engine
async def test_it_runs_at_its_hour_and_once_a_day(world: World):
    await world.follow("A", 1)
    clock = SetClock(instant(0, "08:00"))
    schedule, ran = _schedule(world, clock), Counter()
    for day in range(3):
        await world.day(day, A="3.70")
        while clock.at < instant(day + 1, "08:00"):
            counts = await schedule.step()
            if counts is not None:
                ran[clock.at] += 1
                assert counts[Reason.WARNING] + counts[Reason.REMINDER] == 1
                await world.sent(clock.at)
            clock.at += timedelta(minutes=10)
    assert ran == {instant(day): 1 for day in range(3)}
    assert [notice.is_late for notice in await world.all_notices()] == [False, False, False]


@on_one_engine
@pytest.mark.parametrize("down_days", [1, 5])
async def test_a_stop_is_made_up_for_by_one_late_check_of_the_newest_day(world: World, down_days: int):
    await world.follow("A", 1)
    await world.day(0, A="4.50")
    await _schedule(world, SetClock(instant(0))).step()
    await world.day(down_days, A="3.70")
    schedule = _schedule(world, SetClock(instant(down_days, "11:00")))
    assert await schedule.step() == {Reason.WARNING: 1}
    assert await schedule.step() is None
    (notice,) = await world.all_notices()
    assert (notice.day, notice.is_late) == (START + timedelta(down_days), True)


@on_one_engine
async def test_a_database_that_is_new_has_missed_nothing(world: World):
    assert await _schedule(world, SetClock(instant(0, "08:00"))).step() is None
    assert await _schedule(world, SetClock(instant(0, "09:30"))).step() == {}


async def test_several_processes_run_it_once(world: World):
    await world.follow("A", 1)
    await world.day(0, A="3.70")
    found = await asyncio.gather(*(_schedule(world, SetClock(instant(0)), f"p{n}").step() for n in range(4)))
    assert [counts for counts in found if counts is not None] == [{Reason.WARNING: 1}]
    assert await world.count("notices") == 1


async def test_a_process_that_dies_over_it_is_followed_by_another(world: World):
    await world.follow("A", 1)
    await world.day(0, A="3.70")
    now = ms(instant(0))
    async with world.engine.begin() as conn:
        assert await jobs.take(conn, JOB, START, Lease("dead", now + LEASE_MS), now)
    clock = SetClock(instant(0))
    assert await _schedule(world, clock).step() is None
    clock.at += timedelta(milliseconds=LEASE_MS)
    assert await _schedule(world, clock).step() == {Reason.WARNING: 1}


@on_one_engine
async def test_a_clock_that_jumped_ahead_and_back_skips_no_day_and_tells_nothing_twice(world: World):
    await world.follow("A", 1)
    await world.day(0, A="3.70")
    clock, ran, told = SetClock(instant(0)), [], []
    schedule = _schedule(world, clock)
    for at in [(0, "09:30"), (3, "12:00"), (0, "10:00"), (0, "10:01"), (1, "09:30"), (2, "09:30"), (2, "09:31")]:
        clock.at = instant(*at)
        ran.append(await schedule.step() is not None)
        told.append(await world.count("notices"))
    assert ran == [True, True, True, False, True, True, False]
    assert told[2:] == [told[1]] * 5


@on_one_engine
async def test_it_waits_until_the_hour_and_wakes_the_delivery(world: World):
    await world.follow("A", 1)
    await world.day(0, A="3.70")
    clock, stop, woken = SetClock(instant(0, "09:29")), asyncio.Event(), []
    schedule = _schedule(world, clock, wake=lambda: (woken.append(clock.at), stop.set()))
    await schedule.run(stop)
    assert woken == [instant(0)]
    assert clock.waited[:2] == [LOOK_S, LOOK_S]


async def test_a_database_that_fails_is_tried_again(world: World):
    stop = asyncio.Event()

    class MendingClock(SetClock):
        """The first wait mends the database, the second ends the test."""

        async def wait(self, event: asyncio.Event, seconds: float) -> None:
            await super().wait(event, seconds)
            if len(self.waited) == 2:
                stop.set()
                return
            async with world.engine.begin() as conn:
                await conn.exec_driver_sql("ALTER TABLE jobs_away RENAME TO jobs")

    async with world.engine.begin() as conn:
        await conn.exec_driver_sql("ALTER TABLE jobs RENAME TO jobs_away")
    await _schedule(world, MendingClock(instant(0))).run(stop)
    async with world.engine.begin() as conn:
        assert await jobs.last_day(conn, JOB) == START


@on_one_engine
async def test_r17_a_loop_that_stalls_over_the_hour_still_runs_it_once(world: World):
    await world.follow("A", 1)
    await world.day(0, A="3.70")
    with time_machine.travel(instant(0, "09:29:58"), tick=False) as traveller:
        clock = SystemClock()
        schedule = Schedule(world.engine, world.watch, clock, AT, owner="one")
        assert await schedule.step() is None
        traveller.shift(5)  # the loop stood still
        assert await schedule.step() == {Reason.WARNING: 1}
        assert await schedule.step() is None
    (notice,) = await world.all_notices()
    assert notice.is_late is False
    report("R17", "stalled 5 s, down over the hour, several days down, clock ahead and back: each check ran once")
