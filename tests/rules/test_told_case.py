"""What a question tells, laid over what is known: the shop at its worst and at its best."""

from datetime import date
from decimal import Decimal

import pytest

from rules.case import Case, Known
from rules.edition import Edition
from rules.requirements import FactValue
from rules.said import Said, Told
from rules.side import Side
from rules.sources import Source
from rules.told_case import ToldCase
from tests.packaged import CATALOGUE

TODAY = date(2026, 11, 29)


def laid(edition: Edition, *told: Told, case: Case | None = None, own: bool = False) -> ToldCase:
    return ToldCase(edition, case or Case(), Said(told=told, own=own), TODAY)


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        (Told(fact="score", number=Decimal("3.9")), (Decimal("3.9"), Decimal("3.9"))),
        (Told(fact="score", number=Decimal("3.5"), side=Side.BELOW), (Decimal(0), Decimal("3.49"))),
        (Told(fact="score", number=Decimal("3.8"), side=Side.ABOVE), (Decimal("3.8"), Decimal(5))),
        (
            Told(fact="score", number=Decimal("3.9"), low=Decimal("3.9"), high=Decimal("3.99")),
            (Decimal("3.9"), Decimal("3.99")),
        ),
        (
            Told(fact="score", number=Decimal(5), low=Decimal("4.9"), high=Decimal("5.1")),
            (Decimal("4.9"), Decimal(5)),
        ),
        (Told(fact="score"), (None, None)),
        (Told(fact="closures", number=Decimal(2)), (2, 2)),
        (Told(fact="joined_on", number=Decimal(60)), (date(2026, 9, 30), date(2026, 9, 30))),
        (Told(fact="joined_on", number=Decimal(60), side=Side.BELOW), (date(2026, 9, 30), TODAY)),
        (Told(fact="penalties", number=Decimal(365)), ((date(2025, 11, 29),), (date(2025, 11, 29),))),
        (Told(fact="penalties", number=Decimal(365), side=Side.BELOW), ((TODAY,), (date(2025, 11, 29),))),
        (Told(fact="penalties", holds=False), ((), ())),
        (Told(fact="penalties", holds=False, number=Decimal(365)), ((), ())),
        (Told(fact="in_alliance", holds=True), (True, True)),
    ],
)
def test_what_is_told_lies_between_two_ends(edition: Edition, told: Told, ends: tuple[FactValue, FactValue]) -> None:
    assert laid(edition, told).ends == {told.fact: ends}


@pytest.mark.parametrize(
    "told",
    [
        Told(fact="score", number=Decimal(85)),
        Told(fact="penalties"),
        Told(fact="penalties", holds=False, number=Decimal(364)),
        Told(fact="related_serious_violation"),
        Told(fact="product_score", number=Decimal("4.2")),
        Told(fact="penalties", day="2月30日"),
    ],
)
def test_what_the_edition_cannot_judge_is_no_fact(edition: Edition, told: Told) -> None:
    assert laid(edition, told).ends == {}


def test_a_number_of_another_scale_is_no_score_of_the_edition() -> None:
    newer = CATALOGUE.edition("2026-07-29")
    assert laid(newer, Told(fact="score", number=Decimal("4.3"))).ends == {}


def test_chances_left_and_used_are_closings_by_the_edition(edition: Edition) -> None:
    assert laid(edition, Told(fact="chances_left", number=Decimal(1))).worst.closures == 2
    assert laid(edition, Told(fact="chances_used_up")).worst.is_barred


def test_a_given_day_is_the_day_of_the_judgement(edition: Edition) -> None:
    told = laid(edition, Told(fact="penalties", day="2022年3月5日"), Told(fact="today", day="2023年3月6日"))
    assert told.on == date(2023, 3, 6)
    assert told.worst.on == told.on


def test_a_made_up_score_counts_before_the_one_of_now(edition: Edition) -> None:
    now, then = Told(fact="score", number=Decimal("3.9")), Told(fact="score", number=Decimal("3.3"), is_supposed=True)
    assert laid(edition, now, then).ends["score"] == (Decimal("3.3"), Decimal("3.3"))


def test_what_is_told_counts_before_what_is_known_and_only_the_own_shop_answers_without(edition: Edition) -> None:
    known = Known(Decimal("3.4"), TODAY, Source.MERCHANT, scale=edition.main_score.scale)
    case = Case({"score": known})
    assert laid(edition, Told(fact="score", number=Decimal("3.9")), case=case).worst.facts["score"] == Decimal("3.9")
    assert laid(edition, case=case).spoken == frozenset()
    assert laid(edition, case=case, own=True).scored == ("score",)
    assert laid(edition, case=case, own=True).known_on("score") == TODAY


def test_an_option_told_as_perhaps_is_the_worst_and_the_other_one_the_best() -> None:
    edition = CATALOGUE.edition("2026-07-29")
    perhaps = Told(fact="category", choice="fruit", other="general")
    assert laid(edition, perhaps).ends == {"category": ("fruit", "general")}
    assert laid(edition, Told(fact="category", choice="fruit", other="none such")).ends == {}


def test_as_many_chances_as_there_are_mean_no_closing_and_more_are_no_fact(edition: Edition) -> None:
    assert edition.chances is not None
    limit = Decimal(edition.chances.limit)
    assert laid(edition, Told(fact="chances_left", number=limit)).worst.closures == 0
    assert laid(edition, Told(fact="chances_left", number=limit + 1)).ends == {}


@pytest.mark.parametrize(
    ("side", "ends"),
    [(Side.AT, ("3", "3")), (Side.BELOW, ("0", "2.99")), (Side.ABOVE, ("3.01", "100"))],
)
def test_a_share_with_a_side_lies_beyond_it(side: Side, ends: tuple[str, str]) -> None:
    told = Told(fact="bad_review_rate", number=Decimal(3), side=side)
    wanted = tuple(Decimal(end) for end in ends)
    assert laid(CATALOGUE.edition("2026-07-29"), told).ends == {"bad_review_rate": wanted}
