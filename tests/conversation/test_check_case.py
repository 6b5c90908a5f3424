"""A check and the case of its shop: what is taken over, what is asked again, what counts later."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.conversation import check_case, check_moves
from bot.conversation.memory import CheckUnderway, Given
from rules.case import Case, Known
from rules.edition import Edition
from rules.requirements import FactValue
from rules.sources import Source
from tests.packaged import CATALOGUE, FIVE_POINTS

ON = date(2022, 10, 10)
AT = datetime(2022, 10, 10, 4, tzinfo=UTC)
NOW = Given(on=ON, source=Source.ANSWER, at=AT)
HUNDRED = CATALOGUE.edition("2026-07-29")


def known(value: FactValue, days_ago: int = 0, source: Source = Source.ANSWER, scale: str = "") -> Known:
    return Known(value, ON - timedelta(days_ago), source, AT - timedelta(days_ago), scale)


def score(value: str, days_ago: int = 0, source: Source = Source.MERCHANT) -> Known:
    return Known(Decimal(value), ON - timedelta(days_ago), source, scale="0-5")


def begun(**of: Known) -> CheckUnderway:
    case = Case(of)
    again, without = check_case.doubtful(FIVE_POINTS, case, {}, ON)
    return check_moves.begin(FIVE_POINTS, "1f", ON, case, shop=7, again=again, without=without)


def finished(**of: Known) -> CheckUnderway:
    check = check_case.taken(CheckUnderway(id="1f", edition="2022-10-10", key="check:1f"), FIVE_POINTS, Case(of))
    return check.model_copy(update={"finished": True})


@pytest.mark.parametrize(
    ("known_of", "taken"),
    [
        pytest.param({"store_opened": known(True, 28)}, {"store_opened"}, id="28 days old"),
        pytest.param({"store_opened": known(True, 29)}, set(), id="29 days old"),
        pytest.param({"score": score("4.2", 7)}, {"score"}, id="a told score of a week ago"),
        pytest.param({"score": score("4.2", 8)}, set(), id="an older one"),
        pytest.param({"score": score("4.2", 2, Source.FEED)}, set(), id="a feed that is silent"),
        pytest.param({"score": known(Decimal(85), scale="0-100")}, set(), id="a score of another scale"),
        pytest.param({"shop_type": known("personal")}, set(), id="a fact of another edition"),
        pytest.param({"joined_on": known(ON, 900)}, {"joined_on"}, id="a day stays as told"),
        pytest.param(
            {"closures": known(3, 1), "in_alliance": known(True, 2), "score": score("4.2")},
            {"score"},
            id="what contradicts itself",
        ),
        pytest.param({"closures": known(3), "in_alliance": known(True, 2)}, {"closures"}, id="but no answer of today"),
    ],
)
def test_what_is_taken_over(known_of: dict[str, Known], taken: set[str]) -> None:
    assert set(begun(**known_of).answers) == taken


def test_what_is_taken_has_its_day_and_is_neither_asked_nor_counted() -> None:
    check = begun(store_opened=known(True, 3), closures=known(0, 1, Source.FEED))
    assert check.given["closures"] == Given(on=ON - timedelta(1), source=Source.FEED, at=AT - timedelta(1))
    assert (check.shop, check.asked, check.current) == (7, (), "account_usable")
    assert check_moves.progress(check, FIVE_POINTS, ON) == (1, 7)


def test_a_typed_score_is_of_the_day_and_the_merchants() -> None:
    check = begun(
        store_opened=known(True), account_usable=known(True), operating_normally=known(True), closures=known(0)
    )
    told = check_moves.answered(check, FIVE_POINTS, Decimal("3.4"), NOW)
    assert check_case.case(told, FIVE_POINTS).known["score"] == score("3.4")
    assert told.fresh == ("score",)
    assert check_moves.back(told).model_dump(exclude={"step"}) == check.model_dump(exclude={"step"})


def test_what_is_told_later_counts_and_what_was_taken_back_is_gone() -> None:
    check = finished(closures=known(2, 1), score=score("4.2"), in_alliance=known(True))
    now = check_case.renewed(check, FIVE_POINTS, Case({"closures": known(3), "score": score("3.9")}))
    assert check_case.facts(now, FIVE_POINTS) == {"closures": 3, "score": Decimal("3.9")}
    assert now.given["closures"].on == ON


def test_what_is_not_written_yet_stays() -> None:
    check = finished(closures=known(2)).model_copy(update={"fresh": ("closures",)})
    now = check_case.renewed(check, FIVE_POINTS, Case({"closures": known(1, 1)}))
    assert check_case.facts(now, FIVE_POINTS) == {"closures": 2}


@pytest.mark.parametrize(("days_ago", "is_unsure"), [(1, True), (0, False)])
def test_a_fact_that_the_merchant_cannot_tell_stays_open_until_it_is_told(days_ago: int, is_unsure: bool) -> None:
    check = finished().model_copy(update={"unsure": ("closures",), "given": {"closures": NOW}})
    now = check_case.renewed(check, FIVE_POINTS, Case({"closures": known(2, days_ago)}))
    assert ("closures" in now.unsure) is is_unsure
    assert ("closures" not in now.answers) is is_unsure


@pytest.mark.parametrize(("on", "skipped"), [(ON, ("closures",)), (ON + timedelta(1), ())])
def test_a_question_passed_is_not_asked_again_on_the_day(on: date, skipped: tuple[str, ...]) -> None:
    before = finished().model_copy(update={"unsure": ("closures",), "given": {"closures": NOW}})
    check = check_moves.passing(check_moves.begin(FIVE_POINTS, "2f", on), before, FIVE_POINTS, on)
    assert check.unsure == skipped


@pytest.mark.parametrize("edition", [FIVE_POINTS, HUNDRED], ids=lambda edition: edition.name)
def test_a_score_of_another_scale_takes_the_answers_along(edition: Edition) -> None:
    check = begun(store_opened=known(True), closures=known(1))
    over = check_moves.carried_over(check, FIVE_POINTS, edition, "2f", ON)
    told = check_moves.with_score(over, edition, Decimal(5), NOW)
    assert (told.shop, told.answers["store_opened"], told.answers["score"]) == (7, True, "5")
    assert told.given["store_opened"] == check.given["store_opened"]
