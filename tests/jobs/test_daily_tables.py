"""The daily table of a chat's shops: on wish, once a day, after the check, at the chat's hours, whatever happens."""

import asyncio
import json
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.jobs.daily_tables import DailyTables
from bot.journeys.context import Context
from bot.warnings.schedule import Schedule
from storage import chats, preferences
from storage.preferences import Daily, Preferences
from storage.schema import facts, outbox
from tests.databases import on_one_engine
from tests.packaged import CATALOGUE, FIVE_POINTS
from tests.warnings.test_schedule import SetClock
from tests.warnings.world import NIGHT, START, ZONE, World, instant

CHAT = 7
BEFORE = START - timedelta(1)


@pytest.fixture
def world(engine: AsyncEngine) -> World:
    """An empty world, on each engine."""
    return World(engine)


def tables(world: World, at: datetime, quiet: tuple[time, time] | None = None) -> DailyTables:
    """The job of a process whose clock stands at `at`."""
    context = Context(CATALOGUE, FIVE_POINTS, ZONE, 60, quiet_hours=quiet, daily_check_at=time(9, 30))
    return DailyTables(world.engine, context, SetClock(at))


async def wishes(world: World, chat: int = CHAT, hours: Preferences | None = None) -> None:
    """The chat wishes a table of each day from the first day on."""
    async with world.engine.begin() as conn:
        if hours:
            await preferences.keep(conn, chat, hours, 1)
        await preferences.wish(conn, chat, Daily.TABLE, BEFORE, 1)


async def checked(world: World, day: int = 0) -> None:
    """The day's check is done, and what it says is sent."""
    schedule = Schedule(world.engine, world.watch, SetClock(instant(day)), time(9, 30), owner="one")
    await schedule.step()


async def said(world: World) -> list[tuple[int, str]]:
    """Chat and text of the tables made so far."""
    query = select(outbox.c.chat_id, outbox.c.payload).where(outbox.c.notice_id.is_(None)).order_by(outbox.c.id)
    async with world.engine.begin() as conn:
        return [(chat, json.loads(payload)["text"]) for chat, payload in (await conn.execute(query)).all()]


async def five_shops(world: World) -> None:
    """Five shops of the chat, one about to be closed, one warned."""
    for ref in ("女装", "童装", "零食", "花店", "鞋店"):
        await world.follow(ref, CHAT)
    await world.day(0, 女装="3.9", 童装="4.2", 零食="3.4", 花店="3.7", 鞋店="4.5")


async def test_one_table_a_day_worst_first(world: World) -> None:
    await five_shops(world)
    await wishes(world)
    job = tables(world, instant(0, "09:31"))
    assert await job.step() == 0, "not before the check"
    await checked(world)
    assert await job.step() == 1
    assert await job.step() == 0
    assert await said(world) == [
        (
            CHAT,
            "<b>5 家店：1 ⛔ 1 ⚠️ 3 ✅</b>\n"
            "⛔ <b>零食</b> 3.4 会被关闭权限\n⚠️ <b>花店</b> 3.7 会收到平台警告\n"
            "✅ <b>女装</b> 3.9\n✅ <b>童装</b> 4.2\n✅ <b>鞋店</b> 4.5\n\n只看分数；违规达到清退标准也会被关闭。",
        )
    ]
    await checked(world, 1)
    assert await tables(world, instant(1, "09:31")).step() == 1
    second = (await said(world))[1][1]
    assert "⛔ <b>零食</b> 3.4（昨天） 会被关闭权限" in second


async def test_a_table_that_cannot_be_made_stops_no_other(world: World) -> None:
    await five_shops(world)
    broken = await world.follow("坏店", CHAT - 1)
    async with world.engine.begin() as conn:
        row = {"shop_id": broken, "fact": "category", "source": "merchant", "day": START, "told_at": 1}
        await conn.execute(insert(facts).values(**row, value="no JSON"))
    await wishes(world, CHAT - 1)
    await wishes(world)
    await checked(world)
    assert await tables(world, instant(0, "09:31")).step() == 1
    assert [chat for chat, _ in await said(world)] == [CHAT]


async def test_without_the_wish_there_is_none(world: World) -> None:
    await five_shops(world)
    await checked(world)
    assert await tables(world, instant(0, "20:00")).step() == 0
    await wishes(world)
    async with world.engine.begin() as conn:
        await preferences.wish(conn, CHAT, Daily.TABLE, None, 2)
    assert await tables(world, instant(0, "20:00")).step() == 0
    assert await said(world) == []


async def test_a_chat_without_shops_gets_none_and_neither_does_one_that_blocked_the_bot(world: World) -> None:
    await five_shops(world)
    await wishes(world)
    await wishes(world, 8)
    async with world.engine.begin() as conn:
        await chats.block(conn, CHAT, "blocked", 1)
    await checked(world)
    assert await tables(world, instant(0, "09:31")).step() == 0
    assert await said(world) == []


@pytest.mark.parametrize(
    ("hours", "due"),
    [
        pytest.param(Preferences(True, None, None), "09:30", id="right after the check"),
        pytest.param(Preferences(True, None, time(18)), "18:00", id="at the time of the daily message"),
        pytest.param(Preferences(True, (time(9), time(11)), None), "11:00", id="after the quiet hours"),
        pytest.param(Preferences(True, NIGHT, time(8, 30)), "09:30", id="a time before the check"),
        pytest.param(Preferences(True, (time(20), time(8)), time(21)), "09:30", id="a time in the night is none"),
        pytest.param(Preferences(False, None, time(12)), "12:00", id="the operator's quiet hours"),
    ],
)
@on_one_engine
async def test_it_comes_at_the_chats_hours(world: World, hours: Preferences, due: str) -> None:
    await five_shops(world)
    await wishes(world, hours=hours)
    await checked(world)
    at = instant(0, due)
    assert await tables(world, at - timedelta(seconds=1), NIGHT).step() == 0
    assert await tables(world, at, NIGHT).step() == 1


@on_one_engine
async def test_a_table_that_is_late_waits_for_the_end_of_the_quiet_hours(world: World) -> None:
    await five_shops(world)
    await wishes(world, hours=Preferences(True, NIGHT, time(18)))
    await checked(world)
    assert await tables(world, instant(0, "23:00")).step() == 0
    assert await tables(world, instant(1, "08:00")).step() == 1


async def test_several_processes_make_one(world: World) -> None:
    await five_shops(world)
    for chat in (CHAT, 8, 9):
        await wishes(world, chat)
        await world.follow("女装", chat)
    await checked(world)
    made = await asyncio.gather(*(tables(world, instant(0, "09:31")).step() for _ in range(4)))
    assert sum(made) == 3
    assert sorted(chat for chat, _ in await said(world)) == [CHAT, 8, 9]


async def test_a_failure_at_every_chat_leaves_none_out_and_tells_none_twice(world: World) -> None:
    """Nothing can be read for now; then another process has made the table of chat 8."""
    await five_shops(world)
    for chat in (CHAT, 8, 9):
        await wishes(world, chat)
        await world.follow("女装", chat)
    await checked(world)
    async with world.engine.begin() as conn:
        await conn.exec_driver_sql("ALTER TABLE newest RENAME TO away")
    assert await tables(world, instant(0, "09:31")).step() == 0
    assert await said(world) == []
    async with world.engine.begin() as conn:
        await conn.exec_driver_sql("ALTER TABLE away RENAME TO newest")
        assert await preferences.take(conn, 8, Daily.TABLE, START)
    assert await tables(world, instant(0, "09:40")).step() == 2
    assert await tables(world, instant(0, "09:50")).step() == 0
    assert [chat for chat, _ in await said(world)] == [CHAT, 9]


async def test_words_are_of_the_moment_of_sending_and_by_the_chosen_edition(world: World) -> None:
    await five_shops(world)
    await wishes(world, hours=Preferences(True, None, time(18)))
    await checked(world)
    async with world.engine.begin() as conn:
        await preferences.choose_edition(conn, CHAT, "2026-07-29", 1)
    await world.day(0, came="12:00", 零食="4.4")
    assert await tables(world, instant(0, "18:00")).step() == 1
    ((_, text),) = await said(world)
    assert "⚠️ <b>花店</b> 3.7 会收到平台警告 · 按 2022-10-10 版（5 分制）" in text
    assert "⛔" not in text


async def test_hours_kept_later_leave_the_wish_and_the_day(world: World) -> None:
    await wishes(world)
    async with world.engine.begin() as conn:
        await preferences.keep(conn, CHAT, Preferences(True, None, time(18)), 2)
        assert (await preferences.of(conn, CHAT)).has_table
        assert await preferences.take(conn, CHAT, Daily.TABLE, START)
        await preferences.keep(conn, CHAT, Preferences(True, None, time(20)), 3)
        assert not await preferences.take(conn, CHAT, Daily.TABLE, START)


@on_one_engine
async def test_the_job_ends_when_it_is_told_to(world: World) -> None:
    await five_shops(world)
    await wishes(world)
    await checked(world)
    stop, woken = asyncio.Event(), []
    job = tables(world, instant(0, "09:31"))
    job.wake = lambda: (woken.append(1), stop.set())
    await job.run(stop)
    assert woken == [1]
