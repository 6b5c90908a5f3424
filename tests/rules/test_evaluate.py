"""The eligibility check: a table of profiles an edition, both sides of every boundary, bad facts of every kind."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules.assessment import Assessment
from rules.edition import Catalogue, Edition
from rules.evaluate import judge
from rules.facts import FactError, as_json, left_aside, parse_facts
from rules.kinds import Because, Kind
from rules.report import Report, Status
from rules.requirements import Condition, Criterion
from tests.rules.profiles import profiles

TODAY = date(2030, 1, 1)
"""Not the day of any profile: each gives its own."""

EDITIONS = ("2022-10-10", "2026-07-29")

CASES = [
    pytest.param(edition, profile, id=f"{edition} {profile['name']}")
    for edition in EDITIONS
    for profile in profiles(edition)
]
GOOD = [case for case in CASES if "error" not in case.values[1]]
BAD = [case for case in CASES if "error" in case.values[1]]


def report(catalogue: Catalogue, edition: str, facts: Mapping[str, Any]) -> Report:
    under = catalogue.edition(edition)
    known, on = parse_facts(under, facts, TODAY)
    return Assessment(under, known, on).entry


@pytest.mark.parametrize(("edition", "profile"), GOOD)
def test_a_profile_gets_the_report_that_the_text_gives(
    packaged: Catalogue, edition: str, profile: Mapping[str, Any]
) -> None:
    found = report(packaged, edition, profile["facts"])
    statuses = {finding.id: finding.status.value for finding in found.findings}
    clears = {finding.id: finding.clears_on.isoformat() for finding in found.findings if finding.clears_on}
    assert {
        "verdict": found.verdict.value,
        "criteria": {criterion: statuses[criterion] for criterion in profile["criteria"]},
        "clears_on": clears,
        "missing": list(found.missing),
        "earliest_on": found.earliest_on.isoformat() if found.earliest_on else None,
        "standing": found.standing.value if found.standing else None,
    } == {key: value for key, value in profile.items() if key not in ("name", "facts")}


@pytest.mark.parametrize(("edition", "profile"), BAD)
def test_a_bad_fact_is_refused_by_name_in_one_line(
    packaged: Catalogue, edition: str, profile: Mapping[str, Any]
) -> None:
    with pytest.raises(FactError) as refused:
        report(packaged, edition, profile["facts"])
    assert refused.value.fact == profile["error"]
    assert str(refused.value).startswith(f"{profile['error']}: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("edition", "fact", "value"),
    [("2022-10-10", "product_score", "70"), ("2026-07-29", "closures", 1), ("2026-07-29", "penalties", [])],
)
def test_a_fact_of_another_edition_is_no_fact_of_this_one_but_known(
    packaged: Catalogue, edition: str, fact: str, value: object
) -> None:
    raw = {**profiles(edition)[0]["facts"], fact: value}  # type: ignore[dict-item]
    with pytest.raises(FactError) as refused:
        report(packaged, edition, raw)
    assert refused.value.fact == fact
    assert left_aside(packaged.edition(edition), packaged.editions, raw, date(2026, 8, 15)) == (fact,)


def test_there_are_profiles_enough() -> None:
    for edition in EDITIONS:
        assert len({str(profile["facts"]) for profile in profiles(edition)}) >= 60


GOOD_SHOP: Mapping[str, Any] = profiles("2022-10-10")[0]["facts"]


def because(packaged: Catalogue, criterion: str, **changed: Any) -> Because:
    found = report(packaged, "2022-10-10", {**GOOD_SHOP, **changed})
    return next(finding.because for finding in found.findings if finding.id == criterion)


REASONS = [
    ("admission.store", {}, Because.HOLDS),
    ("admission.store", {"store_opened": False}, Because.FAILS),
    ("admission.related", {}, Because.NEVER_HAPPENED),
    ("admission.related", {"related_serious_violation": True}, Because.HAPPENED),
    ("entry.score", {}, Because.REACHES),
    ("entry.score", {"score": "3.9"}, Because.FALLS_SHORT),
    ("entry.score", {"score": None, "joined_on": "2022-10-01"}, Because.EXEMPT),
    ("entry.score", {"score": None, "joined_on": "2022-01-01"}, Because.TEXT_IS_SILENT),
    ("entry.closures", {}, Because.COUNT_IN_LIMIT),
    ("entry.closures", {"closures": 3}, Because.COUNT_AT_LIMIT),
    ("admission.penalties", {}, Because.CLEAN),
    ("admission.penalties", {"penalties": ["2022-10-01"]}, Because.ON_RECORD),
]


@pytest.mark.parametrize(("criterion", "changed", "reason"), REASONS)
def test_each_status_has_its_reason(
    packaged: Catalogue, criterion: str, changed: Mapping[str, Any], reason: Because
) -> None:
    assert because(packaged, criterion, **changed) is reason


def test_an_exempt_criterion_cites_the_clause_that_grants_it(packaged: Catalogue) -> None:
    found = report(packaged, "2022-10-10", {**GOOD_SHOP, "score": None, "joined_on": "2022-10-01"})
    assert {finding.id: finding.clause for finding in found.findings if finding.because is Because.EXEMPT} == {
        "entry.score": "admission.score",
        "admission.score": "admission.score",
    }


def test_a_finding_tells_what_was_seen_and_what_it_was_held_to(packaged: Catalogue) -> None:
    found = report(packaged, "2022-10-10", {**GOOD_SHOP, "score": "3.9", "penalties": ["2022-01-05"]})
    told = {finding.id: (finding.fact, finding.seen, finding.limit) for finding in found.findings}
    assert told["entry.score"] == ("score", Decimal("3.9"), Decimal("4.0"))
    assert told["admission.penalties"] == ("penalties", date(2022, 1, 5), Decimal(365))


def test_the_third_closing_is_final_and_says_by_which_clause(packaged: Catalogue) -> None:
    found = report(packaged, "2022-10-10", {**GOOD_SHOP, "closures": 3})
    assert [finding.id for finding in found.findings if finding.final] == ["entry.closures"]
    assert packaged.edition("2022-10-10").criterion("entry.closures").final_clause == "clearing.chances"


def test_the_day_of_the_check_defaults_to_the_one_given(edition: Edition) -> None:
    assert parse_facts(edition, {}, TODAY) == ({}, TODAY)
    assert parse_facts(edition, {"on": "2022-10-10"}, TODAY) == ({}, date(2022, 10, 10))


def test_a_score_off_the_scale_is_told_which_scale_the_edition_uses(packaged: Catalogue) -> None:
    with pytest.raises(FactError, match=r"85 is off the scale of edition 2022-10-10 \(5 分制: 0 to 5\)"):
        report(packaged, "2022-10-10", {**GOOD_SHOP, "score": "85"})


def test_a_binary_float_counts_as_what_it_prints(edition: Edition) -> None:
    facts, _ = parse_facts(edition, {"score": 3.8}, TODAY)
    assert facts == {"score": Decimal("3.8")}


def test_a_misspelled_fact_is_met_with_the_one_meant(packaged: Catalogue) -> None:
    with pytest.raises(FactError, match=r'did you mean "closures"\?'):
        report(packaged, "2022-10-10", {"closure": 1})


@pytest.mark.parametrize("profile", [case.values[1] for case in GOOD if case.values[0] == "2022-10-10"])
def test_facts_survive_json(edition: Edition, profile: Mapping[str, Any]) -> None:
    facts, on = parse_facts(edition, profile["facts"], TODAY)
    assert parse_facts(edition, {name: as_json(value) for name, value in facts.items()}, on) == (facts, on)


def test_the_end_of_the_calendar_does_no_harm(packaged: Catalogue) -> None:
    found = report(packaged, "2022-10-10", {**GOOD_SHOP, "on": "9999-12-31", "penalties": ["9999-12-30"]})
    assert (found.verdict.value, found.earliest_on) == ("not_eligible", None)


def test_penalties_are_kept_in_order_whatever_the_order_told(edition: Edition) -> None:
    facts, _ = parse_facts(edition, {"penalties": ["2022-05-01", "2021-05-01"]}, TODAY)
    assert facts == {"penalties": (date(2021, 5, 1), date(2022, 5, 1))}


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
    outcome = judge(criterion, {"opened_on": date(2026, 8, 1), "joined_on": date(2026, 8, 1)}, date(2026, 8, 15))
    assert (outcome.status, outcome.clears_on) == (Status.UNMET, date(2026, 8, 31))
