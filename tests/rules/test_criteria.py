"""Corners of the criteria and lines that no packaged edition has, and an operator's may have."""

from datetime import date
from decimal import Decimal

from rules.criteria import judge
from rules.edition import Edition
from rules.kinds import Kind
from rules.lines import standing_if_in
from rules.report import Standing, Status
from rules.requirements import Condition, Criterion, Effect, LimitBy, Line

ON = date(2026, 8, 15)


def test_what_clears_by_age_or_by_ceasing_to_apply_clears_on_the_earlier_day() -> None:
    """A shop younger than 30 days that must have opened over 60 days ago: the criterion ceases to apply first."""
    criterion = Criterion(
        id="age",
        kind=Kind.OLDER_THAN_DAYS,
        clause="c",
        label="",
        facts=("opened_on",),
        limit=Decimal(60),
        applies_when=(Condition(fact="joined_on", fewer_days=30),),
    )
    outcome = judge(criterion, {"opened_on": date(2026, 8, 1), "joined_on": date(2026, 8, 1)}, ON)
    assert (outcome.status, outcome.clears_on) == (Status.UNMET, date(2026, 8, 31))


def with_lines(edition: Edition, *lines: Line) -> Edition:
    return edition.model_copy(update={"lines": lines})


def line(effect: Effect, limit: str, limit_by: LimitBy | None = None) -> Line:
    return Line(id=effect, fact="score", limit=Decimal(limit), limit_by=limit_by, effect=effect, clause="c", label="")


def test_without_a_closing_line_no_standing_can_be_told(edition: Edition) -> None:
    only_entry = with_lines(edition, line(Effect.NO_ENTRY, "4.0"))
    assert standing_if_in(only_entry, {"score": Decimal(5)}, ON) is None


def test_a_warning_line_that_turns_on_an_unknown_choice_leaves_the_standing_open(edition: Edition) -> None:
    by = LimitBy(fact="category", limits={"strict": Decimal("4.5")})
    lines = with_lines(edition, line(Effect.WARNING, "3.8", by), line(Effect.CLOSING, "3.5"))
    assert standing_if_in(lines, {"score": Decimal(4)}, ON) is None
    assert standing_if_in(lines, {"score": Decimal(4), "category": "strict"}, ON) is Standing.WARNING
    assert standing_if_in(lines, {"score": Decimal(5)}, ON) is Standing.SAFE
    assert standing_if_in(lines, {"score": Decimal(3)}, ON) is Standing.CLOSING
