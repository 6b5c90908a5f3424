"""Truths of every series of scores: swings tell little, no closing is missed, good news is fresh."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.lines import points
from rules.reasons import Reason
from rules.watch import why_tell
from rules.watch_state import Sighting, WatchState, Wishes
from tests.packaged import FIVE_POINTS
from tests.rules.sightings import DAILY, DAY, ON_CHANGE, reasons, row, told

R = Reason


@pytest.mark.parametrize(
    ("scores", "heard"),
    [
        pytest.param(["3.79"] + ["3.80"] * 7, [R.WARNING], id="up by the smallest step, for a week"),
        pytest.param(["3.79"] + ["3.80"] * 8, [R.WARNING, R.RECOVERED], id="and a day longer"),
        pytest.param(["3.79", "3.82"], [R.WARNING], id="up, still near the line"),
        pytest.param(["3.79", "3.83"], [R.WARNING, R.RECOVERED], id="up and away from the line"),
        pytest.param(["3.79", "3.80", "3.79", "3.76"], [R.WARNING, R.REMINDER], id="down and away from the line"),
        pytest.param(["3.79", "3.80"] + ["3.79"] * 7, [R.WARNING], id="down by the smallest step, for a week"),
        pytest.param(["3.79", "3.80"] + ["3.79"] * 8, [R.WARNING, R.REMINDER], id="and a day longer down"),
        pytest.param(["3.79", "3.80", "3.79", "3.49"], [R.WARNING, R.CLOSING], id="a closing is never delayed"),
    ],
)
def test_a_wobble_is_told_when_it_settles(scores: list[str], heard: list[Reason]) -> None:
    assert told(scores) == heard


@pytest.mark.parametrize("wishes", [DAILY, ON_CHANGE], ids=["daily", "on change"])
@pytest.mark.parametrize("in_alliance", [True, False, None])
@pytest.mark.parametrize("pair", [("3.80", "3.79"), ("3.50", "3.49"), ("4.00", "3.99"), ("3.81", "3.79")], ids=str)
@pytest.mark.parametrize("before", [[], ["4.5"], ["3.6"], ["3.2"]], ids=str)
def test_a_score_that_swings_a_hundred_times_makes_at_most_two_messages(
    before: list[str], pair: tuple[str, str], in_alliance: bool | None, wishes: Wishes
) -> None:
    swings = [row(day, score, in_alliance=in_alliance) for day, score in enumerate([*before, *(pair * 100)])]
    assert sum(reason.is_told for reason in reasons(swings, wishes)[len(before) :]) <= 2


@given(st.lists(st.integers(1, 6), min_size=20, max_size=100), st.sampled_from(["3.80", "3.50", "4.00"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_slow_swings_make_at_most_two_messages_too(stays: list[int], limit: str, starts_above: bool) -> None:
    sides = [limit, str(Decimal(limit) - Decimal("0.01"))]
    scores = [sides[(turn + starts_above) % 2] for turn, days in enumerate(stays) for _ in range(days)]
    assert len(told(scores, ON_CHANGE)) <= 2


GOOD_NEWS = (R.RECOVERED, R.MAY_ENTER, R.MAY_ENTER_AGAIN)
NEAR = Decimal("0.03")

days = st.tuples(
    st.one_of(st.integers(330, 430), st.sampled_from([349, 350, 379, 380, 399, 400])),
    st.sampled_from(["new", "new", "new", "same again", "older", "late", "none"]),
    st.sampled_from([DAILY, ON_CHANGE, Wishes(snoozed_until=DAY + timedelta(20))]),
    st.integers(0, 3),
)


@given(st.lists(days, max_size=40))
@settings(max_examples=200, deadline=None)
def test_every_series_of_rows_is_told_rightly(series: list[tuple[int, str, Wishes, int]]) -> None:
    state: WatchState | None = None
    newest: Sighting | None = None
    is_due, messages, today = True, dict[date, int](), DAY
    for stored, kind, wishes, later_days in series:
        today += timedelta(later_days)
        seen = _next_row(kind, points(stored), today, newest)
        if seen is None:
            continue
        is_new = newest is None or seen.day > newest.day
        decision = why_tell(state, seen, FIVE_POINTS, wishes)
        score = seen.facts["score"]
        assert isinstance(score, Decimal)
        if is_new:
            is_due = is_due or score >= Decimal("3.5") + NEAR
            if score < Decimal("3.5") and is_due:
                assert decision.reason is R.CLOSING, "a closing was missed"
        is_due = is_due and decision.reason is not R.CLOSING
        if decision.reason in GOOD_NEWS:
            assert is_new, "good news from a stale row"
            assert seen.day == today, "good news from an outdated row"
        if decision.reason.is_told and not decision.reason.at_once:
            messages[today] = messages.get(today, 0) + 1
            assert messages[today] == 1, "two messages in one day"
            assert wishes.snoozed_until is None or today >= wishes.snoozed_until, "a snoozed message"
        if is_new and decision.reason is R.NOTHING_NEW:
            assert score >= Decimal("3.8"), "silence was not health"
        state, newest = decision.state, seen if is_new else newest


def _next_row(kind: str, score: Decimal, today: date, newest: Sighting | None) -> Sighting | None:
    """A possible row of a day: in order, again, out of order, two days late, or none."""
    facts = {"score": score}
    if kind == "none" or (newest is None and kind != "new"):
        return None
    if kind == "new" or newest is None:
        return Sighting(today, today, facts)
    if kind == "late":
        return Sighting(today - timedelta(2), today, facts)
    if kind == "older":
        return Sighting(newest.day - timedelta(1), today, facts)
    return replace(newest, today=today)
