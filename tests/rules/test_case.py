"""What is known of a shop: what an edition takes of it, what counts of two values, and what is worth asking again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from rules.case import HOLDS_DAYS, LONG_AGO, Case, Known, edition_of, supposed
from rules.edition import Edition
from rules.kinds import FactType
from rules.requirements import FactValue
from rules.sources import SOURCES, Source
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS

DAY = date(2026, 11, 29)


def told(value: FactValue, days_ago: int = 0, *, at: datetime = LONG_AGO, scale: str = "") -> Known:
    return Known(value, DAY - timedelta(days_ago), Source.MERCHANT, at, scale)


def test_an_edition_takes_scores_of_its_own_scale_and_no_fact_of_another() -> None:
    case = Case({
        "score": told(Decimal(85), scale="0-100"),
        "product_score": told(Decimal(50), scale="0-100"),
        "closures": told(2),
        "in_alliance": told(True),
    })  # fmt: skip
    assert case.facts(FIVE_POINTS) == {"closures": 2, "in_alliance": True}
    assert case.facts(HUNDRED_POINTS) == {
        "score": Decimal(85),
        "product_score": Decimal(50),
        "in_alliance": True,
    }


@pytest.mark.parametrize(
    ("fact", "value", "is_taken"),
    [
        ("category", "general", True),
        ("category", "no such category", False),
        ("in_alliance", None, False),
        ("serious_breach_until", None, True),
    ],
)
def test_a_value_that_the_edition_does_not_know_is_not_judged(fact: str, value: FactValue, is_taken: bool) -> None:
    assert (fact in Case({fact: told(value)}).facts(HUNDRED_POINTS)) is is_taken


@pytest.mark.parametrize(
    ("main", "goods", "days_ago", "is_at_odds"),
    [
        pytest.param(Decimal("3.7"), Decimal(50), 0, True, id="of one day"),
        pytest.param(Decimal("3.7"), Decimal(50), SOURCES[Source.MERCHANT].fresh_days, True, id="both fresh"),
        pytest.param(
            Decimal("3.7"), Decimal(50), SOURCES[Source.MERCHANT].fresh_days + 1, False, id="one is of before"
        ),
        pytest.param(Decimal("3.7"), None, 0, False, id="an absence contradicts nothing"),
        pytest.param(None, Decimal(50), 0, False, id="nor does the absence of the other"),
    ],
)
def test_numbers_of_two_scales_are_at_odds_while_both_are_fresh(
    main: Decimal | None, goods: Decimal | None, days_ago: int, is_at_odds: bool
) -> None:
    case = Case({"score": told(main, scale="0-5"), "product_score": told(goods, days_ago, scale="0-100")})
    judging = FIVE_POINTS if main else HUNDRED_POINTS
    assert set(case.at_odds(judging)) == ({"product_score"} if is_at_odds else set())


def test_no_score_is_known_and_not_missing() -> None:
    assert Case({"score": told(None, scale="0-5")}).facts(FIVE_POINTS) == {"score": None}


def test_no_score_is_so_on_every_scale() -> None:
    case = Case({"score": told(None, scale="0-5"), "growth_score": told(None, scale="0-7")})
    assert case.facts(HUNDRED_POINTS) == {"score": None, "growth_score": None}


def test_of_two_values_the_one_of_the_later_day_counts_then_the_one_told_later() -> None:
    first, later = datetime(2026, 11, 29, 1, tzinfo=UTC), datetime(2026, 11, 29, 2, tzinfo=UTC)
    case = Case({"closures": told(1, at=first)})
    assert case.newest_with({"closures": told(2, days_ago=1, at=later)}) == case
    newer = told(2, at=later)
    assert case.newest_with({"closures": newer}) == Case({"closures": newer})


def test_a_supposed_case_is_judged_as_the_bare_facts() -> None:
    facts: dict[str, FactValue] = {"score": Decimal("3.4"), "closures": 2, "penalties": (DAY,)}
    assert supposed(FIVE_POINTS, facts, DAY).facts(FIVE_POINTS) == facts


@pytest.mark.parametrize(
    ("fact", "value", "holds_days"),
    [
        ("score", Decimal("4.2"), SOURCES[Source.MERCHANT].fresh_days),
        ("operating_normally", True, HOLDS_DAYS[FactType.BOOLEAN]),
        ("closures", 1, HOLDS_DAYS[FactType.INTEGER]),
        ("penalties", (), HOLDS_DAYS[FactType.DATES]),
    ],
)
def test_an_answer_is_worth_asking_again_after_its_days(fact: str, value: FactValue, holds_days: int) -> None:
    scale = FIVE_POINTS.fact(fact).scale if fact == "score" else ""
    aged = [
        Case({fact: told(value, days, scale=scale)}).aged(FIVE_POINTS, DAY) for days in (holds_days, holds_days + 1)
    ]
    assert aged == [(), (fact,)]


def test_the_day_of_joining_never_ages() -> None:
    assert Case({"joined_on": told(DAY, days_ago=2_000)}).aged(FIVE_POINTS, DAY) == ()


@pytest.mark.parametrize(
    ("known", "preferred", "judging"),
    [
        ({}, FIVE_POINTS, FIVE_POINTS),
        ({"score": told(Decimal(85), scale="0-100")}, FIVE_POINTS, HUNDRED_POINTS),
        ({"score": told(Decimal("4.3"), scale="0-5")}, HUNDRED_POINTS, FIVE_POINTS),
        ({"score": told(None, scale="0-100")}, FIVE_POINTS, FIVE_POINTS),
        ({"score": told(Decimal(3), scale="0-7")}, FIVE_POINTS, FIVE_POINTS),
        (
            {"score": told(Decimal(4), 1, scale="0-5"), "product_score": told(Decimal(50), scale="0-100")},
            FIVE_POINTS,
            HUNDRED_POINTS,
        ),
        (
            {"score": told(Decimal(4), scale="0-5"), "product_score": told(Decimal(50), scale="0-100")},
            FIVE_POINTS,
            HUNDRED_POINTS,
        ),
        (
            {"score": told(Decimal(4), scale="0-5"), "product_score": told(Decimal(50), 1, scale="0-100")},
            HUNDRED_POINTS,
            FIVE_POINTS,
        ),
        (
            {"score": told(None, scale="0-5"), "product_score": told(Decimal(50), 99, scale="0-100")},
            FIVE_POINTS,
            HUNDRED_POINTS,
        ),
        (
            {"score": told(Decimal(4), 1, scale="0-5"), "product_score": told(None, scale="0-100")},
            HUNDRED_POINTS,
            FIVE_POINTS,
        ),
        ({"score": told(None, scale="0-5"), "growth_score": told(None, 1, scale="0-100")}, FIVE_POINTS, FIVE_POINTS),
    ],
)
def test_a_shop_is_judged_by_the_edition_of_its_newest_scores_scale(
    known: dict[str, Known], preferred: Edition, judging: Edition
) -> None:
    assert edition_of(CATALOGUE, Case(known), preferred) == judging


def test_a_case_without_some_facts_keeps_the_others() -> None:
    case = Case({"closures": told(2), "in_alliance": told(True), "joined_on": told(DAY)})
    assert case.without(iter(("closures", "penalties"))) == Case({"in_alliance": told(True), "joined_on": told(DAY)})
