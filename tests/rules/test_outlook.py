"""Where a score is heading: lines foretold on the right day, and no forecast from too little or from a wobble."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.outlook import Forecast, Trend, forecast, movement, trend
from tests.packaged import FIVE_POINTS

ENTRY, WARNING, CLOSING = FIVE_POINTS.lines
TODAY = date(2022, 10, 10)


def _series(*scores: str | None, ends: int = 0) -> list[tuple[date, Decimal]]:
    """A score a day, the last `ends` days ago; None leaves the day out."""
    first = len(scores) - 1 + ends
    return [(TODAY - timedelta(first - n), Decimal(score)) for n, score in enumerate(scores) if score is not None]


def _forecast(*scores: str | None, ends: int = 0) -> Forecast | None:
    series = _series(*scores, ends=ends)
    return forecast(FIVE_POINTS, {"score": series}, {"score": series[-1][1]}, TODAY)


def test_a_week_of_falling_names_the_day_on_which_the_line_is_crossed() -> None:
    falling = _forecast("4.04", "4.02", "4.00", "3.98", "3.96", "3.94", "3.92")
    assert falling == Forecast(
        line=WARNING, score=Decimal("3.92"), distance=Decimal("0.12"), on=date(2022, 10, 17), days=7, span_days=7
    )


def test_reaching_a_line_is_not_yet_being_below_it() -> None:
    on_the_line = _forecast("3.95", "3.92", "3.89", "3.86", "3.83")
    past_the_line = _forecast("3.94", "3.91", "3.88", "3.85", "3.82")
    assert (on_the_line and on_the_line.days, past_the_line and past_the_line.days) == (2, 1)


def test_below_the_warning_line_the_closing_line_is_next() -> None:
    falling = _forecast("3.79", "3.74", "3.69", "3.64", "3.59")
    assert falling is not None
    assert (falling.line, falling.days) == (CLOSING, 2)


def test_of_two_lines_crossed_on_one_day_the_graver_one_is_foretold() -> None:
    falling = _forecast("5.00", "4.75", "4.50", "4.25", "4.00", "3.85")
    plunge = _forecast("5.00", "4.60", "4.20", "3.80")
    assert (falling and falling.line, plunge and plunge.line) == (WARNING, CLOSING)


@pytest.mark.parametrize(
    "scores",
    [
        ("4.0", "3.95", "3.9"),
        ("3.9", "3.9", "3.9", "3.9", "3.9"),
        ("3.82", "3.85", "3.88", "3.91"),
        ("3.45", "3.40", "3.35", "3.30"),
        ("3.81", "3.80", "3.81", "3.80", "3.81", "3.80", "3.81", "3.80"),
        ("4.60", "4.58", "4.56", "4.54"),
    ],
    ids=["three days", "flat", "rising", "below every line", "a wobble", "beyond the horizon"],
)
def test_there_is_no_forecast_without_a_reason(scores: tuple[str, ...]) -> None:
    assert _forecast(*scores) is None


@pytest.mark.parametrize(("newest", "days"), [("4.06", 14), ("4.08", None)])
def test_the_horizon_is_a_fortnight(newest: str, days: int | None) -> None:
    falling = _forecast(*(str(Decimal(newest) + Decimal("0.02") * n) for n in (3, 2, 1, 0)))
    assert (falling and falling.days) == days


@pytest.mark.parametrize(("ends", "known"), [(2, True), (3, False)])
def test_a_series_that_has_ended_says_nothing_of_the_days_to_come(ends: int, known: bool) -> None:
    assert (_forecast("4.00", "3.97", "3.94", "3.91", ends=ends) is not None) is known


def test_four_days_are_enough_though_others_are_missing() -> None:
    with_gaps = _forecast("4.02", None, None, "3.96", None, "3.92", "3.90")
    assert with_gaps is not None
    assert (with_gaps.days, with_gaps.span_days) == (6, 7)


def test_a_score_that_has_turned_and_rises_is_heading_for_no_line() -> None:
    fell = ("4.20", "4.10", "4.05", "3.99", "3.85", "3.70", "3.60")
    assert _forecast(*fell, "3.75", "3.85", "3.95", "4.00", "4.05") is None
    assert _forecast(*fell[:3], "4.01", "3.97", "3.94", "3.90") is not None


@pytest.mark.parametrize(
    ("scores", "slope"),
    [
        (("4.0", "3.97", "3.94", "3.91"), "-0.03"),
        (("3.91", "3.94", "3.97", "4.0"), "0.03"),
        (("3.9", "3.9", "3.9", "3.9"), None),
        (("3.81", "3.80", "3.81", "3.80", "3.81"), None),
        (("3.60", "3.70", "3.80", "3.90", "4.00", "3.95", "3.90", "3.85"), None),
        (("4.0", "3.99", "3.98", "3.98"), None),
        (("3.9", "3.8", "3.7"), None),
    ],
    ids=["a fall", "a rise", "flat", "a wobble", "a rise that has turned", "two steps down", "too few days"],
)
def test_a_movement_is_more_than_a_wobble_and_goes_on(scores: tuple[str, ...], slope: str | None) -> None:
    found = movement(FIVE_POINTS, "score", _series(*scores), TODAY)
    assert (found and found.slope) == (slope and Fraction(slope))


@given(st.lists(st.integers(350, 500), min_size=4, max_size=14))
def test_whatever_is_foretold_is_a_movement_downward(stored: list[int]) -> None:
    scores = [str(Decimal(score) / 100) for score in stored]
    if _forecast(*scores) is not None:
        found = movement(FIVE_POINTS, "score", _series(*scores), TODAY)
        assert found is not None
        assert found.slope < 0


def test_what_lies_more_than_a_fortnight_back_does_not_count() -> None:
    old = _series("5.00", "5.00", "5.00", ends=14)
    assert trend([*old, *_series("3.9", "3.9", "3.9")], TODAY) is None
    assert trend([*old, *_series("3.9", "3.9", "3.9", "3.9")], TODAY) == Trend(Fraction(0), Fraction("3.9"), 4)


def test_a_day_looked_back_on_knows_nothing_of_the_days_after_it() -> None:
    later = [(TODAY + timedelta(n), Decimal("5.00")) for n in range(1, 10)]
    steady = _series("4.04", "4.02", "4.00", "3.98")
    assert trend([*steady, *later], TODAY) == trend(steady, TODAY)


def test_one_odd_day_moves_neither_slope_nor_day() -> None:
    steady = ["4.06", "4.04", "4.02", "4.00", "3.98", "3.96", "3.94"]
    odd = [*steady[:3], "2.00", *steady[4:]]
    assert trend(_series(*odd), TODAY) == trend(_series(*steady), TODAY)


@given(st.permutations(_series("4.0", "3.97", "3.99", "3.92", "3.93", "3.9")))
def test_the_order_of_the_points_does_not_matter(points: list[tuple[date, Decimal]]) -> None:
    assert trend(points, TODAY) == trend(sorted(points), TODAY)


@given(st.lists(st.integers(350, 500), min_size=4, max_size=14))
def test_a_forecast_is_always_of_a_line_ahead_within_the_horizon(stored: list[int]) -> None:
    found = _forecast(*(str(Decimal(score) / 100) for score in stored))
    if found is not None:
        assert 1 <= found.days <= 14
        assert found.on == TODAY + timedelta(found.days)
        assert found.score >= found.line.limit
        assert found.score - found.distance == found.line.limit
        assert min(stored) < max(stored)
