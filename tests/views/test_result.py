"""The result of a check: what is certain first, and what it still depends on."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.views.check_report import result
from rules.assessment import Assessment
from rules.catalogue.load import load
from rules.edition import Edition
from rules.requirements import Facts
from tests.invented import by_category

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
        ({"score": Decimal("3.7"), "product_score": Decimal(64)}, "⚠️ 已开通，这个分数会收到平台警告"),
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
