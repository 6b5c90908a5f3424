"""A message judged anew: what it said holds, holds as something else, or not at all; both sides of each line."""

from datetime import date
from decimal import Decimal

import pytest

from rules.assessment import Assessment
from rules.claims import Claim, holds_as, said_wrong, taken_back, told_anew
from rules.lines import Level
from rules.reasons import Reason
from rules.requirements import IN_ALLIANCE, Effect
from rules.watch_state import WatchState
from tests.packaged import FIVE_POINTS

R = Reason
DAY = date(2022, 10, 10)
LINES = {effect: FIVE_POINTS.line(effect) for effect in Effect}


def at(score: str | None, in_alliance: bool | None = None) -> Assessment:
    """The judgement of a shop with this score, None for no row."""
    scored = {} if score is None else {"score": Decimal(score)}
    return Assessment(FIVE_POINTS, scored | ({} if in_alliance is None else {IN_ALLIANCE: in_alliance}), DAY)


def claim(
    reason: Reason, effect: Effect, points: str, before: Level = Level.CLEAR, closures: int | None = None
) -> Claim:
    return Claim(reason, LINES[effect], Decimal(points), closures, before)


WARNED = claim(R.WARNING, Effect.WARNING, "3.70")


@pytest.mark.parametrize(
    ("said", "score", "now"),
    [
        (WARNED, "3.79", R.WARNING),
        (WARNED, "3.80", None),
        (WARNED, "3.49", R.CLOSING),
        (WARNED, None, None),
        (claim(R.CLOSING, Effect.CLOSING, "3.40"), "3.50", R.WARNING),
        (claim(R.CLOSING, Effect.CLOSING, "3.40", Level.WARNING), "3.50", None),
        (claim(R.REMINDER, Effect.WARNING, "3.70"), "3.80", None),
        (claim(R.REMINDER, Effect.CLOSING, "3.40"), "3.50", None),
        (claim(R.RECOVERED, Effect.WARNING, "3.90"), "3.80", R.RECOVERED),
        (claim(R.RECOVERED, Effect.WARNING, "3.90"), "3.79", None),
        (claim(R.MAY_ENTER, Effect.NO_ENTRY, "4.10"), "4.00", R.MAY_ENTER),
        (claim(R.MAY_ENTER, Effect.NO_ENTRY, "4.10"), "3.99", None),
        (claim(R.APPROACH, Effect.WARNING, "3.95"), "3.95", R.APPROACH),
        (claim(R.APPROACH, Effect.WARNING, "3.95"), "4.10", None),
        (claim(R.APPROACH, Effect.WARNING, "3.95"), "3.79", R.WARNING),
    ],
)
def test_what_was_said_holds_or_what_holds_instead(said: Claim, score: str | None, now: Reason | None) -> None:
    assert holds_as(said, at(score), None) is now


@pytest.mark.parametrize(("counted", "holds"), [(None, True), (2, True), (1, False)])
def test_a_closing_holds_while_it_is_counted(counted: int | None, holds: bool) -> None:
    said = claim(R.CLOSED, Effect.CLOSING, "3.40", closures=2)
    assert (holds_as(said, at("3.40"), counted) is R.CLOSED) is holds


@pytest.mark.parametrize(
    ("before", "level_before", "counted", "holds"),
    [
        (1, Level.CLEAR, 2, True),
        (1, Level.CLEAR, 1, False),
        (0, Level.CLEAR, 0, False),
        (2, Level.CLOSING, 2, True),
        (2, Level.CLOSING, 1, False),
    ],
)
def test_a_closing_holds_by_a_lower_count_that_is_above_the_one_before(
    before: int, level_before: Level, counted: int, holds: bool
) -> None:
    said = Claim(R.CLOSED, None, Decimal("4.10"), 3, level_before, before)
    assert (holds_as(said, at("4.10"), counted) is R.CLOSED) is holds
    state = taken_back(WatchState(DAY, closures=3, is_closed=True), said, at("4.10"), counted)
    assert (state.closures, state.is_closed) == (counted, holds)


@pytest.mark.parametrize(
    ("said", "score", "is_wrong"),
    [
        (WARNED, "3.79", False),
        (WARNED, "3.80", True),
        (WARNED, "3.40", False),
        (WARNED, None, True),
        (claim(R.APPROACH, Effect.WARNING, "3.95"), "4.20", True),
        (claim(R.APPROACH, Effect.WARNING, "3.95"), "3.90", False),
        (claim(R.MAY_ENTER_AGAIN, Effect.NO_ENTRY, "4.10"), "3.90", True),
        (claim(R.STALE, Effect.WARNING, "3.70"), "4.20", False),
    ],
)
def test_a_milder_ground_is_corrected_a_graver_one_is_news(said: Claim, score: str | None, is_wrong: bool) -> None:
    assert said_wrong(said, at(str(said.points)), at(score)) is is_wrong


def test_what_is_taken_back_does_not_count_as_told() -> None:
    told = WatchState(DAY, Level.CLOSING, "closing", DAY, closures=1, is_closed=True)
    said = claim(R.CLOSING, Effect.CLOSING, "3.40", closures=1)
    for score, line, level in (("4.20", "", Level.CLEAR), ("3.70", "warning", Level.WARNING)):
        state = taken_back(told, said, at(score), 0)
        assert (state.level, state.line, state.closures, state.is_closed, state.told_on) == (
            level,
            line,
            0,
            False,
            None,
        )


def test_a_recovery_that_was_none_leaves_the_line_told() -> None:
    state = taken_back(WatchState(DAY), claim(R.RECOVERED, Effect.WARNING, "3.90"), at("3.70"), None)
    assert (state.level, state.line) == (Level.WARNING, "warning")


def test_what_is_told_as_graver_at_the_last_moment_was_not_mended() -> None:
    mended = WatchState(DAY, Level.WARNING, "warning", DAY, is_mended=True)
    state = told_anew(mended, at("3.40"), 1)
    assert (state.level, state.is_mended) == (Level.CLOSING, False)
