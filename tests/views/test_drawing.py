"""What is said beside the picture of a score: its newest value, where it is heading, or that nothing can be said."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.drawing import drawn, photo
from rules.outlook import forecast
from rules.sources import Source
from storage.shops import Shop
from tests.packaged import FIVE_POINTS

TODAY = date(2022, 10, 10)
MINE = Shop(1, None, 7, "女装", Source.MERCHANT)
FALLING = ("4.08", "4.06", "4.03", "4.00", "3.97", "3.94", "3.91")
HEAD = "女装 近 30 天体验分，2022-10-10"


def series(*scores: str, ends: int = 0) -> list[tuple[date, Decimal]]:
    """A score a day, the last `ends` days ago."""
    return [(TODAY - timedelta(len(scores) - 1 + ends - n), Decimal(score)) for n, score in enumerate(scores)]


def payload(points: list[tuple[date, Decimal]], shop: Shop = MINE, **more: Any) -> dict[str, Any]:
    return dict(photo(FIVE_POINTS, shop, FIVE_POINTS.main_score, points, TODAY, **more))


def caption(points: list[tuple[date, Decimal]], shop: Shop = MINE, **more: Any) -> list[str]:
    """The lines of the caption."""
    said = str(payload(points, shop, **more)["caption"])
    return said.replace("<b>", "").replace("</b>", "").splitlines()


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (
            series(*FALLING),
            ["最新：3.91（今天）", "近 7 天每天降 0.03，估计约 4 天后低于警告线 3.8。"],
        ),
        (series("4.60", "4.58", "4.56", "4.54"), ["最新：4.54（今天）", "近 4 天每天降 0.02。"]),
        (series(*reversed(FALLING)), ["最新：4.08（今天）", "近 7 天每天升 0.03。"]),
        (series(*["3.9"] * 20), ["最新：3.9（今天）", "近 14 天没有持续的升降。"]),
        (series("4.0", "3.9", "3.8"), ["最新：3.8（今天）", "最近分数太少，看不出走势。"]),
        (series(*FALLING, ends=5), ["最新：3.91（2022-10-05）", "最近分数太少，看不出走势。"]),
        ([], ["近 30 天没有分数。"]),
    ],
    ids=["to a line", "to no line near", "up", "flat", "three days", "ended", "none"],
)
def test_the_caption_says_where_the_score_is_heading(points: list[tuple[date, Decimal]], said: list[str]) -> None:
    assert caption(points) == [HEAD, *said]


def test_a_slow_fall_has_a_slope_that_is_not_0() -> None:
    slow = series(*(f"{Decimal('4.600') - Decimal('0.004') * n:.2f}" for n in range(14)))
    assert caption(slow)[-1] == "近 14 天每天降 0.004。"


def test_a_shop_outside_is_told_of_no_line_that_is_for_shops_inside() -> None:
    outside = Shop(1, None, 7, "女装", Source.MERCHANT, in_alliance=False)
    assert caption(series(*FALLING), outside)[-1] == "近 7 天每天降 0.03。"


def test_a_shop_without_a_score_now_is_heading_nowhere() -> None:
    assert caption(series(*FALLING), none_on=TODAY) == [HEAD, "最新：暂无体验分（2022-10-10）"]


@given(st.lists(st.integers(350, 420), min_size=1, max_size=20))
def test_days_and_line_are_those_of_the_warnings_estimate(stored: list[int]) -> None:
    points = series(*(str(Decimal(one) / 100) for one in stored))
    ahead = forecast(FIVE_POINTS, {"score": points}, {"score": points[-1][1]}, TODAY)
    said = caption(points)[-1]
    assert ("估计" in said) is (ahead is not None)
    if ahead is not None:
        assert f"约 {ahead.days} 天后低于{ahead.line.label} " in said


def test_the_picture_of_a_payload_is_drawn() -> None:
    assert drawn(payload(series(*FALLING))["photo"]).startswith(b"\x89PNG")
