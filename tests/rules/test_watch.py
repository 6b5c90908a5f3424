"""When a follower hears of a score: each reason, both sides of each line, and what must hold for every series."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalogue.load import load, packaged_folder
from rules.chances import next_chance
from rules.edition import Edition, Effect, LimitBy, Line
from rules.lines import Level, hundredths, points
from rules.outlook import Forecast
from rules.reasons import Reason
from rules.sources import Source
from rules.watch import why_tell
from rules.watch_state import (
    Decision,
    Frequency,
    Sighting,
    WatchState,
    Wishes,
    after_closing,
    after_opening,
    why_silent,
)

EDITION = load(packaged_folder()).edition("2022-10-10")
DAY = date(2022, 10, 10)
DAILY, ON_CHANGE = Wishes(), Wishes(Frequency.ON_CHANGE)
R = Reason


def _row(day: int, score: str, **known: object) -> Sighting:
    facts = {"score": Decimal(score)} | known.pop("facts", {})  # type: ignore[operator]
    on = DAY + timedelta(day)
    return replace(Sighting(on, on, facts), **known)  # type: ignore[arg-type]


def _decisions(
    scores: Iterable[str], wishes: Wishes = DAILY, edition: Edition = EDITION, **known: object
) -> list[Decision]:
    state, found = None, []
    for day, score in enumerate(scores):
        found.append(why_tell(state, _row(day, score, **known), edition, wishes))
        state = found[-1].state
    return found


def _told(scores: Iterable[str], wishes: Wishes = DAILY, edition: Edition = EDITION, **known: object) -> list[Reason]:
    return [decision.reason for decision in _decisions(scores, wishes, edition, **known) if decision.reason.is_told]


def _hundred_point_edition() -> Edition:
    """Two scores, a limit by category, an early line of the bot's own, no warning tier, no limit of closings."""

    def line(effect: Effect, fact: str, limit: str, by: LimitBy | None = None) -> Line:
        own = effect is Effect.EARLY
        return Line(
            id=f"{effect}-{fact}", fact=fact, limit=limit, limit_by=by, effect=effect, clause="c", label="l", own=own
        )  # type: ignore[arg-type]

    listed = LimitBy(fact="category", limits={"listed": "60"})  # type: ignore[arg-type]
    early = LimitBy(fact="category", limits={"listed": "63"})  # type: ignore[arg-type]
    score = EDITION.fact("score").model_copy(update={"highest": Decimal(100)})
    lines = (
        line(Effect.NO_ENTRY, "score", "70"),
        line(Effect.NO_ENTRY, "product_score", "65", listed),
        line(Effect.EARLY, "score", "73"),
        line(Effect.EARLY, "product_score", "68", early),
        line(Effect.CLOSING, "score", "70"),
        line(Effect.CLOSING, "product_score", "65", listed),
    )
    facts = (score, score.model_copy(update={"id": "product_score"}))
    return EDITION.model_copy(update={"name": "2026-07-29", "lines": lines, "facts": facts, "chances": None})


HUNDRED = _hundred_point_edition()
TOP = {"product_score": Decimal(90), "category": "other"}


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
    decision = why_tell(None, _row(0, score, in_alliance=in_alliance), EDITION)
    assert (decision.reason, decision.line and decision.line.id) == (reason, line)


@pytest.mark.parametrize(
    ("scores", "told"),
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
    ],
    ids=str,
)
def test_a_course_of_scores_is_told_as_it_crosses_lines(scores: list[str], told: list[Reason]) -> None:
    assert _told(scores) == told


def test_while_below_a_reminder_comes_every_day_unless_only_changes_are_wanted() -> None:
    below = ["3.7", "3.7", "3.6", "3.7"]
    assert _told(below) == [R.WARNING, R.REMINDER, R.REMINDER, R.REMINDER]
    assert _told(below, ON_CHANGE) == [R.WARNING]


def test_a_step_up_to_a_lesser_line_is_a_change_though_not_good_news() -> None:
    assert _told(["3.4", "3.6", "3.6", "3.9"], ON_CHANGE) == [R.CLOSING, R.REMINDER, R.RECOVERED]


def test_a_recovery_names_the_line_that_was_left() -> None:
    decision = _decisions(["3.7", "3.9"])[-1]
    assert decision.line == EDITION.line(Effect.WARNING)


def test_a_shop_that_is_not_in_is_told_once_and_not_warned() -> None:
    assert _told(["3.9", "3.7", "3.4", "3.9"], in_alliance=False) == [R.CANNOT_ENTER]


def test_a_shop_that_was_never_closed_may_enter_and_one_that_was_may_enter_again() -> None:
    assert _told(["3.9", "4.0"], in_alliance=False, closures=0) == [R.CANNOT_ENTER, R.MAY_ENTER]
    assert _told(["3.9", "4.0"], in_alliance=False, closures=1) == [R.CANNOT_ENTER, R.MAY_ENTER_AGAIN]


def test_getting_in_at_a_low_score_is_no_recovery() -> None:
    state = why_tell(None, _row(0, "3.9", in_alliance=False), EDITION).state
    decision = why_tell(state, _row(1, "3.9", in_alliance=True), EDITION)
    assert (decision.reason, decision.state.level) == (R.NOTHING_NEW, Level.CLEAR)


def test_leaving_the_alliance_below_a_line_is_no_recovery_either() -> None:
    state = why_tell(None, _row(0, "3.7", in_alliance=True), EDITION).state
    left = why_tell(state, _row(1, "3.7", in_alliance=False), EDITION)
    back = why_tell(left.state, _row(2, "3.9", in_alliance=False), EDITION)
    assert (left.reason, back.reason) == (R.NOTHING_NEW, R.RECOVERED)


# ── Closings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("closures", "after", "chance"),
    [(0, R.MAY_ENTER_AGAIN, 2), (1, R.MAY_ENTER_AGAIN, 3), (2, R.BARRED, None), (None, R.MAY_ENTER_AGAIN, None)],
    ids=str,
)
def test_after_a_closing_the_next_chance_is_told_but_never_after_the_last(
    closures: int | None, after: Reason, chance: int | None
) -> None:
    closing, recovered, entering = _decisions(["3.4", "3.9", "4.0"], closures=closures)
    assert (closing.reason, recovered.reason, entering.reason) == (R.CLOSING, R.RECOVERED, after)
    assert next_chance(EDITION, entering.state.closures) == chance


def test_may_enter_again_is_about_the_entry_line() -> None:
    assert _decisions(["3.4", "3.9", "4.0"])[-1].line == EDITION.line(Effect.NO_ENTRY)


def test_a_feed_that_counts_the_closing_a_day_later_adds_no_second_message() -> None:
    state = why_tell(None, _row(0, "3.4", closures=1), EDITION).state
    decision = why_tell(state, _row(1, "3.4", closures=2, in_alliance=False), EDITION)
    assert (decision.reason, decision.state.closures) == (R.NOTHING_NEW, 2)


@pytest.mark.parametrize("score", ["4.5", "3.7", "3.4"])
def test_a_closing_that_only_the_count_shows_is_told_at_once(score: str) -> None:
    state = why_tell(None, _row(0, "4.5", closures=1), EDITION).state
    decision = why_tell(state, _row(1, score, closures=2, in_alliance=False), EDITION)
    assert (decision.reason, decision.reason.at_once, decision.state.closures) == (R.CLOSED, True, 2)


def test_a_closing_for_a_breach_is_not_followed_by_may_enter_again() -> None:
    state = why_tell(None, _row(0, "4.5", closures=0), EDITION).state
    state = why_tell(state, _row(1, "4.5", closures=1, in_alliance=False), EDITION).state
    assert why_tell(state, _row(2, "4.5", closures=1, in_alliance=False), EDITION).reason is R.NOTHING_NEW


def test_a_shop_that_never_comes_back_is_left_in_peace() -> None:
    assert _told(["3.7", "3.4", "4.2"], closures=3, in_alliance=False) == []


def test_a_shop_that_is_in_is_warned_whatever_the_count_says() -> None:
    assert _told(["3.7"], closures=3, in_alliance=True) == [R.WARNING]


def test_a_count_that_was_corrected_downward_is_no_closing() -> None:
    state = why_tell(None, _row(0, "4.5", closures=2), EDITION).state
    decision = why_tell(state, _row(1, "4.5", closures=1), EDITION)
    assert (decision.reason, decision.state.closures) == (R.NOTHING_NEW, 1)


def test_what_the_merchant_told_is_not_told_back() -> None:
    state = why_tell(None, _row(0, "3.7", closures=0), EDITION).state
    closed = why_tell(after_closing(state, 1), _row(1, "3.7", closures=1, in_alliance=False), EDITION)
    reopened = why_tell(after_opening(closed.state), _row(2, "4.1", closures=1, in_alliance=True), EDITION)
    assert (closed.reason, reopened.reason) == (R.NOTHING_NEW, R.RECOVERED)


# ── Wobbles ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wishes", [DAILY, ON_CHANGE], ids=["daily", "on change"])
@pytest.mark.parametrize("in_alliance", [True, False, None])
@pytest.mark.parametrize("pair", [("3.80", "3.79"), ("3.50", "3.49"), ("4.00", "3.99"), ("3.81", "3.79")], ids=str)
@pytest.mark.parametrize("before", [[], ["4.5"], ["3.6"], ["3.2"]], ids=str)
def test_a_score_that_swings_a_hundred_times_makes_at_most_two_messages(
    before: list[str], pair: tuple[str, str], in_alliance: bool | None, wishes: Wishes
) -> None:
    swings = [*before, *(pair * 100)]
    told = [decision.reason for decision in _decisions(swings, wishes, in_alliance=in_alliance)[len(before) :]]
    assert len([reason for reason in told if reason.is_told]) <= 2


@given(st.lists(st.integers(1, 6), min_size=20, max_size=100), st.sampled_from(["3.80", "3.50", "4.00"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_slow_swings_make_at_most_two_messages_too(stays: list[int], limit: str, starts_above: bool) -> None:
    sides = [limit, str(Decimal(limit) - Decimal("0.01"))]
    scores = [sides[(turn + starts_above) % 2] for turn, days in enumerate(stays) for _ in range(days)]
    assert len(_told(scores, ON_CHANGE)) <= 2


def test_a_recovery_by_the_smallest_step_is_told_once_it_has_lasted_a_week() -> None:
    assert _told(["3.79"] + ["3.80"] * 7) == [R.WARNING]
    assert _told(["3.79"] + ["3.80"] * 8) == [R.WARNING, R.RECOVERED]


def test_a_recovery_that_moves_away_from_the_line_is_told_at_once() -> None:
    assert _told(["3.79", "3.82"]) == [R.WARNING]
    assert _told(["3.79", "3.83"]) == [R.WARNING, R.RECOVERED]


def test_reminders_resume_when_a_wobble_settles_below() -> None:
    wobble = ["3.79", "3.80"]
    assert _told([*wobble, "3.79", "3.76"]) == [R.WARNING, R.REMINDER]
    assert _told(wobble + ["3.79"] * 7) == [R.WARNING]
    assert _told(wobble + ["3.79"] * 8) == [R.WARNING, R.REMINDER]


def test_a_wobble_never_delays_a_closing() -> None:
    assert _told(["3.79", "3.80", "3.79", "3.49"]) == [R.WARNING, R.CLOSING]


# ── Old, repeated and outdated rows ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("score", ["4.9", "3.9", "3.7", "3.4"])
def test_an_older_row_changes_nothing(score: str) -> None:
    state = _decisions(["4.0", "3.7"])[-1].state
    assert why_tell(state, _row(0, score), EDITION) == Decision(R.OUT_OF_ORDER, state)


def test_the_same_row_again_changes_nothing() -> None:
    state = _decisions(["4.0", "3.7"])[-1].state
    again = why_tell(state, _row(1, "3.7"), EDITION)
    tomorrow = why_tell(state, replace(_row(1, "3.7"), today=DAY + timedelta(2)), EDITION)
    assert again == tomorrow == Decision(R.REPEATED, state)


def test_a_row_of_tomorrow_is_not_judged_and_spoils_nothing() -> None:
    early = why_tell(None, replace(_row(1, "3.4"), today=DAY), EDITION)
    assert early.reason is R.OUT_OF_ORDER
    assert why_tell(early.state, _row(1, "3.4"), EDITION).reason is R.CLOSING


@pytest.mark.parametrize(("corrected", "reason"), [("3.4", R.CLOSING), ("3.9", R.REPEATED), ("3.6", R.REPEATED)])
def test_a_correction_of_today_is_only_told_for_a_closing(corrected: str, reason: Reason) -> None:
    state = _decisions(["4.0", "3.7"])[-1].state
    assert why_tell(state, _row(1, corrected), EDITION).reason is reason


def test_a_correction_into_a_warning_is_told_when_nothing_was_told_today() -> None:
    state = _decisions(["4.0", "4.0"])[-1].state
    assert why_tell(state, _row(1, "3.7"), EDITION).reason is R.WARNING


@pytest.mark.parametrize(("age", "reason"), [(1, R.RECOVERED), (2, R.TOO_OLD)])
def test_no_recovery_from_a_row_that_is_not_fresh(age: int, reason: Reason) -> None:
    state = _decisions(["3.7"])[-1].state
    assert why_tell(state, replace(_row(5, "4.2"), today=DAY + timedelta(5 + age)), EDITION).reason is reason


@pytest.mark.parametrize(("age", "reason"), [(7, R.CLOSING), (8, R.TOO_OLD)])
def test_a_closing_in_a_late_row_is_news_for_a_week(age: int, reason: Reason) -> None:
    assert why_tell(None, replace(_row(0, "3.4"), today=DAY + timedelta(age)), EDITION).reason is reason


def test_a_score_told_by_the_merchant_is_reminded_of_for_a_week() -> None:
    row = _row(0, "3.7", source=Source.MERCHANT)
    state, told = why_tell(None, row, EDITION).state, []
    for day in range(1, 10):
        decision = why_tell(state, replace(row, today=DAY + timedelta(day)), EDITION)
        state, told = decision.state, [*told, decision.reason]
    assert told == [R.REMINDER] * 7 + [R.TOO_OLD] * 2


# ── Snoozing, approach, silence ──────────────────────────────────────────────────────────────────────────────────────


def test_snoozing_holds_everything_back_but_a_closing() -> None:
    snoozed = Wishes(snoozed_until=DAY + timedelta(3))
    assert _told(["3.7", "3.7", "4.2", "4.2"], snoozed) == []
    assert _told(["3.7", "3.7", "3.7", "3.7"], snoozed) == [R.WARNING]
    assert _told(["3.7", "3.4"], snoozed) == [R.CLOSING]


def test_a_second_closing_is_told_though_the_recovery_between_was_snoozed() -> None:
    assert _told(["3.4", "3.9", "3.4"], Wishes(snoozed_until=DAY + timedelta(9))) == [R.CLOSING, R.CLOSING]


def _falling(score: str, line: str = "3.8") -> Forecast:
    target = EDITION.line(Effect.WARNING if line == "3.8" else Effect.CLOSING)
    assert target is not None
    return Forecast(target, Decimal(score), Decimal(score) - target.limit, DAY + timedelta(5), 5, 7)


def test_an_approach_is_told_once_a_descent() -> None:
    rows = [_row(day, score, outlook=_falling(score)) for day, score in enumerate(["3.90", "3.88", "3.99", "3.95"])]
    state, told = None, []
    for row in rows:
        decision = why_tell(state, row, EDITION)
        state, told = decision.state, [*told, decision.reason]
    assert told == [R.APPROACH, R.NOTHING_NEW, R.NOTHING_NEW, R.NOTHING_NEW]
    up = why_tell(state, _row(4, "4.00"), EDITION)
    assert why_tell(up.state, _row(5, "3.9", outlook=_falling("3.9")), EDITION).reason is R.APPROACH


def test_a_line_that_is_crossed_silences_its_approach() -> None:
    assert why_tell(None, _row(0, "3.7", outlook=_falling("3.7", "3.5")), EDITION).reason is R.WARNING


def test_the_approach_of_a_graver_line_takes_the_place_of_a_reminder() -> None:
    state = why_tell(None, _row(0, "3.7"), EDITION).state
    decision = why_tell(state, _row(1, "3.6", outlook=_falling("3.6", "3.5")), EDITION)
    assert (decision.reason, decision.line) == (R.APPROACH, EDITION.line(Effect.CLOSING))


def test_a_shop_that_is_not_in_has_no_line_to_approach() -> None:
    row = _row(0, "3.9", outlook=_falling("3.9"), in_alliance=False)
    assert why_tell(None, row, EDITION).reason is R.CANNOT_ENTER
    assert why_tell(None, replace(row, facts={"score": Decimal("4.1")}), EDITION).reason is R.NOTHING_NEW


def test_silence_is_told_once_and_again_only_after_a_new_score() -> None:
    state = why_tell(None, _row(0, "4.5"), EDITION).state
    first = why_silent(state)
    second = why_silent(first.state)
    repeated = why_tell(second.state, _row(0, "4.5"), EDITION).state
    third = why_silent(repeated)
    newer = why_tell(repeated, _row(4, "4.5"), EDITION).state
    fourth = why_silent(newer)
    reasons = [decision.reason for decision in (first, second, third, fourth)]
    assert reasons == [R.STALE, R.ALREADY_TOLD, R.ALREADY_TOLD, R.STALE]


def test_silence_of_the_rows_never_holds_back_what_comes_after_it() -> None:
    state = why_tell(None, _row(0, "4.5"), EDITION).state
    stale = why_silent(state).state
    assert why_tell(stale, _row(2, "3.7"), EDITION).reason is R.WARNING


# ── Another edition ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        (["80", "73"], []),
        (["80", "72.99"], [R.EARLY]),
        (["80", "72", "71", "70"], [R.EARLY]),
        (["80", "72", "69.99"], [R.EARLY, R.CLOSING]),
        (["69", "70"], [R.CLOSING, R.MAY_ENTER_AGAIN]),
        (["72", "74"], [R.EARLY, R.RECOVERED]),
    ],
    ids=str,
)
def test_an_edition_without_a_warning_tier_warns_by_its_early_line(scores: list[str], told: list[Reason]) -> None:
    assert _told(scores, edition=HUNDRED, facts=TOP) == told


@pytest.mark.parametrize(
    ("product", "category", "reason"),
    [
        ("65", "other", R.EARLY),
        ("64.99", "other", R.CLOSING),
        ("64.99", "listed", R.NOTHING_NEW),
        ("60", "listed", R.EARLY),
        ("59.99", "listed", R.CLOSING),
        ("68", None, R.NOTHING_NEW),
        ("67.99", None, R.EARLY),
        ("65", None, R.EARLY),
        ("64.99", None, R.CLOSING),
    ],
)
def test_a_limit_follows_the_shop_s_category_and_is_the_highest_while_that_is_untold(
    product: str, category: str | None, reason: Reason
) -> None:
    told = {"category": category} if category else {}
    row = _row(0, "90", facts={"product_score": Decimal(product), **told})
    assert why_tell(None, row, HUNDRED).reason is reason


def test_a_second_score_that_is_not_known_today_is_not_taken_for_recovered() -> None:
    state = why_tell(None, _row(0, "90", facts=TOP | {"product_score": Decimal(50)}), HUNDRED).state
    unknown = why_tell(state, _row(1, "90"), HUNDRED)
    known = why_tell(unknown.state, _row(2, "90", facts=TOP), HUNDRED)
    assert (unknown.reason, known.reason) == (R.WOBBLING, R.MAY_ENTER_AGAIN)


def test_a_score_that_was_not_known_for_a_day_is_not_closed_twice() -> None:
    low = {"product_score": Decimal(50), "category": "other"}
    state = why_tell(None, _row(0, "90", facts=low), HUNDRED).state
    state = why_tell(state, _row(1, "90"), HUNDRED).state
    assert why_tell(state, _row(2, "90", facts=low), HUNDRED).reason is R.REMINDER


def test_recovering_by_one_score_while_the_other_is_low_stays_a_reminder_about_the_other() -> None:
    low = {"product_score": Decimal(50), "category": "other"}
    first = why_tell(None, _row(0, "50", facts=low), HUNDRED)
    second = why_tell(first.state, _row(1, "90", facts=low), HUNDRED)
    assert (first.line and first.line.fact, second.line and second.line.fact) == ("score", "product_score")
    assert (second.reason, second.state.line) == (R.REMINDER, "closing-product_score")


def test_one_closing_that_passes_from_score_to_score_is_told_once() -> None:
    low, snoozed = {"product_score": Decimal(50), "category": "other"}, Wishes(snoozed_until=DAY + timedelta(9))
    state = why_tell(None, _row(0, "50", facts=low), HUNDRED, snoozed).state
    state = why_tell(state, _row(1, "90", facts=low), HUNDRED, snoozed).state
    assert why_tell(state, _row(2, "90", facts=low), HUNDRED, snoozed).reason is R.SNOOZED


def test_a_line_no_graver_than_the_one_told_is_not_foretold() -> None:
    closing = HUNDRED.line(Effect.CLOSING)
    assert closing is not None
    outlook = Forecast(closing, Decimal(75), Decimal(5), DAY + timedelta(5), 5, 7)
    low = {"product_score": Decimal(50), "category": "other"}
    state = why_tell(None, _row(0, "80", facts=low), HUNDRED).state
    assert why_tell(state, _row(1, "75", facts=low, outlook=outlook), HUNDRED).reason is R.REMINDER


def test_after_a_change_of_edition_nothing_is_compared_with_what_was_told_before() -> None:
    state = why_tell(None, _row(0, "3.4"), EDITION).state
    assert why_tell(state, _row(1, "90", facts=TOP), HUNDRED).state.level is Level.CLEAR
    assert why_tell(state, _row(1, "60", facts=TOP), HUNDRED).reason is R.CLOSING


def test_scores_are_stored_exactly_or_not_at_all() -> None:
    assert (hundredths(Decimal("3.79")), points(379), hundredths(points(8550))) == (379, Decimal("3.79"), 8550)
    with pytest.raises(ValueError, match="finer than hundredths"):
        hundredths(Decimal("3.799"))


# ── What holds for every series ──────────────────────────────────────────────────────────────────────────────────────

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
        row = _next_row(kind, points(stored), today, newest)
        if row is None:
            continue
        is_new = newest is None or row.day > newest.day
        decision = why_tell(state, row, EDITION, wishes)
        score = row.facts["score"]
        assert isinstance(score, Decimal)
        if is_new:
            is_due = is_due or score >= Decimal("3.5") + NEAR
            if score < Decimal("3.5") and is_due:
                assert decision.reason is R.CLOSING, "a closing was missed"
        is_due = is_due and decision.reason is not R.CLOSING
        if decision.reason in GOOD_NEWS:
            assert is_new, "good news from a stale row"
            assert row.day == today, "good news from an outdated row"
        if decision.reason.is_told and not decision.reason.at_once:
            messages[today] = messages.get(today, 0) + 1
            assert messages[today] == 1, "two messages in one day"
            assert wishes.snoozed_until is None or today >= wishes.snoozed_until, "a snoozed message"
        if is_new and decision.reason is R.NOTHING_NEW:
            assert score >= Decimal("3.8"), "silence was not health"
        state, newest = decision.state, row if is_new else newest


def _next_row(kind: str, score: Decimal, today: date, newest: Sighting | None) -> Sighting | None:
    """A row as it may come on a day: in order, again, out of order, two days late, or not at all."""
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
