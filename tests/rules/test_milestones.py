"""Days ahead known from a kept check: told in time, once, and only when certain."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from rules.assessment import Assessment
from rules.milestones import Milestone, milestones
from rules.reasons import Reason
from rules.requirements import FactValue
from tests.packaged import FIVE_POINTS

TODAY = date(2022, 10, 10)
GOOD: dict[str, FactValue] = {
    "store_opened": True,
    "account_usable": True,
    "operating_normally": True,
    "brand_documents_complete": True,
    "related_serious_violation": False,
    "closures": 0,
    "score": None,
    "joined_on": TODAY - timedelta(10),
    "penalties": (),
}


def _milestones(**changed: FactValue) -> tuple[Milestone, ...]:
    facts = GOOD | changed
    return milestones(Assessment(FIVE_POINTS, facts, TODAY))


def _exemption(*reasons: Reason) -> tuple[Milestone, ...]:
    ends = TODAY + timedelta(51)
    days = {Reason.EXEMPTION_ENDS_SOON: ends - timedelta(7), Reason.EXEMPTION_ENDED: ends}
    return tuple(Milestone(days[reason], reason, ends, "entry.score") for reason in reasons)


def test_a_new_merchant_hears_a_week_before_the_exemption_ends_and_on_the_first_day_without() -> None:
    assert _milestones() == _exemption(Reason.EXEMPTION_ENDS_SOON, Reason.EXEMPTION_ENDED)


@pytest.mark.parametrize(
    ("joined_days_ago", "reasons"),
    [
        (53, [Reason.EXEMPTION_ENDS_SOON, Reason.EXEMPTION_ENDED]),
        (54, [Reason.EXEMPTION_ENDED]),
        (60, [Reason.EXEMPTION_ENDED]),
        (61, []),
    ],
)
def test_what_is_past_is_not_foretold(joined_days_ago: int, reasons: list[Reason]) -> None:
    found = _milestones(joined_on=TODAY - timedelta(joined_days_ago))
    assert [milestone.reason for milestone in found] == reasons


def test_a_shop_with_a_score_has_no_exemption_to_lose() -> None:
    assert _milestones(score=Decimal("4.2")) == ()


def test_the_day_a_penalty_ages_out_is_the_day_the_shop_turns_eligible_when_nothing_else_is_wrong() -> None:
    clears = date(2023, 1, 5)
    found = _milestones(score=Decimal("4.2"), penalties=(date(2022, 1, 4),))
    assert found == (Milestone(clears, Reason.NOW_ELIGIBLE, clears),)


@pytest.mark.parametrize("changed", [{"brand_documents_complete": False}, {"in_alliance": True}], ids=str)
def test_otherwise_only_the_penalty_is_told_of(changed: dict[str, FactValue]) -> None:
    clears = date(2023, 1, 5)
    found = _milestones(score=Decimal("4.2"), penalties=(date(2022, 1, 4),), **changed)
    assert found == (Milestone(clears, Reason.PENALTY_AGED_OUT, clears, "admission.penalties"),)


def test_nothing_is_foretold_of_a_shop_that_nothing_ahead_changes() -> None:
    assert _milestones(score=None, joined_on=TODAY - timedelta(90), brand_documents_complete=False) == ()
