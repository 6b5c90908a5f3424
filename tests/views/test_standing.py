"""The verdict about a shop's scores in words: ✅ only where every line is known and not crossed."""

from datetime import date
from decimal import Decimal

import pytest

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


def known(edition: Edition, name: str, value: str | int | None) -> Known:
    """The value as told today, a score on the edition's scale."""
    scales = {score.id: score.scale for score in edition.scores}
    read = Decimal(value) if name in scales and value is not None else value
    return Known(read, DAY, Source.MERCHANT, scale=scales.get(name, ""))


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
        (HUNDRED_POINTS, {"score": "85"}, "❓ 还差商品体验分"),
        (HUNDRED_POINTS, {"score": "85", "product_score": "64"}, "❓ 要看主营类目，最坏会被关闭权限"),
        (HUNDRED_POINTS, {"score": "85", "product_score": "64", "category": "sixty"}, "✅ 这个分数不触发警告或关闭"),
        (HUNDRED_POINTS, {"score": "85", "product_score": "64", "category": None}, "❓ 要看主营类目，最坏会被关闭权限"),
        (HUNDRED_POINTS, {"product_score": "50"}, "⛔ 会被关闭权限"),
        (FIVE_POINTS, {}, "还没有分数"),
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
    standing = standing_of(edition, SHOP, Case(known), DAY)
    values = {
        "fact": edition.main_score,
        "example": Decimal(1),
        "unnamed": 0,
        "undo": None,
        "has_told": False,
        "instead": lambda _: None,
    }
    page = render("scores/overview", edition=edition, today=DAY, standings=[standing], **values).plain
    assert f"花店：{verdict}\n" in f"{page}\n"
    assert ("违规达到清退标准也会被关闭" in page) is verdict.startswith("✅ 这个分数")


@pytest.mark.parametrize(
    ("edition", "told", "level", "unscored", "unwritten"),
    [
        (FIVE_POINTS, {"score": None}, "unknown", (), ("score",)),
        (HUNDRED_POINTS, {"score": None}, "unknown", ("growth_score", "product_score"), ()),
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
