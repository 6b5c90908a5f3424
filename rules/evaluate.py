"""The eligibility check: facts × edition → report. Pure; the day is an argument.

Three values throughout: an unknown fact leaves a criterion unknown unless the known facts already settle it. Numbers
are exact decimals, days are whole days.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from rules.edition import Edition, Fact
from rules.kinds import KINDS, Because
from rules.lines import limits, standing
from rules.report import Finding, Report, Status, Verdict
from rules.requirements import Criterion, Facts, FactValue, all_hold, first_day_without, later, waits_on


@dataclass(frozen=True)
class CriterionResult:
    """What became of a criterion. `waits`: the unknown facts that would settle it."""

    status: Status
    because: Because
    fact: str
    seen: FactValue = None
    limit: Decimal | None = None
    clears_on: date | None = None
    waits: tuple[str, ...] = ()


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


def finding(criterion: Criterion, outcome: CriterionResult) -> Finding:
    """The outcome with its clause: the exemption's own when one is granted."""
    granted = criterion.exempt if outcome.because is Because.EXEMPT else None
    return Finding(
        id=criterion.id,
        status=outcome.status,
        clause=granted.clause if granted else criterion.clause,
        because=outcome.because,
        fact=outcome.fact,
        seen=outcome.seen,
        limit=outcome.limit,
        clears_on=outcome.clears_on,
        final=outcome.status is Status.UNMET and criterion.final_clause is not None,
    )


def judge(criterion: Criterion, facts: Facts, on: date | None) -> CriterionResult:
    """The criterion on this day. `on` None: no day is known, so that what counts days stays unknown."""
    applies = all_hold(criterion.applies_when, facts, on)
    if applies is False:
        return _not_applicable(criterion, facts, on)
    tested = _flags(criterion, facts) if KINDS[criterion.kind].several else _value(criterion, facts, on)
    if tested.status is Status.MET:
        return tested
    if applies is None:
        return _open(criterion.facts[0], waits_on(criterion.applies_when, facts))
    return _unless_exempt(criterion, _lapsing(criterion, tested, facts), facts, on)


def _not_applicable(criterion: Criterion, facts: Facts, on: date | None) -> CriterionResult:
    failing = next(c.fact for c in criterion.applies_when if c.holds(facts, on) is False)
    return CriterionResult(Status.EXEMPT, Because.NOT_APPLICABLE, failing, facts[failing])


def _unless_exempt(criterion: Criterion, tested: CriterionResult, facts: Facts, on: date | None) -> CriterionResult:
    """The outcome, unless the exemption holds or may yet hold."""
    if criterion.exempt is None:
        return tested
    conditions = criterion.exempt.conditions
    spared = all_hold(conditions, facts, on)
    if spared:
        fact = conditions[-1].fact
        return CriterionResult(Status.EXEMPT, Because.EXEMPT, fact, facts[fact])
    if spared is None:
        waits = dict.fromkeys((*tested.waits, *waits_on(conditions, facts)))
        return _open(next(iter(waits), tested.fact), tuple(waits))
    return tested


def _lapsing(criterion: Criterion, tested: CriterionResult, facts: Facts) -> CriterionResult:
    """An unmet outcome clears, at the latest, when the criterion ceases to apply."""
    if tested.status is not Status.UNMET:
        return tested
    ends = (first_day_without(criterion.applies_when, facts), tested.clears_on)
    return replace(tested, clears_on=min(filter(None, ends), default=None))


def _open(fact: str, waits: tuple[str, ...]) -> CriterionResult:
    return CriterionResult(Status.UNKNOWN, Because.NOT_TOLD, waits[0] if waits else fact, waits=waits)


def _flags(criterion: Criterion, facts: Facts) -> CriterionResult:
    """`holds` and `never`: every fact must be the wanted one."""
    kind = KINDS[criterion.kind]
    for fact in criterion.facts:
        if facts.get(fact, kind.wants) is not kind.wants:
            return CriterionResult(Status.UNMET, kind.unmet, fact, facts[fact])
    unknown = tuple(fact for fact in criterion.facts if fact not in facts)
    if unknown:
        return _open(criterion.facts[0], unknown)
    return CriterionResult(Status.MET, kind.met, criterion.facts[0], kind.wants)


def _value(criterion: Criterion, facts: Facts, on: date | None) -> CriterionResult:
    """Every other kind: one value, or the one that stands in for it, against a limit, a day or a list."""
    fact = criterion.facts[0]
    if fact in facts and facts[fact] is None and criterion.fallback is not None:
        fact = criterion.fallback
    if fact not in facts:
        return _open(fact, (fact,))
    value = facts[fact]
    if value is None or value == ():
        return _nothing(criterion, fact, value)
    return _against(criterion, fact, value, facts, on)


def _nothing(criterion: Criterion, fact: str, value: FactValue) -> CriterionResult:
    """A known absence: a clean record, or a case on which the text says nothing."""
    if KINDS[criterion.kind].absence:
        return CriterionResult(Status.MET, Because.CLEAN, fact, None, criterion.limit)
    return CriterionResult(Status.UNKNOWN, Because.TEXT_IS_SILENT, fact, value, criterion.limit)


def _against(criterion: Criterion, fact: str, value: FactValue, facts: Facts, on: date | None) -> CriterionResult:
    seen = max(value) if isinstance(value, tuple) else value
    if on is None and isinstance(seen, date):
        return CriterionResult(Status.UNKNOWN, Because.NOT_TOLD, fact, seen)
    kind = KINDS[criterion.kind]
    bounds = limits(criterion.limit, criterion.limit_by, facts)
    passed = {kind.passes(criterion, seen, bound, on) for bound in bounds}
    limit = bounds[0]
    if len(passed) > 1 and criterion.limit_by is not None:
        return _open(fact, (criterion.limit_by.fact,))
    if True in passed:
        return CriterionResult(Status.MET, kind.met, fact, seen, limit)
    clears_on = later(seen, int(limit) + 1) if isinstance(seen, date) else None
    return CriterionResult(Status.UNMET, kind.unmet, fact, seen, limit, clears_on)
