"""When a follower hears of a score: each reason, both sides of each line, closings, old rows, snoozing, silence."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rules.catalogue.load import load
from rules.lines import Level, hundredths, points
from rules.outlook import Forecast
from rules.reasons import Reason
from rules.requirements import Effect, next_chance
from rules.sources import Source
from rules.watch import why_tell
from rules.watch_state import (
    Decision,
    Sighting,
    WatchState,
    Wishes,
    after_closing,
    after_mending,
    after_opening,
    why_silent,
)
from tests.invented import by_category
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS
from tests.rules.sightings import DAY, ON_CHANGE, decisions, reasons, row, told

R = Reason
NONE = R.NOTHING_NEW
OUT = {"in_alliance": False}
CHANGES = {"wishes": ON_CHANGE}
WARNING, CLOSING = FIVE_POINTS.line(Effect.WARNING), FIVE_POINTS.line(Effect.CLOSING)


def snoozed(days: int) -> dict[str, Any]:
    return {"wishes": Wishes(snoozed_until=DAY + timedelta(days))}


@pytest.mark.parametrize(
    ("score", "in_alliance", "reason", "line"),
    [
        ("4.00", True, R.NOTHING_NEW, None),
        ("3.99", True, R.NOTHING_NEW, None),
        ("3.80", True, R.NOTHING_NEW, None),
        ("3.79", True, R.WARNING, "warning"),
        ("3.50", True, R.WARNING, "warning"),
        ("3.49", True, R.CLOSING, "closing"),
        ("0.00", True, R.CLOSING, "closing"),
        ("3.80", None, R.NOTHING_NEW, None),
        ("3.79", None, R.WARNING, "warning"),
        ("3.49", None, R.CLOSING, "closing"),
        ("4.00", False, R.NOTHING_NEW, None),
        ("3.99", False, R.CANNOT_ENTER, "entry"),
        ("3.80", False, R.CANNOT_ENTER, "entry"),
        ("3.49", False, R.CANNOT_ENTER, "entry"),
    ],
)
def test_each_side_of_each_line_has_its_reason(score: str, in_alliance: bool, reason: Reason, line: str | None) -> None:
    decision = why_tell(None, row(0, score, in_alliance=in_alliance), FIVE_POINTS)
    assert (decision.reason, decision.line and decision.line.id) == (reason, line)


@pytest.mark.parametrize(
    ("scores", "heard"),
    [
        (["4.2", "3.7", "3.8"], [R.WARNING, R.RECOVERED]),
        (["4.2", "3.7", "3.79"], [R.WARNING, R.REMINDER]),
        (["4.2", "3.7", "3.4"], [R.WARNING, R.CLOSING]),
        (["4.2", "3.4"], [R.CLOSING]),
        (["3.4", "3.6"], [R.CLOSING, R.REMINDER]),
        (["3.4", "3.9", "4.0"], [R.CLOSING, R.RECOVERED, R.MAY_ENTER_AGAIN]),
        (["3.4", "3.9", "3.99"], [R.CLOSING, R.RECOVERED]),
        (["3.4", "4.0", "4.1"], [R.CLOSING, R.MAY_ENTER_AGAIN]),
        (["3.4", "3.6", "3.4"], [R.CLOSING, R.REMINDER, R.CLOSING]),
        (["3.7", "4.5", "4.6", "3.7"], [R.WARNING, R.RECOVERED, R.WARNING]),
        (["4.5", "3.9", "4.5"], []),
        (["3.7", "3.7", "3.6", "3.7"], [R.WARNING, R.REMINDER, R.REMINDER, R.REMINDER]),
    ],
    ids=str,
)
def test_a_course_of_scores_is_told_as_it_crosses_lines(scores: list[str], heard: list[Reason]) -> None:
    assert told(scores) == heard


@pytest.mark.parametrize(
    ("scores", "known", "heard"),
    [
        pytest.param(["3.7", "3.7", "3.6"], CHANGES, [R.WARNING], id="only changes: no reminder"),
        pytest.param(["3.4", "3.6", "3.6"], CHANGES, [R.CLOSING, R.REMINDER], id="a lesser line is a change"),
        pytest.param(["3.4", "3.6", "3.9"], CHANGES, [R.CLOSING, R.REMINDER, R.RECOVERED], id="and leaving it is"),
        pytest.param(["3.9", "3.7", "3.4", "3.9"], OUT, [R.CANNOT_ENTER], id="not in: told once, not warned"),
        pytest.param(["3.9", "4.0"], OUT | {"closures": 0}, [R.CANNOT_ENTER, R.MAY_ENTER], id="never closed"),
        pytest.param(["3.9", "4.0"], OUT | {"closures": 1}, [R.CANNOT_ENTER, R.MAY_ENTER_AGAIN], id="closed before"),
        pytest.param(["3.7", "3.4", "4.2"], OUT | {"closures": 3}, [], id="out for good: left in peace"),
        pytest.param(["3.7"], {"in_alliance": True, "closures": 3}, [R.WARNING], id="in, whatever the count says"),
        pytest.param(["3.7", "3.7", "4.2", "4.2"], snoozed(3), [], id="snoozed, and recovered meanwhile"),
        pytest.param(["3.7", "3.7", "3.7", "3.7"], snoozed(3), [R.WARNING], id="snoozed, and still below"),
        pytest.param(["3.7", "3.4"], snoozed(3), [R.CLOSING], id="a snooze holds no closing back"),
        pytest.param(["3.4", "3.9", "3.4"], snoozed(9), [R.CLOSING, R.CLOSING], id="the recovery between was snoozed"),
    ],
)
def test_who_hears_what(scores: list[str], known: dict[str, Any], heard: list[Reason]) -> None:
    assert told(scores, **known) == heard


def test_a_recovery_names_the_line_that_was_left() -> None:
    assert decisions([row(0, "3.7"), row(1, "3.9")])[-1].line == WARNING


def test_getting_in_at_a_low_score_is_no_recovery() -> None:
    decision = decisions([row(0, "3.9", **OUT), row(1, "3.9", in_alliance=True)])[-1]
    assert (decision.reason, decision.state.level) == (R.NOTHING_NEW, Level.CLEAR)


def test_leaving_the_alliance_below_a_line_is_no_recovery_either() -> None:
    course = [row(0, "3.7", in_alliance=True), row(1, "3.7", **OUT), row(2, "3.9", **OUT)]
    assert reasons(course) == [R.WARNING, R.NOTHING_NEW, R.RECOVERED]


# ── Closings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("closures", "after", "chance"),
    [(0, R.MAY_ENTER_AGAIN, 2), (1, R.MAY_ENTER_AGAIN, 3), (2, R.BARRED, None), (None, R.MAY_ENTER_AGAIN, None)],
    ids=str,
)
def test_after_a_closing_the_next_chance_is_told_but_never_after_the_last(
    closures: int | None, after: Reason, chance: int | None
) -> None:
    course = [row(day, score, closures=closures) for day, score in enumerate(("3.4", "3.9", "4.0"))]
    assert reasons(course) == [R.CLOSING, R.RECOVERED, after]
    assert next_chance(FIVE_POINTS.chances, decisions(course)[-1].state.closures) == chance


def test_may_enter_again_is_about_the_entry_line() -> None:
    assert decisions([row(0, "3.4"), row(1, "3.9"), row(2, "4.0")])[-1].line == FIVE_POINTS.line(Effect.NO_ENTRY)


@pytest.mark.parametrize(
    ("course", "expected", "closures"),
    [
        ([row(0, "3.4", closures=1), row(1, "3.4", closures=2, **OUT)], [R.CLOSING, NONE], 2),
        ([row(0, "4.5", closures=1), row(1, "4.5", closures=2, **OUT)], [NONE, R.CLOSED], 2),
        ([row(0, "4.5", closures=1), row(1, "3.7", closures=2, **OUT)], [NONE, R.CLOSED], 2),
        ([row(0, "4.5", closures=1), row(1, "3.4", closures=2, **OUT)], [NONE, R.CLOSED], 2),
        ([row(day, "4.5", closures=min(day, 1), **OUT) for day in range(3)], [NONE, R.CLOSED, NONE], 1),
        ([row(0, "4.5", closures=2), row(1, "4.5", closures=1)], [NONE, NONE], 1),
    ],
    ids=[
        "counted a day later",
        "only counted",
        "only counted, below",
        "only counted, far below",
        "breach",
        "corrected",
    ],
)
def test_a_closing_that_is_counted_is_told_once(course: list[Sighting], expected: list[Reason], closures: int) -> None:
    assert R.CLOSED.at_once
    assert (reasons(course), decisions(course)[-1].state.closures) == (expected, closures)


def test_what_the_merchant_told_is_not_told_back() -> None:
    state = why_tell(None, row(0, "3.7", closures=0), FIVE_POINTS).state
    closed = why_tell(after_closing(state, 1), row(1, "3.7", closures=1, **OUT), FIVE_POINTS)
    reopened = why_tell(after_opening(closed.state), row(2, "4.1", closures=1, in_alliance=True), FIVE_POINTS)
    assert (closed.reason, reopened.reason) == (R.NOTHING_NEW, R.RECOVERED)


# ── Old, repeated and outdated rows ──────────────────────────────────────────────────────────────────────────────────

FELL = [row(0, "4.0"), row(1, "3.7")]


@pytest.mark.parametrize("score", ["4.9", "3.9", "3.7", "3.4"])
def test_an_older_row_changes_nothing(score: str) -> None:
    *_, before, after = decisions([*FELL, row(0, score)])
    assert after == Decision(R.OUT_OF_ORDER, before.state)


@pytest.mark.parametrize("late", [0, 1], ids=["today", "tomorrow"])
def test_the_same_row_again_changes_nothing(late: int) -> None:
    *_, before, after = decisions([*FELL, row(1, "3.7", late)])
    assert after == Decision(R.REPEATED, before.state)


def test_a_row_of_tomorrow_is_not_judged_and_spoils_nothing() -> None:
    assert reasons([row(1, "3.4", late=-1), row(1, "3.4")]) == [R.OUT_OF_ORDER, R.CLOSING]


@pytest.mark.parametrize(
    ("course", "reason"),
    [
        pytest.param([*FELL, row(1, "3.4")], R.CLOSING, id="a closing after a warning"),
        pytest.param([*FELL, row(1, "3.9")], R.REPEATED, id="a recovery after a warning"),
        pytest.param([*FELL, row(1, "3.6")], R.REPEATED, id="a lower score after a warning"),
        pytest.param([row(0, "4.0"), row(1, "4.0"), row(1, "3.7")], R.WARNING, id="a warning after nothing"),
    ],
)
def test_a_correction_of_today_is_told_for_a_closing_or_when_nothing_was_told(
    course: list[Sighting], reason: Reason
) -> None:
    assert reasons(course)[-1] is reason


@pytest.mark.parametrize(
    ("course", "reason"),
    [
        pytest.param([row(0, "3.7"), row(5, "4.2", late=1)], R.RECOVERED, id="a recovery of yesterday"),
        pytest.param([row(0, "3.7"), row(5, "4.2", late=2)], R.TOO_OLD, id="an older recovery"),
        pytest.param([row(0, "3.4", late=7)], R.CLOSING, id="a closing a week ago"),
        pytest.param([row(0, "3.4", late=8)], R.TOO_OLD, id="an older closing"),
    ],
)
def test_a_late_row_is_news_as_long_as_it_matters(course: list[Sighting], reason: Reason) -> None:
    assert reasons(course)[-1] is reason


def test_a_score_told_by_the_merchant_is_reminded_of_for_a_week() -> None:
    course = [row(0, "3.7", late, source=Source.MERCHANT) for late in range(10)]
    assert reasons(course) == [R.WARNING] + [R.REMINDER] * 7 + [R.TOO_OLD] * 2


# ── Approach, silence ────────────────────────────────────────────────────────────────────────────────────────────────


def _falling(score: str, line: str = "3.8") -> Forecast:
    target = WARNING if line == "3.8" else CLOSING
    assert target is not None
    return Forecast(target, Decimal(score), Decimal(score) - target.limit, DAY + timedelta(5), 5, 7)


def test_an_approach_is_told_once_a_descent() -> None:
    falling = [row(day, score, outlook=_falling(score)) for day, score in enumerate(["3.90", "3.88", "3.99", "3.95"])]
    anew = [row(4, "4.00"), row(5, "3.9", outlook=_falling("3.9"))]
    assert reasons([*falling, *anew]) == [R.APPROACH] + [R.NOTHING_NEW] * 4 + [R.APPROACH]


def test_a_line_that_is_crossed_silences_its_approach() -> None:
    assert reasons([row(0, "3.7", outlook=_falling("3.7", "3.5"))]) == [R.WARNING]


def test_the_approach_of_a_graver_line_takes_the_place_of_a_reminder() -> None:
    decision = decisions([row(0, "3.7"), row(1, "3.6", outlook=_falling("3.6", "3.5"))])[-1]
    assert (decision.reason, decision.line) == (R.APPROACH, CLOSING)


@pytest.mark.parametrize(("score", "reason"), [("3.9", R.CANNOT_ENTER), ("4.1", R.NOTHING_NEW)])
def test_a_shop_that_is_not_in_has_no_line_to_approach(score: str, reason: Reason) -> None:
    assert reasons([row(0, score, outlook=_falling("3.9"), **OUT)]) == [reason]


def test_silence_is_told_once_and_again_only_after_a_new_score() -> None:
    state = why_tell(None, row(0, "4.5"), FIVE_POINTS).state
    first = why_silent(state)
    second = why_silent(first.state)
    repeated = why_tell(second.state, row(0, "4.5"), FIVE_POINTS).state
    third = why_silent(repeated)
    fourth = why_silent(why_tell(repeated, row(4, "4.5"), FIVE_POINTS).state)
    found = [decision.reason for decision in (first, second, third, fourth)]
    assert found == [R.STALE, R.ALREADY_TOLD, R.ALREADY_TOLD, R.STALE]


def test_silence_of_the_rows_never_holds_back_what_comes_after_it() -> None:
    stale = why_silent(why_tell(None, row(0, "4.5"), FIVE_POINTS).state).state
    assert why_tell(stale, row(2, "3.7"), FIVE_POINTS).reason is R.WARNING


def test_scores_are_stored_exactly_or_not_at_all() -> None:
    assert (hundredths(Decimal("3.79")), points(379), hundredths(points(8550))) == (379, Decimal("3.79"), 8550)
    with pytest.raises(ValueError, match="finer than hundredths"):
        hundredths(Decimal("3.799"))


def absent(day: int, **facts: Decimal | None) -> Sighting:
    """A row that says that the shop has no score."""
    return row(day, "0", facts={"score": None, **facts})


def test_no_score_is_no_recovery_though_the_one_before_was() -> None:
    first = why_tell(None, row(0, "3.7"), FIVE_POINTS)
    held_back = why_tell(first.state, row(1, "4.2"), FIVE_POINTS, Wishes(snoozed_until=DAY + timedelta(2)))
    assert (held_back.reason, held_back.state.has_left) == (R.SNOOZED, True)
    assert why_tell(held_back.state, absent(2), FIVE_POINTS).reason is NONE


def test_after_no_score_a_score_below_the_line_told_is_reminded_of() -> None:
    assert reasons([row(0, "3.7"), absent(1), row(2, "3.79")]) == [R.WARNING, NONE, R.REMINDER]


def test_a_shop_without_any_score_is_cleared_out_once_where_the_edition_says_so() -> None:
    rows = [absent(0), absent(1, growth_score=None), absent(2, growth_score=None), row(3, "90")]
    course = reasons(rows, edition=HUNDRED_POINTS)
    assert course == [NONE, R.CLOSING, R.REMINDER, R.RECOVERED]


def test_there_is_no_good_news_while_a_number_of_another_scale_contradicts() -> None:
    rows = [row(0, "3.4"), row(1, "4.5", is_mixed=True), row(2, "3.4", is_mixed=True), row(3, "4.5")]
    assert reasons(rows) == [R.CLOSING, NONE, R.CLOSING, R.MAY_ENTER_AGAIN]


# ── 改好了: no reminder of this descent until it gets worse ──────────────────────────────────────────────────────────


def after_mended(before: list[str], after: list[str], **known: object) -> list[Reason]:
    """The reasons after the follower said, on the last day of `before`, that all is mended."""
    state, found = decisions([row(day, score, **known) for day, score in enumerate(before)])[-1].state, []
    state = after_mending(state, DAY + timedelta(len(before) - 1))
    assert state is not None
    for day, score in enumerate(after, start=len(before)):
        decision = why_tell(state, row(day, score, **known), FIVE_POINTS)
        state = decision.state
        found.append(decision.reason)
    return found


@pytest.mark.parametrize(
    ("before", "after", "heard"),
    [
        pytest.param(["3.7"], ["3.7", "3.79", "3.50"], [R.MENDED] * 3, id="below the same line: silence"),
        pytest.param(["3.7"], ["3.7", "3.49", "3.49"], [R.MENDED, R.CLOSING, R.REMINDER], id="a graver line: told"),
        pytest.param(["3.7"], ["3.9", "3.7", "3.7"], [R.RECOVERED, R.WARNING, R.REMINDER], id="a later descent: told"),
        pytest.param(["3.79"], ["3.80", "3.79"], [R.WOBBLING, R.WOBBLING], id="on the line: the same descent"),
        pytest.param(["3.4"], ["3.4", "3.4"], [R.MENDED] * 2, id="below the closing line: silence"),
        pytest.param(["3.4"], ["3.6", "3.6"], [R.MENDED] * 2, id="up to the lesser line: silence"),
        pytest.param(["3.4"], ["3.6", "3.4", "3.4"], [R.MENDED, R.CLOSING, R.REMINDER], id="and down again: told"),
        pytest.param(["3.4"], ["3.9"], [R.RECOVERED], id="out of it: told"),
    ],
)
def test_what_is_mended_is_not_reminded_of_until_it_gets_worse(
    before: list[str], after: list[str], heard: list[Reason]
) -> None:
    assert after_mended(before, after) == heard


def test_a_closing_that_is_counted_is_told_though_all_was_mended() -> None:
    state = after_mending(decisions([row(0, "3.7", closures=0)])[-1].state, DAY)
    decision = why_tell(state, row(1, "3.7", closures=1), FIVE_POINTS)
    assert (decision.reason, decision.state.is_mended) == (R.CLOSED, False)


def test_the_approach_of_a_graver_line_is_told_though_all_was_mended() -> None:
    state = after_mending(decisions([row(0, "3.7")])[-1].state, DAY)
    decision = why_tell(state, row(1, "3.6", outlook=_falling("3.6", "3.5")), FIVE_POINTS)
    assert (decision.reason, decision.line) == (R.APPROACH, CLOSING)


def test_another_score_below_a_line_of_its_own_is_reminded_of() -> None:
    low = {"facts": {"product_score": Decimal(50)}}
    first = why_tell(None, row(0, "65", facts={"product_score": Decimal(90)}), HUNDRED_POINTS)
    state = after_mending(first.state, DAY)
    assert why_tell(state, row(1, "65", facts={"product_score": Decimal(90)}), HUNDRED_POINTS).reason is R.MENDED
    assert why_tell(state, row(1, "75", **low), HUNDRED_POINTS).reason is R.REMINDER


def test_a_lesser_line_of_another_score_is_reminded_of(tmp_path: Path) -> None:
    edition = load(by_category(tmp_path / "rules")).editions[0]
    low = {"product_score": Decimal(50), "category": "general"}
    state = after_mending(why_tell(None, row(0, "4.5", facts=low), edition).state, DAY)
    seen = row(1, "3.7", facts=low | {"product_score": Decimal(90)})
    assert why_tell(state, seen, edition).reason is R.REMINDER


def test_a_recovery_that_nobody_heard_of_ends_it_too() -> None:
    state = after_mending(decisions([row(0, "3.7")])[-1].state, DAY)
    assert state is not None
    quiet = Wishes(snoozed_until=DAY + timedelta(2))
    above = why_tell(state, row(1, "4.2"), FIVE_POINTS, quiet)
    assert (above.reason, above.state.is_mended) == (R.SNOOZED, False)
    assert why_tell(above.state, row(2, "3.7"), FIVE_POINTS).reason is R.REMINDER


@pytest.mark.parametrize(
    ("scores", "day", "holds"),
    [
        pytest.param(["4.2", "3.7"], 1, True, id="on the day of the fall"),
        pytest.param(["4.2", "3.7", "3.7"], 2, True, id="below a reminder"),
        pytest.param(["4.2", "3.7", "3.7"], 1, True, id="below the warning, a day later"),
        pytest.param(["3.7", "3.4"], 0, False, id="below a warning, and it got worse"),
        pytest.param(["3.7", "3.4"], 1, True, id="below the closing"),
        pytest.param(["3.7", "4.2", "3.7"], 0, False, id="below the warning of an earlier descent"),
        pytest.param(["3.7", "4.2"], 0, False, id="after the recovery"),
        pytest.param(["4.2"], 0, False, id="below nothing"),
    ],
)
def test_only_what_was_told_of_this_descent_can_be_mended(scores: list[str], day: int, holds: bool) -> None:
    state = decisions([row(number, score) for number, score in enumerate(scores)])[-1].state
    after = after_mending(state, DAY + timedelta(day))
    assert (after is not None) is holds
    assert after is None or after.is_mended


def test_what_another_edition_judges_is_not_mended() -> None:
    state = after_mending(decisions([row(0, "3.7")])[-1].state, DAY)
    assert isinstance(state, WatchState)
    facts = {"score": Decimal(65)}
    seen = Sighting(DAY + timedelta(1), DAY + timedelta(1), facts, before=facts)
    assert why_tell(state, seen, HUNDRED_POINTS).state.is_mended is False
