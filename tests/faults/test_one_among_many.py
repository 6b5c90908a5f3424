"""R30: one thing among many that can't be handled is set aside with its name, and all the others are served.

A row of the database is broken so that the program's own code fails at it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from bot.feeds.cells import Trouble
from bot.feeds.chat_uploads import PATIENCE_MS, Uploads
from bot.feeds.file import BY_CHAT, ScoreFile
from bot.jobs.announcer import Announcer
from bot.jobs.deletion import Retention
from bot.telegram.api import Api
from bot.telegram.session import Session
from bot.warnings.corrections import correct_stored
from bot.warnings.sweep import Sweep
from storage import announcements, checks, uploads
from storage.audiences import Audience
from storage.checks import KeptCheck
from storage.retention import DAY_MS
from storage.schema import chats, follows, milestones, newest, notice_items, outbox, preferences, shops, unanswered
from storage.schema import uploads as upload_rows
from tests.faults.scene import FULL, report
from tests.jobs.test_edition_rollout import OPERATOR, Scene, fresh, scene
from tests.packaged import FIVE_POINTS
from tests.storage.test_personal import row_of
from tests.warnings.test_schedule import SetClock
from tests.warnings.world import START, World, instant, ms

__all__ = ["fresh", "scene"]
SHOPS = 300 if FULL else 9
ADMIN = 900


@pytest.fixture
def world(engine: AsyncEngine) -> World:
    """An empty world, on each engine."""
    return World(engine)


async def change(engine: AsyncEngine, table: Table, where: Any, **values: Any) -> None:
    """Break rows."""
    async with engine.begin() as conn:
        assert (await conn.execute(update(table).where(where).values(**values))).rowcount


async def said_to(engine: AsyncEngine, chat: int) -> list[str]:
    """The texts in the outbox for the chat."""
    async with engine.connect() as conn:
        query = select(outbox.c.payload).where(outbox.c.chat_id == chat, outbox.c.notice_id.is_(None))
        return [json.loads(one)["text"] for one in (await conn.execute(query)).scalars()]


def aside(lines: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Place and name of what was set aside, by the log."""
    return [(str(line["place"]), str(line["one"])) for line in lines if line["event"] == "set aside"]


async def warned(world: World, day: int = 0) -> set[int]:
    """The chats that the day's check told something."""
    sweep = Sweep(world.engine, world.watch, START + timedelta(day), instant(day), admins=(ADMIN,))
    await sweep.run()
    return set(await world.news())


async def low_shops(world: World) -> int:
    """Shops that are about to be closed, each followed by a chat of the same number; the number of the fifth."""
    numbers = [await world.follow(f"店{number}", number) for number in range(1, SHOPS + 1)]
    await world.day(0, **{f"店{number}": "3.4" for number in range(1, SHOPS + 1)})
    return numbers[4]


@pytest.mark.parametrize("what", ["frequency", "source"])
async def test_r30_a_shop_that_cannot_be_judged_leaves_out_no_other(world: World, what: str):
    fifth = await low_shops(world)
    table = {"frequency": follows, "source": newest}[what]
    await change(world.engine, table, table.c.shop_id == fifth, **{what: "nonsense"})
    with capture_logs() as lines:
        told = await warned(world)
    report(
        "R30",
        f"the daily check, one shop of {SHOPS} with a broken row: {len(told)} told, set aside: {aside(lines)}",
        f"{SHOPS - 1 - len(told)} others held up",
    )
    assert told == set(range(1, SHOPS + 1)) - {5}
    assert set(aside(lines)) == {("shop", str(fifth))}
    (said,) = await said_to(world.engine, ADMIN)
    assert f"<code>{fifth}</code>" in said and said.startswith("<b>⚠️ 有 1 项没能处理")


async def test_r30_broken_quiet_hours_are_none_chosen(world: World):
    await low_shops(world)
    async with world.engine.begin() as conn:
        await conn.execute(insert(preferences).values(row_of(preferences, 5) | {"quiet_hours": "22:00-aches"}))
    assert await warned(world) == set(range(1, SHOPS + 1))


async def test_r30_a_date_that_cannot_be_told_leaves_out_no_other(world: World):
    await low_shops(world)
    async with world.engine.begin() as conn:
        for chat, reason in ((101, "nonsense"), (102, "wait_over")):
            await checks.keep(conn, chat, KeptCheck("2022-10-10", "{}", "{}", START.isoformat()), 0)
            check = await conn.scalar(select(checks.checks.c.id).where(checks.checks.c.chat_id == chat))
            row = row_of(milestones, chat) | {"check_id": check, "reason": reason, "on_day": START, "told_at": None}
            await conn.execute(insert(milestones).values(row))
    with capture_logs() as lines:
        told = await warned(world)
    assert [place for place, _ in aside(lines)] == ["milestone"]
    assert len(await said_to(world.engine, ADMIN)) == 1
    assert told == {*range(1, SHOPS + 1), 102}


async def test_r30_a_message_that_cannot_be_corrected_leaves_out_no_other(world: World):
    fifth = await low_shops(world)
    await world.check(0)
    await change(world.engine, notice_items, notice_items.c.shop_id == fifth, reason="nonsense")
    better = {f"店{number}": "4.4" for number in range(1, SHOPS + 1)}
    stored = await world.day(0, came="12:00", **better)
    with capture_logs() as lines:
        async with world.engine.begin() as conn:
            watch = replace(world.watch, admins=frozenset({ADMIN}))
            corrected = await correct_stored(conn, watch, instant(0, "12:00"), has_corrections=stored.corrected > 0)
    assert aside(lines) == [("correction", str(fifth))]
    assert corrected == SHOPS - 1
    (said,) = await said_to(world.engine, ADMIN)
    assert f"<code>{fifth}</code>" in said and "更正没能发出" in said


async def test_r30_a_file_that_cannot_be_handled_holds_up_no_other(world: World):
    """Its kept rows are broken; the next file is fetched from an address where nobody is."""
    now = instant(0, "20:00")
    async with Session(1) as session:
        api = Api("1:x", "http://127.0.0.1:9", session)
        work = Uploads(world.engine, api, world.watch, time(9, 30), SetClock(now), wake=lambda: None)
        async with world.engine.begin() as conn:
            for chat in (1, 2):
                await uploads.add(conn, chat, "x", ms(now) - PATIENCE_MS)
        broken = {"state": uploads.CONFIRMED, "content": b"{}"}
        await change(world.engine, upload_rows, upload_rows.c.chat_id == 1, **broken)
        with capture_logs() as lines:
            assert [await work.step(), await work.step(), await work.step()] == [True, True, False]
    assert aside(lines) == [("upload", "1")]
    (first,), (second,) = [await said_to(world.engine, chat) for chat in (1, 2)]
    assert first.startswith("<b>机器人处理这个文件时出错了") and second.startswith("<b>没能从 Telegram 下载")


async def test_r30_an_announcement_that_cannot_be_made_holds_up_no_other(world: World):
    fifth = await low_shops(world)
    clock = SetClock(instant(0, "12:00"))
    async with world.engine.begin() as conn:
        for shop, text in ((fifth, "坏的"), (None, "好的")):
            audience = Audience.SHOP if shop else Audience.ALL
            number = await announcements.begin(conn, ADMIN, audience, 1, text, shop)
            assert await announcements.confirm(conn, number, [world.edition], 1)
    await change(world.engine, shops, shops.c.id == fifth, source="nonsense")
    job = Announcer(world.engine, clock, wake=lambda: None, admins=(ADMIN,))
    with capture_logs() as lines:
        assert [await job.step(), await job.step(), await job.step()] == [True, True, False]
    assert aside(lines) == [("announcement", "1")]
    assert any("没能处理" in text for text in await said_to(world.engine, ADMIN))
    assert all([await said_to(world.engine, chat) for chat in range(1, SHOPS + 1)])


async def test_r30_a_table_that_cannot_be_cleared_leaves_out_no_other(engine: AsyncEngine):
    clock = SetClock(instant(0, "12:00"))
    held = Table("held", MetaData(), Column("id", Integer, ForeignKey(unanswered.c.id)))
    async with engine.begin() as conn:
        old = row_of(unanswered, 1) | {"asked_at": ms(clock.now()) - 31 * DAY_MS}
        await conn.execute(insert(unanswered).values(old))
        await conn.execute(insert(chats).values(row_of(chats, 7) | {"state": "blocked", "updated_at": 0}))
        await conn.run_sync(held.create)
        await conn.execute(insert(held).values(id=old["id"]))
    job = Retention(engine, clock, World(engine).watch.zone, "one", admins=(ADMIN,))
    with capture_logs() as lines:
        counts = await job.today()
    async with engine.begin() as conn:
        await conn.run_sync(held.drop)
    assert aside(lines) == [("table", "unanswered")]
    assert counts == {"blocked": 1}
    assert await job.today() is None
    assert len(await said_to(engine, ADMIN)) == 1


async def test_r30_a_check_that_cannot_be_evaluated_anew_leaves_out_no_other(scene: Scene):
    for chat in range(1, 8):
        await scene.keep(chat)
    await change(scene.engine, checks.checks, checks.checks.c.chat_id == 5, answers="no JSON")
    with capture_logs() as lines:
        counts = await scene.evaluated()
        await scene.announced()
    assert counts["verdict eligible > not_eligible"] == 6
    assert set(await scene.messages()) == {1, 2, 3, 4, 6, 7}
    assert {place for place, _ in aside(lines)} == {"chat"}
    assert any("没能处理" in text for text in await said_to(scene.engine, OPERATOR))


async def test_r30_a_check_broken_before_the_news_are_told_leaves_out_no_other(scene: Scene):
    for chat in range(1, 8):
        await scene.keep(chat)
    await scene.evaluated()
    await change(scene.engine, checks.checks, checks.checks.c.chat_id == 5, answers="no JSON")
    with capture_logs() as lines:
        await scene.announced()
    assert set(await scene.messages()) == {1, 2, 3, 4, 6, 7}
    assert [place for place, _ in aside(lines)] == ["chat"]


class OddToday(date):
    """A day that can't be compared with the first day."""

    def __lt__(self, other: date) -> bool:
        if other == START:
            raise ZeroDivisionError
        return super().__lt__(other)


def test_r30_a_line_at_which_reading_fails_leaves_out_no_other():
    days = [START - timedelta(1), START, START - timedelta(2)]
    lines = "".join(f"710000000000123{place},{day},4.2\n" for place, day in enumerate(days, 1))
    file = ScoreFile(f"店铺ID,日期,体验分\n{lines}".encode(), FIVE_POINTS.scores, OddToday(2022, 12, 1), BY_CHAT)
    rows = [row for batch in file.batches() for row in batch]
    assert [row[0][-1] for row in rows] == ["1", "3"]
    assert [(one.line, one.trouble) for one in file.set_aside] == [(3, Trouble.NOT_A_DAY)]
