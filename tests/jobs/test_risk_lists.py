"""The list of the shops at risk each day: on an operator's wish, once a day, after the check, also on a day without."""

import asyncio
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.jobs.daily_tables import DailyTables
from bot.jobs.risk_lists import RiskLists
from bot.journeys.context import Context
from storage import chats, preferences
from storage.preferences import Daily, Preferences
from storage.schema import preferences as wished
from tests.databases import on_one_engine
from tests.jobs.test_daily_tables import checked, said
from tests.packaged import CATALOGUE, FIVE_POINTS
from tests.warnings.test_schedule import SetClock
from tests.warnings.world import NIGHT, START, ZONE, World, instant

OPERATOR, FORMER = 7, 8
BEFORE = START - timedelta(1)


@pytest.fixture
def world(engine: AsyncEngine) -> World:
    """An empty world, on each engine."""
    return World(engine)


def context(quiet: tuple[time, time] | None = None) -> Context:
    admins = frozenset({OPERATOR})
    return Context(CATALOGUE, FIVE_POINTS, ZONE, 60, quiet_hours=quiet, daily_check_at=time(9, 30), admins=admins)


def lists(world: World, at: datetime, quiet: tuple[time, time] | None = None) -> RiskLists:
    """The job of a process whose clock stands at `at`."""
    return RiskLists(world.engine, context(quiet), SetClock(at))


async def wishes(world: World, chat: int = OPERATOR, hours: Preferences | None = None) -> None:
    async with world.engine.begin() as conn:
        if hours:
            await preferences.keep(conn, chat, hours, 1)
        await preferences.wish(conn, chat, Daily.RISK, BEFORE, 1)


async def shops(world: World, **scores: str) -> None:
    """Shops of these scores that nobody follows."""
    for ref in scores:
        await world.shop(ref)
    await world.day(0, **scores)


async def test_the_list_comes_once_after_the_check_worst_first(world: World) -> None:
    await shops(world, 女装="3.9", 零食="3.7", 花店="3.4")
    await wishes(world)
    job = lists(world, instant(0, "09:31"))
    assert await job.step() == 0, "not before the check"
    await checked(world)
    assert await job.step() == 1
    assert await job.step() == 0
    assert await said(world) == [
        (
            OPERATOR,
            "<b>有风险的店 2 家：1 ⛔ 1 ⚠️</b>\n\n"
            "<b>⛔ 会被关闭权限</b>（1 家）\n<b>花店</b> 3.4 · 10-10 或更早\n<code>花店</code> · <b>没有人关注</b>\n\n"
            "<b>⚠️ 会收到平台警告</b>（1 家）\n<b>零食</b> 3.7 · 10-10 或更早\n<code>零食</code> · <b>没有人关注</b>\n\n"
            "一共 3 家店，都有新分数。每天 09:30 检查以后发给你，避开你的免打扰时间。",
        )
    ]


async def test_a_day_without_risk_says_so_and_how_many_are_watched(world: World) -> None:
    await shops(world, 女装="4.5", 零食="4.6")
    await wishes(world)
    await checked(world)
    assert await lists(world, instant(0, "09:31")).step() == 1
    ((_, text),) = await said(world)
    assert text.startswith("<b>✅ 没有有风险的店</b>\n\n一共 2 家店，都有新分数。")


async def test_a_day_on_which_no_scores_came_is_no_good_day(world: World) -> None:
    await shops(world, 女装="4.5")
    await world.shop("从来没有")
    await wishes(world)
    await checked(world, 5)
    assert await lists(world, instant(5, "09:31")).step() == 1
    ((_, text),) = await said(world)
    assert "✅" not in text
    assert text.startswith("<b>❓ 看得到分数的店里，没有有风险的</b>\n\n一共 2 家店，2 家没有新分数：这些不算没事。")


async def test_two_processes_make_one_list(world: World) -> None:
    await shops(world, 花店="3.4")
    await wishes(world)
    await checked(world)
    made = await asyncio.gather(*(lists(world, instant(0, "09:31")).step() for _ in range(2)))
    assert sum(made) == len(await said(world)) == 1


async def test_the_quiet_hours_of_the_operator_are_kept(world: World) -> None:
    await shops(world, 花店="3.4")
    await wishes(world, hours=Preferences(has_own_hours=True, quiet_hours=(time(9), time(11))))
    await checked(world)
    assert await lists(world, instant(0, "10:59"), NIGHT).step() == 0
    assert await lists(world, instant(0, "11:00"), NIGHT).step() == 1


@on_one_engine
async def test_who_is_no_operator_any_more_or_blocked_the_bot_gets_none(world: World) -> None:
    await shops(world, 花店="3.4")
    await wishes(world)
    await wishes(world, FORMER)
    async with world.engine.begin() as conn:
        await chats.block(conn, OPERATOR, "blocked", 1)
    await checked(world)
    assert await lists(world, instant(0, "09:31")).step() == 0
    assert await said(world) == []


@on_one_engine
async def test_the_wish_for_a_table_is_another_wish(world: World) -> None:
    await world.follow("花店", OPERATOR)
    await world.day(0, 花店="3.4")
    await wishes(world)
    await checked(world)
    assert await DailyTables(world.engine, context(), SetClock(instant(0, "09:31"))).step() == 0
    assert await lists(world, instant(0, "09:31")).step() == 1
    async with world.engine.begin() as conn:
        row = (await conn.execute(select(wished.c.table_day, wished.c.risk_day))).one()
        kept = await preferences.of(conn, OPERATOR)
    assert (row.table_day, row.risk_day) == (None, START)
    assert (kept.has_table, kept.has_risks) == (False, True)


@on_one_engine
async def test_the_next_day_has_a_list_of_its_own(world: World) -> None:
    await shops(world, 花店="3.4")
    await wishes(world)
    for day in (0, 1):
        await checked(world, day)
        assert await lists(world, instant(day, "09:31")).step() == 1
    assert len(await said(world)) == 2
