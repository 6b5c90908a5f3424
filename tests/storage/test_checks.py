"""Days ahead of a kept check: told once, and only while the check is the newest."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.milestones import Milestone
from rules.reasons import Reason
from storage import checks
from storage.checks import KeptCheck
from storage.daily_check import due_followers

DAY = date(2022, 10, 10)
AHEAD = [
    Milestone(DAY + timedelta(3), Reason.EXEMPTION_ENDS_SOON, DAY + timedelta(10), "entry.score"),
    Milestone(DAY + timedelta(10), Reason.EXEMPTION_ENDED, DAY + timedelta(10), "entry.score"),
]


async def _check(conn: AsyncConnection, chat: int) -> None:
    await checks.keep(conn, chat, KeptCheck("2022-10-10", "{}", "{}", DAY.isoformat()), 1)


async def _told(conn: AsyncConnection, day: int) -> list[tuple[int, str]]:
    return [(row.chat_id, row.reason) for row in await due_followers.take_milestones(conn, DAY + timedelta(day), 1)]


async def test_a_day_is_told_when_it_comes_and_once(conn: AsyncConnection):
    await _check(conn, 1)
    await checks.keep_milestones(conn, 1, AHEAD)
    assert await _told(conn, 2) == []
    assert await _told(conn, 3) == [(1, "exemption_ends_soon")]
    assert await _told(conn, 3) == []


async def test_days_that_passed_during_a_stop_are_told_together(conn: AsyncConnection):
    await _check(conn, 1)
    await checks.keep_milestones(conn, 1, AHEAD)
    assert await _told(conn, 12) == [(1, "exemption_ends_soon"), (1, "exemption_ended")]


async def test_a_new_check_lets_go_of_the_days_of_the_old_one(conn: AsyncConnection):
    await _check(conn, 1)
    await checks.keep_milestones(conn, 1, AHEAD)
    await _check(conn, 2)  # somebody else's
    await _check(conn, 1)
    assert await _told(conn, 12) == []


async def test_a_check_of_another_shop_keeps_the_days_of_the_first(conn: AsyncConnection):
    for shop in (1, 2):
        await checks.keep(conn, 1, KeptCheck("2022-10-10", "{}", "{}", DAY.isoformat(), shop), 1)
        await checks.keep_milestones(conn, 1, AHEAD[:1], shop)
    assert await _told(conn, 3) == [(1, "exemption_ends_soon")] * 2
    await checks.keep_milestones(conn, 1, AHEAD[1:], 1)
    await checks.keep(conn, 1, KeptCheck("2022-10-10", "{}", "{}", DAY.isoformat(), 2), 1)
    assert await _told(conn, 12) == [(1, "exemption_ended")]


async def test_a_check_of_a_shop_lets_go_of_the_days_of_a_check_of_none(conn: AsyncConnection):
    await _check(conn, 1)
    await checks.keep_milestones(conn, 1, AHEAD)
    await checks.keep(conn, 1, KeptCheck("2022-10-10", "{}", "{}", DAY.isoformat(), 7), 1)
    assert await _told(conn, 12) == []


async def test_whoever_does_not_want_it_any_more_hears_nothing(conn: AsyncConnection):
    await _check(conn, 1)
    await checks.keep_milestones(conn, 1, AHEAD)
    await checks.forget_milestones(conn, 1)
    assert await _told(conn, 12) == []
