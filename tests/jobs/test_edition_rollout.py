"""A change of the edition that answers: evaluated in batches, told once, whatever happens in between."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock
from bot.conversation.memory import CheckUnderway
from bot.conversation.reassess import CONCERNED, Reassessment
from bot.jobs import edition_rollout as module
from bot.jobs.edition_rollout import EditionChanges, impact
from bot.journeys.context import Context
from rules.edition import Catalogue, Edition
from rules.facts import as_json
from rules.requirements import FactValue
from rules.sources import Source
from storage import checks, edition_changes, follows, preferences, scores, shops
from storage.checks import KeptCheck
from storage.database import engine as database
from storage.edition_changes import EditionChange
from storage.outbox import Lane
from storage.schema import outbox, reassessed
from storage.scores import Score
from tests.packaged import CATALOGUE

OLD, NEW = "2022-10-10", "2027-01-01"
NOW = datetime(2027, 6, 1, 4, tzinfo=UTC)
TODAY = date(2027, 6, 1)
OPERATOR = 900
GOOD: dict[str, FactValue] = {
    "store_opened": True,
    "account_usable": True,
    "operating_normally": True,
    "closures": 0,
    "score": Decimal("4.2"),
    "joined_on": date(2022, 1, 1),
    "in_alliance": False,
    "penalties": (),
    "related_serious_violation": False,
    "brand_documents_complete": True,
}


class Noon(SystemClock):
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


def stricter(edition: Edition) -> Edition:
    """An edition of the same scale in which the entry line is higher and closing begins below 3.6."""
    raised = {"entry": "4.3", "closing": "3.6"}
    lines = tuple(
        line.model_copy(update={"limit": Decimal(raised[line.id])}) if line.id in raised else line
        for line in edition.lines
    )
    criteria = tuple(
        one.model_copy(update={"limit": Decimal("4.3")}) if "score" in one.facts else one for one in edition.criteria
    )
    dates = {"published": date(2027, 1, 1), "held_from": date(2027, 1, 1), "held_until": None}
    return edition.model_copy(update={"name": NEW, "lines": lines, "criteria": criteria, **dates})


EDITION = CATALOGUE.edition(OLD)
STRICTER = stricter(EDITION)
KNOWN = Catalogue((*CATALOGUE.editions, STRICTER), CATALOGUE.history)
BEFORE = Context(KNOWN, EDITION, ZoneInfo("Asia/Shanghai"), 20, admins=frozenset({OPERATOR}))
SWITCHED = replace(BEFORE, setting=STRICTER)


class Scene:
    """A database, what merchants told, and the program with one edition or another."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def keep(self, chat_id: int, edition: str = OLD, **changed: FactValue) -> None:
        """A chat's check of a shop that meets everything under the old edition, but for what is changed."""
        answers = {name: as_json(value) for name, value in {**GOOD, **changed}.items()}
        check = CheckUnderway(id=f"{chat_id:x}", edition=edition, key="check:1", answers=answers, finished=True)
        async with self.engine.begin() as conn:
            await checks.keep(conn, chat_id, KeptCheck(edition, check.model_dump_json(), "{}", TODAY.isoformat()), 0)

    async def follow(
        self, chat_id: int, points: str, scale: str = "0-5", closures: int | None = None, is_in: bool | None = True
    ) -> None:
        """A chat that follows a shop of its own with this score."""
        async with self.engine.begin() as conn:
            shop = await shops.own(conn, chat_id, 0)
            await shops.set_in_alliance(conn, shop.id, is_in)
            await shops.set_closures(conn, shop.id, closures, TODAY)
            await scores.record(conn, Score(shop.id, "score", TODAY, Decimal(points), scale, Source.MERCHANT), 0)
            await follows.start(conn, shop.id, chat_id, 0)

    def changes(self, context: Context = SWITCHED) -> EditionChanges:
        return EditionChanges(self.engine, context, Noon())

    async def last(self) -> EditionChange:
        """The newest switch."""
        async with self.engine.connect() as conn:
            change = await edition_changes.last(conn)
        assert change is not None
        return change

    async def evaluated(self, context: Context = SWITCHED) -> Counter[str]:
        """The switch to the context's edition, evaluated to the end; its counts."""
        changes = self.changes(context)
        await changes.begin()
        while await changes.evaluate_some():
            pass
        return (await self.last()).counts

    async def confirm(self) -> None:
        """The operator has given the word."""
        number = (await self.last()).number
        async with self.engine.begin() as conn:
            await edition_changes.confirm(conn, number, 1)

    async def announced(self, context: Context = SWITCHED) -> None:
        """The operator has confirmed; all are told."""
        await self.confirm()
        while await self.changes(context).announce_some():
            pass

    async def letters(self, *chosen: ColumnElement[bool]) -> Sequence[Row[Any]]:
        """The rows of the outbox."""
        async with self.engine.connect() as conn:
            return (await conn.execute(select(outbox).where(*chosen).order_by(outbox.c.id))).all()

    async def messages(self) -> dict[int, list[str]]:
        """What waits in the outbox for each merchant."""
        found: dict[int, list[str]] = {}
        for row in await self.letters(outbox.c.chat_id != OPERATOR):
            assert row.lane == Lane.BULK
            found.setdefault(row.chat_id, []).append(json.loads(row.payload)["text"])
        return found


@pytest.fixture
async def fresh(embedded_url: str) -> AsyncIterator[Scene]:
    """No edition has answered yet."""
    engine = database.create(embedded_url)
    yield Scene(engine)
    await engine.dispose()


@pytest.fixture
async def scene(fresh: Scene) -> Scene:
    """The old edition answers."""
    await fresh.evaluated(BEFORE)
    return fresh


async def test_a_verdict_that_changes_is_counted_with_its_way(scene: Scene) -> None:
    await scene.keep(1)
    await scene.keep(2, score=Decimal("4.3"))
    await scene.keep(3, score=Decimal("3.9"))
    counts = await scene.evaluated()
    assert counts["verdict eligible > not_eligible"] == counts[CONCERNED] == 1
    assert counts["chats"] == 3
    assert counts["same"] == 2


async def test_the_operator_is_asked_before_anybody_is_told(scene: Scene) -> None:
    await scene.keep(1)
    await scene.evaluated()
    assert not await scene.changes().announce_some()
    (row,) = await scene.letters()
    shown = json.loads(row.payload)
    assert row.chat_id == OPERATOR
    assert "1 个有变化" in shown["text"]
    assert "✅ 可以开通 → ❌ 现在还不能开通：1" in shown["text"]
    assert shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "an|2"


async def test_the_operator_hears_also_that_nothing_changes(scene: Scene) -> None:
    await scene.keep(1, score=Decimal("4.3"))
    await scene.evaluated()
    (row,) = await scene.letters()
    shown = json.loads(row.payload)
    assert "看过 1 个商家，0 个有变化。" in shown["text"]
    assert "没有商家要通知" in shown["text"]
    assert "reply_markup" not in shown


async def test_a_merchant_concerned_is_told_once_with_both_provisions(scene: Scene) -> None:
    await scene.keep(1)
    await scene.keep(2, score=Decimal("4.3"))
    await scene.evaluated()
    await scene.announced()
    await scene.announced()
    told = await scene.messages()
    assert set(told) == {1}
    (text,) = told[1]
    assert "2022-10-10 版 → 2027-01-01 版" in text
    assert "✅ 可以开通 → <b>❌ 现在还不能开通</b>" in text
    assert text.count("商家体验分&gt;=4.0分") == 2


async def test_a_verdict_that_stays_is_not_told_as_a_change(scene: Scene) -> None:
    await scene.keep(1, score=Decimal("3.55"), in_alliance=True)
    await scene.evaluated()
    await scene.announced()
    (text,) = (await scene.messages())[1]
    assert "能不能开通没有变（❌ 现在还不能开通），变的是：\n\n<b>已开通的权限</b>" in text
    assert "❌ 不能开通 → " not in text


async def test_a_chat_that_chose_its_edition_is_not_concerned(scene: Scene) -> None:
    await scene.keep(7, score=Decimal("4.2"))
    await scene.follow(8, "3.55")
    async with scene.engine.begin() as conn:
        for chat_id in (7, 8):
            await preferences.choose_edition(conn, chat_id, OLD, 0)
    assert (await scene.evaluated())[CONCERNED] == 0


async def test_the_same_edition_again_evaluates_nothing(scene: Scene) -> None:
    await scene.keep(1)
    await scene.evaluated()
    before = await scene.messages()
    await scene.evaluated()
    assert ((await scene.last()).number, await scene.messages()) == (2, before)


async def test_who_was_told_of_a_pair_is_not_told_of_it_again(scene: Scene) -> None:
    await scene.keep(1)
    for one in (SWITCHED, BEFORE, SWITCHED):
        await scene.evaluated(one)
        await scene.announced(one)
    assert [text.splitlines()[0] for text in (await scene.messages())[1]] == [
        "<b>规则版本换了：2022-10-10 版 → 2027-01-01 版</b>",
        "<b>规则版本换了：2027-01-01 版 → 2022-10-10 版</b>",
    ]


async def test_a_switch_that_is_taken_back_before_anybody_was_told_tells_nobody(scene: Scene) -> None:
    await scene.keep(1)
    await scene.evaluated()
    await scene.evaluated(BEFORE)
    await scene.announced(BEFORE)
    assert await scene.messages() == {}


async def test_who_checks_anew_before_the_word_is_given_is_not_told(scene: Scene) -> None:
    await scene.keep(1)
    await scene.evaluated()
    await scene.keep(1, edition=NEW)
    await scene.announced()
    assert await scene.messages() == {}


@pytest.mark.parametrize(("own", "waits_h"), [(None, 20), ("", 0), ("11:00-13:00", 1)], ids=["as set", "never", "own"])
async def test_the_news_waits_for_the_end_of_the_quiet_hours(scene: Scene, own: str | None, waits_h: int) -> None:
    await scene.keep(1)
    if own is not None:
        async with scene.engine.begin() as conn:
            await preferences.keep(conn, 1, preferences.read(own, None), 0)
    quiet = replace(SWITCHED, quiet_hours=(time(11), time(8)))
    await scene.evaluated(quiet)
    await scene.announced(quiet)
    (row,) = await scene.letters(outbox.c.chat_id == 1)
    assert row.due_at == int((NOW + timedelta(hours=waits_h)).timestamp() * 1000)


async def test_the_newest_check_counts(scene: Scene) -> None:
    await scene.keep(1)
    await scene.keep(1, score=Decimal("4.5"))
    assert (await scene.evaluated())[CONCERNED] == 0


async def test_a_followed_shop_is_held_to_the_new_lines(scene: Scene) -> None:
    await scene.follow(1, "3.55")
    await scene.follow(2, "3.7")
    counts = await scene.evaluated()
    await scene.announced()
    assert counts["shop warning > closing"] == counts[CONCERNED] == 1
    told = await scene.messages()
    assert set(told) == {1}
    assert "我的店铺" in told[1][0]
    assert "⛔ 会被关闭权限" in told[1][0]


async def test_a_score_of_another_scale_waits_for_a_new_one(scene: Scene) -> None:
    await scene.keep(1, in_alliance=True)
    other = replace(BEFORE, setting=CATALOGUE.edition("2026-07-29"))
    counts = await scene.evaluated(other)
    await scene.announced(other)
    assert counts["verdict eligible > undetermined"] == 1
    assert counts["standing safe > unknown"] == 1
    told = await scene.messages()
    assert "5 分制 → 100 分制。以前记下的分数不能对照，要等新的分数" in told[1][0]
    assert "要点：" in told[1][0]
    quoted = [part.partition("</blockquote>")[0] for part in told[1][0].split("<blockquote>")[1:]]
    assert quoted
    assert all("商家体验分" not in quote or "4" in quote for quote in quoted)


HUNDRED = replace(BEFORE, setting=CATALOGUE.edition("2026-07-29"))


async def test_a_shop_is_judged_by_the_edition_of_its_scores_before_and_after(scene: Scene) -> None:
    await scene.follow(1, "4.2")
    await scene.follow(2, "72", scale="0-100")
    await scene.follow(3, "72", scale="0-100")
    await scene.keep(3, closures=3, score=None)
    counts = await scene.evaluated(HUNDRED)
    assert (counts["verdict barred > undetermined"], counts[CONCERNED]) == (1, 1)
    await scene.announced(HUNDRED)
    (text,) = (await scene.messages())[3]
    assert "5 分制 → 100 分制" in text
    assert "不能对照" not in text, "no score of the check was on the old scale"


async def test_a_shop_that_is_barred_is_never_clear(scene: Scene) -> None:
    await scene.follow(1, "3.55", closures=3, is_in=None)
    await scene.follow(2, "4.5", closures=3, is_in=None)
    once = KNOWN.edition(NEW).model_copy(update={"chances": None})
    known = Catalogue((*CATALOGUE.editions, once), CATALOGUE.history)
    counts = await scene.evaluated(replace(BEFORE, catalogue=known, setting=once))
    assert (counts["shop barred > closing"], counts["shop barred > clear"]) == (1, 1)
    await scene.announced(replace(BEFORE, catalogue=known, setting=once))
    (text,) = (await scene.messages())[2]
    assert "2022-10-10 版：🚫 永久不能再申请开通" in text
    assert "如果被系统关闭了3次,该商家将永久不可申请开通精选联盟" in text
    assert text.count("✅") == 1, "by the new edition alone"


async def test_a_first_start_with_checks_of_another_edition_evaluates_them(fresh: Scene) -> None:
    await fresh.keep(1)
    assert (await fresh.evaluated())["verdict eligible > not_eligible"] == 1


async def test_a_check_of_an_edition_that_is_gone_is_left_out(fresh: Scene) -> None:
    await fresh.keep(1, edition="2019-01-01")
    counts = await fresh.evaluated()
    assert (counts["left out"], counts[CONCERNED]) == (1, 0)


async def test_impact_says_the_same_beforehand_and_writes_nothing(scene: Scene) -> None:
    for chat_id in range(1, 8):
        await scene.keep(chat_id, score=Decimal("4.0") + Decimal(chat_id) / 10)
    foreseen = await impact(scene.engine, Reassessment(KNOWN, OLD, STRICTER, TODAY))
    async with scene.engine.connect() as conn:
        assert (await conn.execute(select(reassessed))).all() == []
    assert foreseen == await scene.evaluated()


@pytest.mark.parametrize("stops_after", [0, 1, 2, 3])
async def test_stopped_anywhere_nobody_is_told_twice_and_none_is_left_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, stops_after: int
) -> None:
    monkeypatch.setattr(module, "BATCH", 5)
    monkeypatch.setattr(module, "TELL_BATCH", 3)
    for chat_id in range(1, 23):
        await scene.keep(chat_id, score=Decimal("4.2") if chat_id % 3 else Decimal("4.5"))
    first = scene.changes()
    await first.begin()
    for _ in range(stops_after):
        await first.evaluate_some()
    counts = await scene.evaluated()
    assert counts["chats"] == 22
    await scene.confirm()
    for _ in range(stops_after):
        await scene.changes().announce_some()
    await scene.announced()
    told = await scene.messages()
    assert {chat_id: len(texts) for chat_id, texts in told.items()} == {n: 1 for n in range(1, 23) if n % 3}


async def test_a_failure_in_the_middle_of_telling_leaves_nothing_half_done(scene: Scene) -> None:
    await scene.keep(1)
    await scene.evaluated()
    await scene.confirm()

    class Broken(EditionChanges):
        def _news(self, *_: object) -> None:  # type: ignore[override]
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await Broken(scene.engine, SWITCHED, Noon()).announce_some()
    await scene.announced()
    assert len((await scene.messages())[1]) == 1


async def test_two_processes_share_the_work(scene: Scene) -> None:
    for chat_id in range(1, 6):
        await scene.keep(chat_id)
    one, other = (scene.changes() for _ in range(2))
    for each in (one, other):
        await each.begin()
    while await one.evaluate_some() | await other.evaluate_some():
        pass
    await scene.announced()
    change, reports = await scene.last(), await scene.letters(outbox.c.chat_id == OPERATOR)
    assert (change.number, change.counts["chats"], len(reports)) == (2, 5, 1)
    assert {chat_id: len(texts) for chat_id, texts in (await scene.messages()).items()} == dict.fromkeys(range(1, 6), 1)
