"""Whether a score is below a line, in three values: both sides of each limit, and untold facts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.assessment import Assessment, assess
from rules.case import Known, supposed
from rules.edition import Edition
from rules.kinds import FactType
from rules.lines import AtLine, Level, at_line, points
from rules.report import Standing, Verdict
from rules.requirements import IN_ALLIANCE, Effect, Facts, LimitBy, Line
from rules.sources import Source
from tests.packaged import FIVE_POINTS

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
        category.model_copy(update={"id": "category", "type": FactType.CHOICE}),
    )
    return edition.model_copy(update={"lines": lines, "facts": facts})


def told(product: str | None = None, category: str | None = None, score: str | None = "90") -> Facts:
    known = {"score": score and Decimal(score), "product_score": product and Decimal(product), "category": category}
    return {name: value for name, value in known.items() if value is not None}


@pytest.mark.parametrize(
    ("product", "category", "at"),
    [
        (None, "general", (None, "product_score")),
        ("65", "general", (False, "")),
        ("64.99", "general", (True, "")),
        ("64.99", "listed", (False, "")),
        ("59.99", "listed", (True, "")),
        ("72", None, (False, "")),
        ("71.99", None, (None, "category")),
        ("60", None, (None, "category")),
        ("59.99", None, (True, "")),
    ],
)
def test_a_score_is_below_a_line_or_not_or_that_depends_on_a_fact(
    two: Edition, product: str | None, category: str | None, at: tuple[bool | None, str]
) -> None:
    found = at_line(two, two.lines[-1], told(product, category), DAY)
    assert (found.below, found.depends_on) == at


Judged = tuple[Level, Level, tuple[str, ...]]


def judged(edition: Edition, facts: Facts) -> Judged:
    now = Assessment(edition, facts, DAY)
    return now.level, now.at_worst, now.untold


def inside(in_alliance: bool | None) -> Facts:
    return {} if in_alliance is None else {IN_ALLIANCE: in_alliance}


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (told("80"), (Level.CLEAR, Level.CLEAR, ())),
        (told("74"), (Level.UNKNOWN, Level.EARLY, ("category",))),
        (told("64"), (Level.UNKNOWN, Level.CLOSING, ("category",))),
        (told("62"), (Level.EARLY, Level.CLOSING, ("category",))),
        (told("59"), (Level.CLOSING, Level.CLOSING, ())),
        (told("64", "general"), (Level.CLOSING, Level.CLOSING, ())),
        (told("64", "listed"), (Level.CLEAR, Level.CLEAR, ())),
        (told(), (Level.UNKNOWN, Level.CLEAR, ("product_score",))),
        (told("64", score=None), (Level.UNKNOWN, Level.CLOSING, ("score", "category"))),
        (told("64", score="69"), (Level.CLOSING, Level.CLOSING, ())),
        ({}, (Level.UNKNOWN, Level.CLEAR, ("score", "product_score"))),
    ],
)
def test_what_is_certain_stands_apart_from_what_may_be(two: Edition, facts: Facts, found: Judged) -> None:
    assert judged(two, facts) == found


def test_a_shop_that_is_not_in_can_only_be_kept_from_entering(two: Edition) -> None:
    assert judged(two, {**told("64"), IN_ALLIANCE: False}) == (Level.UNKNOWN, Level.NO_ENTRY, ("category",))
    assert Assessment(two, {**told("59"), IN_ALLIANCE: False}, DAY).level is Level.NO_ENTRY


@given(st.integers(5000, 8000), st.sampled_from([None, False, True]))
def test_an_untold_choice_is_the_gravest_that_any_choice_could_be(
    two: Edition, stored: int, in_alliance: bool | None
) -> None:
    score = {"score": Decimal(90), "product_score": points(stored), **inside(in_alliance)}
    by_choice = {Assessment(two, {**score, "category": each}, DAY).level for each in CATEGORIES}
    untold = Assessment(two, score, DAY)
    assert untold.at_worst == max(by_choice)
    certain = min(by_choice)
    is_open = certain is Level.CLEAR and len(by_choice) > 1
    assert untold.level is (Level.UNKNOWN if is_open else certain)


def closing(edition: Edition, facts: Facts) -> AtLine:
    return at_line(edition, edition.lines[-1], facts, DAY)


def test_an_untold_choice_is_warned_of_by_its_highest_limit_and_an_untold_score_by_none(two: Edition) -> None:
    assert closing(two, told("71.99")).may_be_below
    assert not closing(two, told("72")).may_be_below
    assert not any(at.may_be_below for at in Assessment(two, told(), DAY).lines)
    assert (closing(two, {}).limit, closing(two, told(category="listed")).limit) == (Decimal(72), Decimal(60))
    assert (closing(two, told("71")).distance, closing(two, told()).distance) == (Decimal(-1), None)


def test_beside_a_line_stand_all_its_limits_while_the_side_depends_on_the_choice(two: Edition) -> None:
    at = Assessment(two, {"product_score": Decimal(64)}, DAY).lines_of("product_score")[-1]
    limits = (Decimal(72), Decimal(65), Decimal(60))
    assert (at.below, at.choice and at.choice.id, at.limits) == (None, "category", limits)
    settled = closing(two, {"product_score": Decimal(50)})
    assert (settled.below, settled.choice, settled.limit, settled.gap) == (True, None, Decimal(72), Decimal(22))


@pytest.fixture(scope="session")
def odd(edition: Edition) -> Edition:
    """A score; both lines depend on the category."""
    lines = (line(Effect.WARNING, "score", "3.8", strict="4.5"), line(Effect.CLOSING, "score", "3.5", strict="3.6"))
    category = edition.fact("in_alliance").model_copy(update={"id": "category"})
    return edition.model_copy(update={"lines": lines, "facts": (*edition.facts, category)})


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
    assert Assessment(odd, {**facts, IN_ALLIANCE: True}, DAY).standing is found
    assert Assessment(odd, facts, DAY).standing is None


def test_without_a_closing_line_no_standing_can_be_told(edition: Edition) -> None:
    only_entry = edition.model_copy(update={"lines": (line(Effect.NO_ENTRY, "score", "4.0"),)})
    assert Assessment(only_entry, {**told(score="5"), IN_ALLIANCE: True}, DAY).standing is None


@pytest.mark.parametrize("in_alliance", [True, None, False])
def test_with_one_score_and_no_choice_only_the_missing_score_is_unknown(
    edition: Edition, in_alliance: bool | None
) -> None:
    assert Assessment(edition, inside(in_alliance), DAY).level is Level.UNKNOWN
    known = (Assessment(edition, {"score": points(n), **inside(in_alliance)}, DAY) for n in range(0, 501, 5))
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
    at = Assessment(edition, {"score": Decimal(score), **inside(in_alliance)}, DAY).next_line
    assert at is not None
    assert (at.line, at.gap) == (edition.line(effect), Decimal(gap))


@pytest.mark.parametrize("score", [Decimal("3.4"), None])
def test_below_the_last_line_and_without_a_score_there_is_no_next_one(edition: Edition, score: Decimal | None) -> None:
    assert Assessment(edition, {"score": score, IN_ALLIANCE: True}, DAY).next_line is None


@pytest.mark.parametrize(
    ("days_ago", "verdict", "is_clear"),
    [pytest.param(0, Verdict.UNDETERMINED, False, id="fresh"), pytest.param(30, Verdict.ELIGIBLE, True, id="old")],
)
def test_nothing_is_clear_beside_a_fresh_number_of_another_scale(
    days_ago: int, verdict: Verdict, is_clear: bool
) -> None:
    told: Facts = {
        "store_opened": True, "account_usable": True, "operating_normally": True, "closures": 0, "penalties": (),
        "score": Decimal("4.2"), "related_serious_violation": False, "brand_documents_complete": True,
    }  # fmt: skip
    goods = Known(Decimal(80), DAY - timedelta(days_ago), Source.MERCHANT, scale="0-100")
    now = assess(FIVE_POINTS, supposed(FIVE_POINTS, told, DAY).with_known({"product_score": goods}), DAY)
    assert (now.verdict, now.is_clear, now.level is Level.CLEAR) == (verdict, is_clear, is_clear)
