"""What a new edition does to a shop whose facts were told under an old one."""

from datetime import date
from decimal import Decimal

from rules.edition import Catalogue
from rules.evaluate import evaluate
from rules.facts import parse_facts
from rules.report import Standing, Status, Verdict
from rules.requirements import Facts
from rules.transition import Judgement, judgement, reports, shifts, under
from tests.rules.profiles import profiles

TODAY = date(2022, 12, 1)


def facts(packaged: Catalogue, **changed: object) -> Facts:
    """A shop that meets everything under the edition of 2022, but for what is changed."""
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
            report = evaluate(edition, told, on)
            assert judgement(edition, told, on) == Judgement(report.verdict, report.standing)


def test_facts_of_another_scale_are_left_out(packaged: Catalogue) -> None:
    old, new = packaged.editions
    told = facts(packaged, score="4.5")
    assert "score" not in under(told, old, new)
    assert under(told, old, old) is told


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
    assert told["score"] == Decimal("3.4")
