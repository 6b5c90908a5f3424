"""The eligibility check: facts × edition → report. Pure; the day is an argument."""

from collections.abc import Iterator, Mapping
from datetime import date

from rules.criteria import CriterionResult, finding, judge
from rules.edition import Edition, Fact
from rules.lines import standing
from rules.report import Report, Status, Verdict
from rules.requirements import Criterion, Facts, all_hold

Outcomes = Mapping[str, CriterionResult]


def evaluate(edition: Edition, facts: Facts, on: date) -> Report:
    """The report on this day: each criterion with reason and clause, the verdict, what is missing, what time mends.

    An unknown fact is not in `facts`; a known absence is None. Scores are points of the edition's scale.
    """
    outcomes = judged(edition, facts, on)
    verdict = verdict_of(edition, outcomes)
    return Report(
        edition=edition.name,
        on=on,
        verdict=verdict,
        findings=tuple(finding(criterion, outcomes[criterion.id]) for criterion in edition.criteria),
        missing=tuple(fact.id for fact in missing(edition, outcomes, facts, on)),
        earliest_on=earliest_on(edition, facts, outcomes, on),
        standing=standing(edition, facts, on),
    )


def judged(edition: Edition, facts: Facts, on: date | None) -> Outcomes:
    """What became of each criterion, by its id."""
    return {criterion.id: judge(criterion, facts, on) for criterion in edition.criteria}


def verdict_of(edition: Edition, outcomes: Outcomes) -> Verdict:
    """The first that applies of: barred for good, not eligible, undetermined, eligible."""
    statuses = {outcome.status for outcome in outcomes.values()}
    if any(is_final(criterion, outcomes) for criterion in edition.criteria):
        return Verdict.BARRED
    if Status.UNMET in statuses:
        return Verdict.NOT_ELIGIBLE
    return Verdict.UNDETERMINED if Status.UNKNOWN in statuses else Verdict.ELIGIBLE


def is_final(criterion: Criterion, outcomes: Outcomes) -> bool:
    """Whether this criterion is unmet for good."""
    return criterion.final_clause is not None and outcomes[criterion.id].status is Status.UNMET


def missing(edition: Edition, outcomes: Outcomes, facts: Facts, on: date) -> tuple[Fact, ...]:
    """The unknown facts that the verdict turns on: once something is unmet, only what may bar for good."""
    verdict = verdict_of(edition, outcomes)
    turns = (c for c in edition.criteria if verdict is Verdict.UNDETERMINED or c.final_clause is not None)
    waits = {fact for criterion in turns for fact in outcomes[criterion.id].waits}
    return tuple(fact for fact in edition.facts if fact.id in waits and can_be_told(fact, facts, on))


def can_be_told(fact: Fact, facts: Facts, on: date | None) -> bool:
    """Whether what the question presupposes is not known to be false."""
    return all_hold(fact.asked_if, facts, on) is not False


def earliest_on(edition: Edition, facts: Facts, outcomes: Outcomes, on: date) -> date | None:
    """The first day on which passing time alone makes the shop eligible, None if it never does or already is."""
    for day in _candidates(edition, facts, outcomes, on):
        then = judged(edition, facts, day)
        if verdict_of(edition, then) is Verdict.ELIGIBLE:
            return day
    return None


def _candidates(edition: Edition, facts: Facts, outcomes: Outcomes, on: date) -> Iterator[date]:
    """The days on which all that is unmet has cleared; what else has changed by then is for the caller to judge."""
    while verdict_of(edition, outcomes) is Verdict.NOT_ELIGIBLE:
        clears = [outcome.clears_on for outcome in outcomes.values() if outcome.status is Status.UNMET]
        days = [day for day in clears if day is not None and day > on]
        if len(days) < len(clears):
            return
        on = max(days)
        yield on
        outcomes = judged(edition, facts, on)
