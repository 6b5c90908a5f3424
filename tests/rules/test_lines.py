"""Whether a score is below a line, in three values: both sides of each limit, and untold facts."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.edition import Edition
from rules.lines import (
    Assessment,
    Level,
    Position,
    assess,
    at_lines,
    distance,
    limit_for,
    may_be_below,
    next_line,
    points,
    position,
    standing,
)
from rules.report import Standing
from rules.requirements import IN_ALLIANCE, Effect, Facts, LimitBy, Line

DAY = date(2026, 8, 1)
CATEGORIES = ("general", "listed", "strict")


def line(effect: Effect, fact: str, limit: str, **limits: str) -> Line:
    by = LimitBy(fact="category", limits=limits) if limits else None
    return Line(
        id=f"{fact}-{effect}", fact=fact, limit=limit, limit_by=by, effect=effect, clause="c", label="l",
        own=effect is Effect.EARLY,
    )  # fmt: skip


@pytest.fixture(scope="session")
def two(edition: Edition) -> Edition:
    """Two scores; the lines of the second depend on the category."""
    lines = (
        line(Effect.NO_ENTRY, "score", "70"),
        line(Effect.CLOSING, "score", "70"),
        line(Effect.NO_ENTRY, "product_score", "65", listed="60", strict="72"),
        line(Effect.EARLY, "product_score", "68", listed="63", strict="75"),
        line(Effect.CLOSING, "product_score", "65", listed="60", strict="72"),
    )
    category, score = edition.fact("in_alliance"), edition.fact("score")
    facts = (
        score,
        score.model_copy(update={"id": "product_score"}),
        category.model_copy(update={"id": "category"}),
    )
    return edition.model_copy(update={"lines": lines, "facts": facts})


def told(product: str | None = None, category: str | None = None, score: str | None = "90") -> Facts:
    known = {"score": score and Decimal(score), "product_score": product and Decimal(product), "category": category}
    return {name: value for name, value in known.items() if value is not None}


@pytest.mark.parametrize(
    ("product", "category", "at"),
    [
        (None, "general", Position(None, "product_score")),
        ("65", "general", Position(False)),
        ("64.99", "general", Position(True)),
        ("64.99", "listed", Position(False)),
        ("59.99", "listed", Position(True)),
        ("72", None, Position(False)),
        ("71.99", None, Position(None, "category")),
        ("60", None, Position(None, "category")),
        ("59.99", None, Position(True)),
    ],
)
def test_a_score_is_below_a_line_or_not_or_that_depends_on_a_fact(
    two: Edition, product: str | None, category: str | None, at: Position
) -> None:
    assert position(two.lines[-1], told(product, category), DAY) == at


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (told("80"), Assessment(Level.CLEAR, Level.CLEAR, ())),
        (told("74"), Assessment(Level.UNKNOWN, Level.EARLY, ("category",))),
        (told("64"), Assessment(Level.UNKNOWN, Level.CLOSING, ("category",))),
        (told("62"), Assessment(Level.EARLY, Level.CLOSING, ("category",))),
        (told("59"), Assessment(Level.CLOSING, Level.CLOSING, ())),
        (told("64", "general"), Assessment(Level.CLOSING, Level.CLOSING, ())),
        (told("64", "listed"), Assessment(Level.CLEAR, Level.CLEAR, ())),
        (told(), Assessment(Level.UNKNOWN, Level.CLEAR, ("product_score",))),
        (told("64", score=None), Assessment(Level.UNKNOWN, Level.CLOSING, ("score", "category"))),
        (told("64", score="69"), Assessment(Level.CLOSING, Level.CLOSING, ())),
        ({}, Assessment(Level.UNKNOWN, Level.CLEAR, ("score", "product_score"))),
    ],
)
def test_what_is_certain_stands_apart_from_what_may_be(two: Edition, facts: Facts, found: Assessment) -> None:
    assert assess(two, facts, DAY) == found


def test_a_shop_that_is_not_in_can_only_be_kept_from_entering(two: Edition) -> None:
    assert assess(two, told("64"), DAY, in_alliance=False) == Assessment(Level.UNKNOWN, Level.NO_ENTRY, ("category",))
    assert assess(two, told("59"), DAY, in_alliance=False).level is Level.NO_ENTRY


@given(st.integers(5000, 8000), st.sampled_from([None, False, True]))
def test_an_untold_choice_is_the_gravest_that_any_choice_could_be(
    two: Edition, stored: int, in_alliance: bool | None
) -> None:
    score = {"score": Decimal(90), "product_score": points(stored)}
    by_choice = {assess(two, {**score, "category": each}, DAY, in_alliance) for each in CATEGORIES}
    untold = assess(two, score, DAY, in_alliance)
    assert untold.at_worst == max(each.level for each in by_choice)
    certain = min(each.level for each in by_choice)
    is_open = certain is Level.CLEAR and len(by_choice) > 1
    assert untold.level is (Level.UNKNOWN if is_open else certain)


def test_an_untold_choice_is_warned_of_by_its_highest_limit_and_an_untold_score_by_none(two: Edition) -> None:
    closing = two.lines[-1]
    assert closing in may_be_below(two, told("71.99"), DAY)
    assert closing not in may_be_below(two, told("72"), DAY)
    assert may_be_below(two, told(), DAY) == ()
    assert (limit_for(closing, {}), limit_for(closing, told(category="listed"))) == (Decimal(72), Decimal(60))
    assert (distance(closing, told("71")), distance(closing, told())) == (Decimal(-1), None)


def test_beside_a_line_stand_all_its_limits_while_the_side_depends_on_the_choice(two: Edition) -> None:
    found = [
        (at.below, at.choice and at.choice.id, at.limits) for at in at_lines(two, "product_score", Decimal(64), {})
    ]
    assert found[-1] == (None, "category", (Decimal(72), Decimal(65), Decimal(60)))
    settled = at_lines(two, "product_score", Decimal(50), {})[-1]
    assert (settled.below, settled.choice, settled.limit, settled.gap) == (True, None, Decimal(72), Decimal(22))


@pytest.fixture(scope="session")
def odd(edition: Edition) -> Edition:
    """A score; both lines depend on the category."""
    lines = (line(Effect.WARNING, "score", "3.8", strict="4.5"), line(Effect.CLOSING, "score", "3.5", strict="3.6"))
    return edition.model_copy(update={"lines": lines})


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (told(score="5"), Standing.SAFE),
        (told(score="4"), None),
        (told(score="4", category="strict"), Standing.WARNING),
        (told(score="3.8", category="general"), Standing.SAFE),
        (told(score="3.55"), Standing.WARNING),
        (told(score="3.4"), Standing.CLOSING),
        (told(score=None), None),
    ],
)
def test_a_standing_is_the_worst_that_is_certain(odd: Edition, facts: Facts, found: Standing | None) -> None:
    assert standing(odd, {**facts, IN_ALLIANCE: True}, DAY) is found
    assert standing(odd, facts, DAY) is None


def test_without_a_closing_line_no_standing_can_be_told(edition: Edition) -> None:
    only_entry = edition.model_copy(update={"lines": (line(Effect.NO_ENTRY, "score", "4.0"),)})
    assert standing(only_entry, {**told(score="5"), IN_ALLIANCE: True}, DAY) is None


@pytest.mark.parametrize("in_alliance", [True, None, False])
def test_with_one_score_and_no_choice_only_the_missing_score_is_unknown(
    edition: Edition, in_alliance: bool | None
) -> None:
    assert assess(edition, {}, DAY, in_alliance).level is Level.UNKNOWN
    known = (assess(edition, {"score": points(n)}, DAY, in_alliance) for n in range(0, 501, 5))
    assert Level.UNKNOWN not in {one.level for one in known}


def test_levels_keep_the_numbers_that_a_database_holds() -> None:
    assert {each.name: int(each) for each in Level} == {
        "UNKNOWN": -1,
        "CLEAR": 0,
        "NO_ENTRY": 1,
        "EARLY": 2,
        "WARNING": 3,
        "CLOSING": 4,
    }


@pytest.mark.parametrize(
    ("score", "in_alliance", "effect", "gap"),
    [
        ("4.1", True, Effect.WARNING, "0.3"),
        ("4.1", False, Effect.NO_ENTRY, "0.1"),
        ("4.0", False, Effect.NO_ENTRY, "0.0"),
        ("3.7", None, Effect.CLOSING, "0.2"),
    ],
)
def test_the_next_line_down_is_one_that_concerns_the_shop(
    edition: Edition, score: str, in_alliance: bool | None, effect: Effect, gap: str
) -> None:
    assert next_line(edition, {"score": Decimal(score)}, in_alliance) == (edition.line(effect), Decimal(gap))


@pytest.mark.parametrize("score", [Decimal("3.4"), None])
def test_below_the_last_line_and_without_a_score_there_is_no_next_one(edition: Edition, score: Decimal | None) -> None:
    assert next_line(edition, {"score": score}, True) is None
