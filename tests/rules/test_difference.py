"""The difference between two editions, the facts carried from one to the other, and the effect on a shop."""

from datetime import date
from decimal import Decimal

from rules.assessment import Assessment
from rules.difference import Judgement, Part, carried, differences, judgement, reports, shifts
from rules.edition import Catalogue, Edition
from rules.facts import parse_facts
from rules.kinds import FactType
from rules.report import Standing, Status, Verdict
from rules.requirements import Facts
from tests.rules.profiles import profiles

TODAY = date(2022, 12, 1)


def test_an_edition_does_not_differ_from_itself(packaged: Catalogue) -> None:
    assert [differences(each, each) for each in packaged.editions] == [(), ()]


def test_each_changed_added_and_lost_number_is_named(packaged: Catalogue) -> None:
    old, new = packaged.editions
    found = {change.id: (change.before, change.after) for change in differences(old, new) if change.part is Part.FIGURE}
    assert found["entry"] == (Decimal("4.0"), Decimal(70))
    assert found["closing"] == (Decimal("3.5"), Decimal(70))
    assert found["chances"] == (Decimal(3), None)
    assert found["early"] == (None, Decimal(73))


def test_a_changed_text_shows_up_as_its_clause(edition: Edition) -> None:
    clauses = tuple(
        clause.model_copy(update={"text": "别的"}) if clause.id == "clearing.daily" else clause
        for clause in edition.clauses
    )
    found = differences(edition, edition.model_copy(update={"clauses": clauses}))
    assert [(change.part, change.id) for change in found] == [(Part.CLAUSE, "clearing.daily")]


def test_a_score_is_never_carried_to_another_scale(packaged: Catalogue) -> None:
    old, new = packaged.editions
    told = {"store_opened": True, "score": Decimal("4.5"), "joined_on": date(2022, 1, 1), "closures": 1}
    assert carried(told, old, new) == {"store_opened": True, "joined_on": date(2022, 1, 1)}
    assert carried({"score": None}, old, new) == {}
    assert carried(told, old, old) is told


def test_a_fact_of_another_type_is_not_carried(edition: Edition) -> None:
    other = edition.model_copy(
        update={"facts": tuple(fact.model_copy(update={"type": FactType.DATES}) for fact in edition.facts)}
    )
    assert carried({"store_opened": True}, edition, other) == {}


def facts(packaged: Catalogue, **changed: object) -> Facts:
    """A shop with every criterion met under the edition of 2022, but for the changes."""
    edition = packaged.edition("2022-10-10")
    known = dict(profiles("2022-10-10")[0]["facts"])  # type: ignore[call-overload]
    return parse_facts(edition, {**known, **changed, "on": TODAY.isoformat()}, TODAY)[0]


def test_a_judgement_says_what_the_whole_report_says(packaged: Catalogue) -> None:
    for name in ("2022-10-10", "2026-07-29"):
        edition = packaged.edition(name)
        for profile in profiles(name):
            if "error" in profile or "verdict" not in profile:
                continue
            told, on = parse_facts(edition, profile["facts"], TODAY)  # type: ignore[arg-type]
            report = Assessment(edition, told, on).entry
            assert judgement(edition, told, on) == Judgement(report.verdict, report.standing)


def test_what_decided_the_old_verdict_comes_first(packaged: Catalogue) -> None:
    old, new = packaged.editions
    before, after = reports(facts(packaged, closures=3), old, old, new, TODAY)
    first = shifts(before, after)[0]
    assert (before.verdict, after.verdict) == (Verdict.BARRED, Verdict.UNDETERMINED)
    assert (first.before and first.before.id, first.after) == ("entry.closures", None)


def test_criteria_that_are_fine_under_both_are_no_news(packaged: Catalogue) -> None:
    old, new = packaged.editions
    changed = {
        finding.id
        for shift in shifts(*reports(facts(packaged), old, old, new, TODAY))
        for finding in (shift.before, shift.after)
        if finding
    }
    assert "admission.store" not in changed
    assert "admission.score" in changed
    assert "admission.deposit" in changed


def test_an_edition_shifts_nothing_against_itself(packaged: Catalogue) -> None:
    old = packaged.edition("2022-10-10")
    told = facts(packaged, score="3.4", in_alliance=True)
    before, after = reports(told, old, old, old, TODAY)
    assert shifts(before, after) == ()
    assert before.standing is Standing.CLOSING
    assert Status.UNMET in {finding.status for finding in before.findings}
