"""The verdict about a shop's scores in words: ✅ only where every line is known and not crossed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from bot.journeys.score_overview import ShowStandings
from bot.views.instead import Instead
from bot.views.pages import paged
from bot.views.render import render
from bot.views.standing import standing_of
from rules.case import Case, Known
from rules.edition import Edition
from rules.requirements import Effect
from rules.sources import Source
from storage.shops import Shop
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS

DAY = date(2026, 11, 29)
SHOP = Shop(1, None, 9, "花店", Source.MERCHANT)
SILENT = FIVE_POINTS.model_copy(
    update={"lines": tuple(line for line in FIVE_POINTS.lines if line.effect is Effect.NO_ENTRY)}
)
"""Without a line on warning or closing."""

OUT = {"in_alliance": False}
MEDICAL = {"score": "85", "product_score": "80", "category": "medical"}


def known(edition: Edition, name: str, value: str | int | None) -> Known:
    """The value as told today, a score on the edition's scale."""
    scales = {score.id: score.scale for score in edition.scores}
    read = Decimal(value) if name in scales and value is not None else value
    return Known(read, DAY, Source.MERCHANT, scale=scales.get(name, ""))


def overview(edition: Edition, case: Case, instead: Callable[..., Instead | None] = lambda *_: None) -> str:
    """The page of the shop."""
    standing = standing_of(edition, SHOP, case, DAY)
    values = {
        "fact": edition.main_score,
        "example": Decimal(1),
        "pages": paged([standing], 0, 20, ShowStandings),
        "undo": None,
        "has_told": False,
        "instead": instead,
    }
    return render("scores/overview", edition=edition, today=DAY, standings=[standing], **values).plain


@pytest.mark.parametrize(
    ("edition", "told", "verdict"),
    [
        (FIVE_POINTS, {"score": "3.8"}, "✅ 这个分数不触发警告或关闭"),
        (FIVE_POINTS, {"score": "3.79"}, "⚠️ 会收到平台警告"),
        (FIVE_POINTS, {"score": None}, "❓ 暂无体验分，规则没有写会怎样"),
        (FIVE_POINTS, {"score": "3.9", "in_alliance": False}, "🔸 还不能开通"),
        (FIVE_POINTS, {"score": "4", "in_alliance": False}, "✅ 分数够开通"),
        (FIVE_POINTS, {"score": "4.5", "closures": 3}, "🚫 已被系统关闭 3 次，永久不能再开通"),
        (SILENT, {"score": "4.5"}, "❓ 规则没有写多少分会被关闭"),
        (HUNDRED_POINTS, {"score": "85"}, "❓ 还不知道商品体验分"),
        (HUNDRED_POINTS, {"score": "85", "product_score": "64"}, "❓ 一般没事，但要看主营类目（有的线更高）"),
        (
            HUNDRED_POINTS,
            {"score": "85", "product_score": "60"},
            "🔔 快到清退线；还要看主营类目（有的线更高）",
        ),
        (HUNDRED_POINTS, {"score": "85", "product_score": "64", "category": "sixty"}, "✅ 这个分数不触发警告或关闭"),
        (
            HUNDRED_POINTS,
            {"score": "85", "product_score": "64", "category": None},
            "❓ 一般没事，但要看主营类目（有的线更高）",
        ),
        (HUNDRED_POINTS, {"score": "79"}, "❓ 还不知道商品体验分；还要看主营类目（有的线更高）"),
        (HUNDRED_POINTS, {"product_score": "62"}, "🔔 快到清退线；还要看主营类目（有的线更高）"),
        (HUNDRED_POINTS, {"product_score": "50"}, "⛔ 会被关闭权限"),
        (FIVE_POINTS, {}, "还没有分数"),
        (FIVE_POINTS, {"score": None, "in_alliance": False}, "❓ 暂无体验分，要看入驻日期"),
        (HUNDRED_POINTS, {**OUT, "score": "75", "product_score": "70", "category": "medical"}, "🔸 还不能开通"),
        (HUNDRED_POINTS, {**OUT, **MEDICAL, "product_score_30_days": "74"}, "🔸 还不能开通"),
        (HUNDRED_POINTS, {**OUT, **MEDICAL}, "❓ 还不知道近 30 天商品体验分均值"),
        (HUNDRED_POINTS, {**OUT, **MEDICAL, "product_score_30_days": "75"}, "✅ 分数够开通"),
        (HUNDRED_POINTS, {**OUT, "score": "75", "product_score": "70"}, "❓ 要看主营类目"),
        (HUNDRED_POINTS, {**OUT, "score": "75", "product_score": "70", "category": "general"}, "✅ 分数够开通"),
        (HUNDRED_POINTS, {**OUT, "score": "75", "category": "general"}, "❓ 还不知道商品体验分"),
        (HUNDRED_POINTS, {**OUT, "score": "69"}, "🔸 还不能开通"),
        (
            HUNDRED_POINTS,
            {**OUT, "score": None, "growth_score": "70", "category": "general", "shop_type": "flagship"},
            "✅ 分数够开通",
        ),
    ],
)
def test_the_verdict_follows_from_what_is_known(
    edition: Edition, told: dict[str, str | int | None], verdict: str
) -> None:
    scales = {score.id: score.scale for score in edition.scores}
    known = {
        name: Known(
            Decimal(value) if name in scales and value else value, DAY, Source.MERCHANT, scale=scales.get(name, "")
        )
        for name, value in told.items()
    }
    page = overview(edition, Case(known))
    over = "（按旧版 2022-10-10，已停用）" if edition.is_over(DAY) and told else ""
    assert page.splitlines()[0] == f"花店：{verdict}{over}"
    assert ("能不能开通还要看其他条件" in page) is (verdict == "✅ 分数够开通")
    assert ("违规达到清退标准也会被关闭" in page) is verdict.startswith("✅ 这个分数")


@pytest.mark.parametrize(
    ("edition", "told", "level", "unscored", "unwritten"),
    [
        (FIVE_POINTS, {"score": None}, "unknown", (), ("score",)),
        (HUNDRED_POINTS, {"score": None}, "unknown", ("growth_score",), ()),
        (HUNDRED_POINTS, {"score": None, "product_score": "80"}, "unknown", ("growth_score",), ()),
        (HUNDRED_POINTS, {"score": None, "growth_score": None}, "closing", (), ()),
        (HUNDRED_POINTS, {"score": None, "growth_score": "80", "product_score": "80"}, "unknown", (), ("score",)),
    ],
    ids=["silent text", "growth not told", "growth alone not told", "none at all", "growth alone"],
)
def test_no_score_is_never_good_news(
    edition: Edition, told: dict[str, str | None], level: str, unscored: tuple[str, ...], unwritten: tuple[str, ...]
) -> None:
    found = standing_of(edition, SHOP, Case({name: known(edition, name, value) for name, value in told.items()}), DAY)
    assert found.level == level
    assert tuple(fact.id for fact in found.unscored) == unscored
    assert tuple(fact.id for fact in found.unwritten) == unwritten
    assert [(shown.fact.id, shown.value) for shown in found.scores if shown.fact.id == "score"] == [("score", None)]


def test_a_score_above_the_line_but_below_what_the_category_asks_for_says_so() -> None:
    told = {**OUT, "score": "75", "product_score": "70", "category": "medical"}
    case = Case({name: known(HUNDRED_POINTS, name, value) for name, value in told.items()})
    page = overview(HUNDRED_POINTS, case)
    assert "医疗器械的体验分：75，不到 80" in page
    assert "医疗器械的商品体验分：70，不到 75" in page


LIMIT = "满 3 次就永久不能再开通"
LAST = "再被系统关闭就是第 3 次，永久不能再开通"


@pytest.mark.parametrize(
    ("edition", "told", "said"),
    [
        (FIVE_POINTS, {"in_alliance": True, "closures": 1}, f"已被系统关闭 1 次（今天的记录），{LIMIT}。"),
        (FIVE_POINTS, {"in_alliance": True, "closures": 2}, f"已被系统关闭 2 次（今天的记录）：{LAST}。"),
        (
            FIVE_POINTS,
            {"closures": 2},
            f"已被系统关闭 2 次（今天的记录）：{LAST}。关闭以后有没有再开通，还没有告诉我。",
        ),
        (
            FIVE_POINTS,
            {"in_alliance": False, "closures": 2},
            "已被系统关闭 2 次（今天的记录）：再开通是最后一次机会，之后再被系统关闭就永久不能再开通。",
        ),
        (
            FIVE_POINTS,
            {"in_alliance": True, "closures": 3},
            "已被系统关闭 3 次（今天的记录）：已到上限，权限没了就永久不能再开通。",
        ),
        (HUNDRED_POINTS, {"in_alliance": True, "closures": 2}, "已被系统关闭 2 次（今天的记录）。"),
    ],
)
def test_the_page_names_the_known_closings_and_whether_one_more_is_for_good(
    edition: Edition, told: dict[str, str | int | None], said: str
) -> None:
    told = {"score": "4.5" if edition is FIVE_POINTS else "85", **told}
    page = overview(edition, Case({name: known(edition, name, value) for name, value in told.items()}))
    assert f"\n{said}\n" in f"{page}\n"


def test_no_closing_is_named_where_none_is_known() -> None:
    for told in ({"score": "4.5"}, {"score": "4.5", "closures": 0}):
        page = overview(FIVE_POINTS, Case({name: known(FIVE_POINTS, name, value) for name, value in told.items()}))
        assert "已被系统关闭" not in page


def test_below_the_last_chance_stands_what_the_edition_in_force_says() -> None:
    told = {"score": "3.2", "closures": 2, "in_alliance": True}
    case = Case({name: known(FIVE_POINTS, name, value) for name, value in told.items()})
    page = overview(FIVE_POINTS, case, lambda *_: Instead(HUNDRED_POINTS, "不再限制次数。"))
    assert f"{LAST}。\n现行 2026-07-29 版（100 分制）：不再限制次数。\n" in f"{page}\n"
