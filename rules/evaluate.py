"""The eligibility check: facts × edition → report. Pure; the day is an argument.

Three values throughout: an unknown fact leaves a criterion unknown unless the known facts already settle the criterion.
Numbers are exact decimals, days are whole days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from rules.edition import Edition, Fact
from rules.kinds import KINDS, Because
from rules.lines import limits
from rules.report import Finding, Report, Status, Verdict
from rules.requirements import Criterion, Facts, FactValue, all_hold, first_day_without, later, waits_on


def evaluate(edition: Edition, facts: Facts, on: date) -> Report:
    """The report on this day: a finding for each criterion, the verdict, the missing facts, the first eligible day.

    An unknown fact is not in `facts`; a known absence is None. Scores are points of the edition's scale. The standing
    is left to `rules.assessment`.
    """
    findings = judged(edition, facts, on)
    return Report(
        edition=edition.name,
        on=on,
        verdict=verdict_of(findings),
        findings=findings,
        missing=_missing(edition, findings, facts, on),
        earliest_on=_earliest_on(edition, findings, facts, on),
        standing=None,
    )


def judged(edition: Edition, facts: Facts, on: date) -> tuple[Finding, ...]:
    """A finding for each criterion, in the edition's order."""
    facts = edition.completed(facts, on)
    return tuple(judge(criterion, facts, on) for criterion in edition.criteria)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """The first true verdict of: barred for good, not eligible, undetermined, eligible."""
    found = {(finding.status, finding.final) for finding in findings}
    if (Status.UNMET, True) in found:
        return Verdict.BARRED
    if (Status.UNMET, False) in found:
        return Verdict.NOT_ELIGIBLE
    return Verdict.UNDETERMINED if (Status.UNKNOWN, False) in found else Verdict.ELIGIBLE


def can_be_told(fact: Fact, facts: Facts, on: date) -> bool:
    """Whether no condition of the fact's question is known to be false."""
    return all_hold(fact.asked_if, facts, on) is not False


def _missing(edition: Edition, findings: Sequence[Finding], facts: Facts, on: date) -> tuple[str, ...]:
    """The unknown facts on which the verdict depends: once a criterion is unmet, only facts that may bar for good."""
    is_open = verdict_of(findings) is Verdict.UNDETERMINED
    both = zip(edition.criteria, findings, strict=True)
    turns = (finding for criterion, finding in both if is_open or criterion.final_clause is not None)
    waits = {fact for finding in turns for fact in finding.waits}
    return tuple(fact.id for fact in edition.facts if fact.id in waits and can_be_told(fact, facts, on))


def _earliest_on(edition: Edition, findings: Sequence[Finding], facts: Facts, on: date) -> date | None:
    """The first day on which passing time alone makes the shop eligible, else None, as for an eligible shop."""
    while verdict_of(findings) is Verdict.NOT_ELIGIBLE:
        clears = [finding.clears_on for finding in findings if finding.status is Status.UNMET]
        days = [day for day in clears if day is not None and day > on]
        if len(days) < len(clears):
            return None
        on = max(days)
        findings = judged(edition, facts, on)
        if verdict_of(findings) is Verdict.ELIGIBLE:
            return on
    return None


def judge(criterion: Criterion, facts: Facts, on: date) -> Finding:
    """The finding of the day."""
    applies = all_hold(criterion.applies_when, facts, on)
    if applies is False:
        return _not_applicable(criterion, facts, on)
    test = _flags if KINDS[criterion.kind].several else _value
    tested = test(criterion, facts, on)
    if tested.status is Status.MET:
        return tested
    if applies is None:
        return _open(criterion, waits_on(criterion.applies_when, facts))
    return _unless_exempt(criterion, _lapsing(criterion, tested, facts), facts, on)


def _not_applicable(criterion: Criterion, facts: Facts, on: date) -> Finding:
    failing = next(c.fact for c in criterion.applies_when if c.holds(facts, on) is False)
    return _finding(criterion, Status.EXEMPT, Because.NOT_APPLICABLE, failing, facts[failing])


def _unless_exempt(criterion: Criterion, tested: Finding, facts: Facts, on: date) -> Finding:
    """The finding, unless the exemption holds or may yet hold."""
    if criterion.exempt is None:
        return tested
    conditions = criterion.exempt.conditions
    spared = all_hold(conditions, facts, on)
    if spared:
        fact = conditions[-1].fact
        return _finding(criterion, Status.EXEMPT, Because.EXEMPT, fact, facts[fact])
    if spared is None:
        return _open(criterion, tuple(dict.fromkeys((*tested.waits, *waits_on(conditions, facts)))))
    return tested


def _lapsing(criterion: Criterion, tested: Finding, facts: Facts) -> Finding:
    """The finding; an unmet criterion clears, at the latest, when the criterion ceases to apply."""
    if tested.status is not Status.UNMET:
        return tested
    ends = (first_day_without(criterion.applies_when, facts), tested.clears_on)
    return replace(tested, clears_on=min(filter(None, ends), default=None))


def _open(criterion: Criterion, waits: tuple[str, ...]) -> Finding:
    return _finding(criterion, Status.UNKNOWN, Because.NOT_TOLD, waits[0], waits=waits)


def _flags(criterion: Criterion, facts: Facts, on: date) -> Finding:
    """`holds` and `never`: every fact must be as wanted."""
    kind = KINDS[criterion.kind]
    unknown = tuple(fact for fact in criterion.facts if fact not in facts)
    for fact in criterion.facts:
        if fact in facts and not kind.test(criterion, facts[fact], Decimal(0), on):
            return _finding(criterion, Status.UNMET, kind.unmet, fact, facts[fact])
    if unknown:
        return _open(criterion, unknown)
    return _finding(criterion, Status.MET, kind.met, criterion.facts[0], facts[criterion.facts[0]])


def _value(criterion: Criterion, facts: Facts, on: date) -> Finding:
    """Every other kind: the value of the fact, or of the fallback, against a limit, a day or a list."""
    fact = criterion.facts[0]
    if fact in facts and facts[fact] is None and criterion.fallback is not None:
        fact = criterion.fallback
    if fact not in facts:
        return _open(criterion, (fact,))
    value = facts[fact]
    if value is None or value == ():
        return _nothing(criterion, fact, value)
    return _against(criterion, fact, value, facts, on)


def _nothing(criterion: Criterion, fact: str, value: FactValue) -> Finding:
    """A known absence: a clean record, a lack of what is wanted, or a case on which the text is silent."""
    kind = KINDS[criterion.kind]
    if kind.absence:
        return _finding(criterion, Status.MET, Because.CLEAN, fact, limit=criterion.limit)
    if kind.absence is False:
        return _finding(criterion, Status.UNMET, kind.unmet, fact, value)
    return _finding(criterion, Status.UNKNOWN, Because.TEXT_IS_SILENT, fact, value, limit=criterion.limit)


def _against(criterion: Criterion, fact: str, value: FactValue, facts: Facts, on: date) -> Finding:
    seen = max(value) if isinstance(value, tuple) else value
    kind = KINDS[criterion.kind]
    bounds = limits(criterion, facts)
    passed = {kind.test(criterion, seen, bound, on) for bound in bounds}
    limit = bounds[0]
    if len(passed) > 1 and criterion.limit_by is not None:
        return _open(criterion, (criterion.limit_by.fact,))
    if True in passed:
        return _finding(criterion, Status.MET, kind.met, fact, seen, limit=limit)
    clears_on = later(seen, int(limit) + kind.passes_after) if isinstance(seen, date) else None
    return _finding(criterion, Status.UNMET, kind.unmet, fact, seen, limit=limit, clears_on=clears_on)


def _finding(
    criterion: Criterion,
    status: Status,
    because: Because,
    fact: str,
    seen: FactValue = None,
    *,
    limit: Decimal | None = None,
    clears_on: date | None = None,
    waits: tuple[str, ...] = (),
) -> Finding:
    """The finding with the clause of the criterion, or of the exemption when granted."""
    granted = criterion.exempt if because is Because.EXEMPT else None
    clause = granted.clause if granted else criterion.clause
    final = status is Status.UNMET and criterion.final_clause is not None
    return Finding(criterion.id, status, clause, because, fact, seen, limit, clears_on, final, waits)
