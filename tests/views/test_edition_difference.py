"""What a merchant reads of the difference between two editions."""

from decimal import Decimal

from bot.views.edition_difference import lines
from tests.packaged import HUNDRED_POINTS


def test_a_line_for_some_goods_names_all_of_them_with_their_limits() -> None:
    by = dict(lines(HUNDRED_POINTS)["category_closing"].by)
    assert by["河蟹"] == Decimal(75)
    assert by["医疗器械"] == Decimal(80)
    assert "其他类目" not in by


def test_a_line_for_every_shop_names_no_goods() -> None:
    assert lines(HUNDRED_POINTS)["closing"].by == ()
