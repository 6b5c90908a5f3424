"""The result of a check: what is certain first, and what it still depends on."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.views.check_report import details, result
from rules.assessment import Assessment
from rules.catalogue.load import load
from rules.edition import Edition
from rules.requirements import Facts, FactValue
from tests.invented import by_category
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS

DAY = date(2022, 10, 10)


@pytest.fixture
def by_choice(tmp_path: Path) -> Edition:
    return load(by_category(tmp_path / "rules")).editions[0]


@pytest.mark.parametrize(
    ("told", "headline"),
    [
        ({}, "❓ 已开通，会不会被警告或关闭，要看体验分、商品体验分"),
        ({"score": Decimal("4.5")}, "❓ 已开通，会不会被警告或关闭，要看商品体验分"),
        ({"score": Decimal("4.5"), "product_score": Decimal(64)}, "❓ 已开通，会不会被警告或关闭，要看主营类目"),
        (
            {"score": Decimal("3.7"), "product_score": Decimal(64)},
            "⚠️ 已开通，这个分数会收到平台警告；会不会被关，还要看主营类目",
        ),
        ({"score": Decimal("4.5"), "product_score": Decimal(65)}, "✅ 已开通，这个分数不触发警告或关闭"),
        ({"score": Decimal("4.5"), "product_score": Decimal(59)}, "⛔ 已开通，这个分数会被关闭权限"),
    ],
)
def test_a_shop_that_is_in_is_never_cleared_by_half_of_what_counts(
    by_choice: Edition, told: Facts, headline: str
) -> None:
    facts = {"in_alliance": True, **told}
    shown = result(Assessment(by_choice, facts, DAY), "c|1").plain
    assert shown.splitlines()[0] == headline


def head(edition: Edition, **told: FactValue) -> str:
    return result(Assessment(edition, told, DAY), "c|1").plain.splitlines()[0]


IN = {"in_alliance": True}


@pytest.mark.parametrize(
    ("told", "headline"),
    [
        ({"score": Decimal("3.4"), "closures": 2}, "⛔ 今天就可能被关；这是第 3 次，关了就永久开不回来"),
        ({"score": Decimal("3.5"), "closures": 2}, "⚠️ 已开通，这个分数会收到平台警告；再被关就是第 3 次，永久开不回来"),
        ({"score": Decimal("3.4"), "closures": 1}, "⛔ 已开通，这个分数会被关闭权限"),
        ({"score": Decimal("3.4")}, "⛔ 已开通，这个分数会被关闭权限"),
        ({"score": Decimal("3.8"), "closures": 2}, "✅ 已开通，这个分数不触发警告或关闭"),
        ({"score": None}, "❓ 已开通，没有体验分会不会被关闭，规则没有写"),
    ],
)
def test_the_first_line_says_what_the_score_does_to_a_shop_that_is_in(told: Facts, headline: str) -> None:
    assert head(FIVE_POINTS, **IN, **told) == headline


@pytest.mark.parametrize(
    ("points", "headline"),
    [
        (74, "✅ 已开通，这个分数不触发关闭"),
        (72, "🔔 已开通，这个分数快到清退线"),
        (69, "⛔ 已开通，这个分数会被关闭权限"),
    ],
)
def test_no_headline_names_what_the_edition_does_not_do(points: int, headline: str) -> None:
    facts = {"score": Decimal(points), "product_score": Decimal(90), "category": "general", "closures": 2}
    assert head(HUNDRED_POINTS, **IN, **facts) == headline


def test_an_edition_that_is_over_says_so_in_the_first_line() -> None:
    now = Assessment(FIVE_POINTS, {"closures": 3}, date(2026, 11, 29))
    assert result(now, "c|1").plain.splitlines()[0] == "🚫 永久不能再开通（按旧版 2022-10-10，已停用）"


LOW = {"score": Decimal("3.4"), "penalties": (date(2022, 10, 1),), "brand_documents_complete": False}


@pytest.mark.parametrize(
    ("told", "advice"),
    [
        ({"in_alliance": False, "closures": 1}, ["体验分", "等最近", "按店铺"]),
        ({"in_alliance": True, "closures": 1}, ["等最近", "按店铺"]),
        ({"in_alliance": False, "closures": 3}, []),
    ],
    ids=["out", "in: a score for entering is none of its business", "barred: nothing helps"],
)
def test_only_advice_that_can_be_followed_is_given(told: Facts, advice: list[str]) -> None:
    now = Assessment(FIVE_POINTS, {**LOW, **told}, DAY)
    shown, listed = result(now, "c|1"), details(now, "c|1").plain
    assert [line[2:5] for line in listed.splitlines() if line.startswith("👉")] == advice
    assert ("📅" in listed) is bool(advice)
    assert "👉" not in shown.plain or advice
    assert any(button.label == "到日子提醒我" for row in shown.rows for button in row) is bool(advice)


def test_whether_a_shop_is_in_is_not_known_and_its_score_would_close_it() -> None:
    shown = result(Assessment(FIVE_POINTS, {"score": Decimal("3.4"), "closures": 1}, DAY), "c|1").plain
    assert shown.splitlines()[0] == "❌ 现在还不能开通"
    assert "如果已经开通：⛔ 会被关闭权限。" in shown


def test_a_shop_closed_for_want_of_any_score_is_told_which_it_has_not() -> None:
    told: Facts = {"score": None, "growth_score": None}
    assert head(HUNDRED_POINTS, **IN, **told) == "⛔ 已开通，没有体验分和成长期体验分，会被关闭权限"
    below = {**told, "product_score": Decimal(50)}
    assert head(HUNDRED_POINTS, **IN, **below) == "⛔ 已开通，没有体验分和成长期体验分，会被关闭权限"
    assert head(HUNDRED_POINTS, **IN, product_score=Decimal(50)) == "⛔ 已开通，这个分数会被关闭权限"


def test_a_clean_record_without_a_span_of_days_names_none() -> None:
    shown = details(Assessment(HUNDRED_POINTS, {"serious_breach_until": None}, DAY), "c|1").plain
    assert "严重违规限制期：没有\n" in shown
    within = details(Assessment(FIVE_POINTS, {"penalties": ()}, DAY), "c|1").plain
    assert "处罚记录：近 365 天内没有\n" in within


def test_what_is_for_other_kinds_of_shops_is_left_out() -> None:
    told = {"in_alliance": False, "score": None, "growth_score": None, "shop_type": "flagship", "category": "jewelry"}
    shown = details(Assessment(HUNDRED_POINTS, told, date(2026, 11, 29)), "c|1").plain
    assert "❌ 珠宝文玩要有体验分：没有体验分" in shown
    assert "河蟹" not in shown
    assert "个人店的体验分" not in shown
