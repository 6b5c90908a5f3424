"""The daily watch over the rules: what operators are told, once each, and that silence is never taken for news."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock
from bot.jobs.rule_news import TOLD_AT_ONCE, RuleNews
from bot.jobs.rule_watch import RuleWatch
from bot.journeys.context import Context
from rules.edition import Catalogue
from rules.notices import Notice
from rules.rule_texts import RuleText, found_in
from storage import jobs, rule_lists
from storage.outbox import Lane
from storage.schema import outbox
from tests.packaged import CATALOGUE
from tests.rule_lists import as_list, entry, serving

NOW = datetime(2026, 11, 29, 4, tzinfo=UTC)
TODAY = date(2026, 11, 29)
HOUR, DAY = timedelta(hours=1), timedelta(1)
OPERATORS = frozenset({900, 901})


def compared(**days: date) -> Catalogue:
    """The packaged catalogue with the editions compared on these days, the others today."""
    each = (one.model_copy(update={"checked": days.get(one.name, TODAY)}) for one in CATALOGUE.editions)
    return Catalogue(tuple(each), CATALOGUE.history)


CONTEXT = Context(compared(), compared().edition("2026-07-29"), ZoneInfo("Asia/Shanghai"), 20, admins=OPERATORS)


class HandClock(SystemClock):
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


class Scene:
    """A database, a list in a file, and the job."""

    def __init__(self, engine: AsyncEngine, file: Path) -> None:
        self.engine, self.file, self.clock = engine, file, HandClock()
        self.place = str(file)
        self.context = CONTEXT

    def lists(self, *entries: Any) -> None:
        self.file.write_bytes(as_list(*entries))

    def watch(self, owner: str = "me") -> RuleWatch:
        return RuleWatch(self.engine, self.context, self.clock, self.place, owner)

    async def days(self, count: int) -> None:
        """The job on each of the days that follow."""
        for _ in range(count):
            self.clock.at += DAY
            await self.watch().step()

    async def told(self, chat: int = 900) -> list[str]:
        """The texts for an operator."""
        async with self.engine.connect() as conn:
            query = select(outbox).where(outbox.c.chat_id == chat).order_by(outbox.c.id)
            rows = (await conn.execute(query)).all()
        assert {row.lane for row in rows} <= {Lane.WARNING}
        return [json.loads(row.payload)["text"] for row in rows]


@pytest.fixture
def scene(engine: AsyncEngine, tmp_path: Path) -> Scene:
    return Scene(engine, tmp_path / "notices.json")


async def test_a_new_notice_is_told_once_to_each_operator(scene: Scene) -> None:
    scene.lists(entry("n1", url="https://school.example/article/n1"), {"id": "o", "title": "别的公告"})
    assert await scene.watch().step()
    (text,) = await scene.told()
    assert await scene.told(901) == [text]
    assert text.splitlines()[2:6] == [
        "<b>关于修订规则的公告 n1</b>",
        "2026-12-05 生效，还有 6 天（2026-11-28 公告）",
        "https://school.example/article/n1",
        "新建一版：<code>alliance-bot rules new 2026-12-05 --from 2026-07-29</code>",
    ]
    scene.lists(entry("n1"), entry("n2"))
    await scene.days(3)
    _, second = await scene.told()
    assert ("n2" in second, "n1" in second) == (True, False)


@pytest.mark.parametrize(
    ("effective_on", "told"),
    [
        ("2026-11-30", "2026-11-30 生效，还有 1 天（"),
        ("2026-11-29", "今天（2026-11-29）生效（"),
        ("2026-11-26", "2026-11-26 生效，已生效 3 天（"),
        (None, "没有写哪天生效（"),
    ],
)
async def test_it_says_when_the_notice_holds(scene: Scene, effective_on: str | None, told: str) -> None:
    scene.lists(entry("n1", effective_on))
    await scene.watch().step()
    (text,) = await scene.told()
    assert f"\n{told}" in text
    assert f"rules new {effective_on or 'YYYY-MM-DD'} --from" in text


async def test_a_notice_about_a_text_that_is_no_edition_names_the_rule_instead_of_a_command(scene: Scene) -> None:
    text = RuleText("score-rules", "《商家体验分规范》的存档", "https://school.example/rules/103956", date(2026, 9, 8))
    found = found_in([Notice(id="n1", title="公告", rules=("103956",))], [text])
    async with scene.engine.begin() as conn:
        assert await RuleNews(conn, OPERATORS, TODAY, 0).notices(found, CONTEXT.catalogue) == {"n1"}
    (told,) = await scene.told()
    assert ("涉及：《商家体验分规范》的存档" in told, "rules new" in told) == (True, False)


async def test_what_the_catalogue_has_is_not_told(scene: Scene) -> None:
    scene.lists(entry("n1", "2026-07-29"))
    await scene.watch().step()
    assert await scene.told() == []


async def test_many_notices_are_told_some_at_a_time_and_none_is_left_out(scene: Scene) -> None:
    scene.lists(*(entry(f"n{number:02}.") for number in range(TOLD_AT_ONCE + 1)))
    await scene.watch().step()
    await scene.days(2)
    first, second = await scene.told()
    assert [text.count("rules new") for text in (first, second)] == [TOLD_AT_ONCE, 1]
    assert f"n{TOLD_AT_ONCE}." in second


async def test_while_there_are_no_operators_nothing_counts_as_told(scene: Scene) -> None:
    scene.lists(entry("n1"), {"id": "bad"})
    scene.context = replace(CONTEXT, admins=frozenset())
    await scene.watch().step()
    scene.context = CONTEXT
    await scene.days(1)
    assert len(await scene.told()) == 2


async def test_the_list_is_read_once_a_day_over_all_processes(scene: Scene) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=as_list(entry("n1")))

    async with serving(answer) as root:
        scene.place = f"{root}/notices.json"
        assert [await scene.watch(owner).step() for owner in ("one", "two", "one")] == [True, False, False]
        scene.clock.at += 20 * HOUR
        assert not await scene.watch().step(), "08:00 of the next day: the job is due at 09:30"
        scene.clock.at += 2 * HOUR
        assert await scene.watch().step()
    assert asked == ["/notices.json"] * 2
    assert len(await scene.told()) == 1


async def test_a_list_that_can_not_be_read_is_tried_again_and_told_after_two_days_once(scene: Scene) -> None:
    scene.lists(entry("n1", "2026-07-29"))
    assert await scene.watch().step()
    scene.file.unlink()
    for hours in (24, 12, 11):
        scene.clock.at += hours * HOUR
        assert not await scene.watch().step()
    assert await scene.told() == []
    scene.clock.at += HOUR
    await scene.watch().step()
    (text,) = await scene.told()
    assert "从 2026-11-29 12:00 起就没有读到过（<code>No such file or directory</code>）" in text
    await scene.days(5)
    assert len(await scene.told()) == 1


async def test_a_second_outage_is_told_as_well(scene: Scene) -> None:
    await scene.watch().step()
    await scene.days(2)
    scene.lists(entry("n1", "2026-07-29"))
    await scene.days(1)
    scene.file.write_bytes(b"<html>")
    await scene.days(2)
    first, second = await scene.told()
    assert "从 2026-11-29 12:00 起" in first
    assert "从 2026-12-02 12:00 起就没有读到过（<code>a web page, not JSON" in second


async def test_a_list_without_a_good_entry_is_not_read(scene: Scene) -> None:
    scene.lists({"title": "公告"})
    assert not await scene.watch().step()
    async with scene.engine.connect() as conn:
        assert await jobs.last_day(conn, "rules") is None


async def test_entries_that_can_not_be_read_are_told_and_stop_no_other(scene: Scene) -> None:
    scene.lists({"id": "x<b>", "title": "x", "url": "x"}, entry("n1"))
    assert await scene.watch().step()
    await scene.days(2)
    entries, news = await scene.told()
    assert "entry 1 (&#39;x＜b＞&#39;): &#34;url&#34; cannot be" in entries
    assert "关于修订规则的公告 n1" in news


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([], "里面一条公告都没有"),
        ([entry("n1", "2026-07-29", announced_on="2026-09-29")], "最新一条是 2026-09-29 的，已经 61 天没有新的"),
        ([entry("n1", None, announced_on=None, url="https://school.jinritemai.com/doudian/web/article/aJnqsVF4GoLD")],
         "没有一条写了日期"),
    ],
    ids=["empty", "old", "without days"],
)  # fmt: skip
async def test_a_list_that_says_nothing_is_said_to_say_nothing(scene: Scene, entries: list[Any], told: str) -> None:
    scene.lists(*entries)
    assert await scene.watch().step()
    (text,) = await scene.told()
    assert told in text
    assert "这不等于规则没有变" in text
    await scene.days(29)
    assert len(await scene.told()) == 1
    await scene.days(1)
    assert len(await scene.told()) == 2


async def test_a_list_of_late_is_not_called_quiet(scene: Scene) -> None:
    scene.lists(entry("n1", "2026-07-29", announced_on="2026-09-30"))
    await scene.watch().step()
    assert await scene.told() == []


async def test_operators_are_reminded_to_compare_an_edition_once_in_thirty_days(scene: Scene) -> None:
    known = compared(**{"2026-07-29": TODAY - timedelta(31), "2022-10-10": TODAY - timedelta(400)})
    scene.place, scene.context = "", replace(CONTEXT, catalogue=known)
    await scene.watch().step()
    (text,) = await scene.told()
    assert "<b>2026-07-29 版</b>：上次核对是 2026-10-29，31 天前" in text
    assert "https://school.jinritemai.com/doudian/web/rules/101665" in text
    assert "2022-10-10" not in text, "it is over and does not answer"
    await scene.days(29)
    assert len(await scene.told()) == 1
    await scene.days(1)
    assert len(await scene.told()) == 2


async def test_a_text_that_is_no_edition_is_called_by_its_title(scene: Scene) -> None:
    scene.place = ""
    (text,) = (one.model_copy(update={"checked": TODAY - timedelta(31)}) for one in CATALOGUE.texts)
    scene.context = replace(CONTEXT, catalogue=replace(compared(), texts=(text,)))
    await scene.watch().step()
    (told,) = await scene.told()
    assert f"<b>{text.title}</b>：上次核对是 2026-10-29" in told


async def test_an_edition_compared_of_late_and_no_list_are_no_news(scene: Scene) -> None:
    scene.place = ""
    assert await scene.watch().step()
    assert await scene.told() == []
    async with scene.engine.connect() as conn:
        assert await rule_lists.read_at(conn, "") is None


async def test_the_job_is_done_day_after_day_until_told_to_stop(scene: Scene) -> None:
    stop = asyncio.Event()

    class Hasty(HandClock):
        """Each wait is a day, over at once; in the third the bot is told to stop. Each day has a notice."""

        waits = 0

        async def wait(self, event: asyncio.Event, seconds: float) -> None:
            self.waits += 1
            self.at += DAY
            scene.lists(entry(f"day{self.waits}"))
            if self.waits == 3:
                event.set()

    scene.clock = Hasty()
    await scene.watch().run(stop)
    assert ["day1" in text or "day2" in text for text in await scene.told()] == [True, True]
