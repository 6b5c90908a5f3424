"""The difference between two editions, entry by entry, and the effect of the difference on a shop with known facts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rules.assessment import Assessment
from rules.edition import Clause, Edition, Fact
from rules.evaluate import judged, verdict_of
from rules.kinds import FactType
from rules.report import Finding, Report, Standing, Status, Verdict
from rules.requirements import Criterion, Facts, FactValue, Line

GRAVITY = (Status.UNMET, Status.UNKNOWN, None)

Entry = Clause | Criterion | Line | Fact | Decimal


class Part(StrEnum):
    """The part of an edition in which an entry stands."""

    FIGURE = "figure"
    LINE = "line"
    CRITERION = "criterion"
    CLAUSE = "clause"
    FACT = "fact"


@dataclass(frozen=True)
class Change:
    """An entry that differs between two editions. `before` None: a new entry; `after` None: a lost entry."""

    part: Part
    id: str
    before: Entry | None
    after: Entry | None


def differences(old: Edition, new: Edition) -> tuple[Change, ...]:
    """Every entry changed, added or taken out, part by part, in the order of the editions."""
    return tuple(change for part, entries in PARTS.items() for change in _changes(part, entries(old), entries(new)))


def _changes(part: Part, old: Mapping[str, Entry], new: Mapping[str, Entry]) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before != after:
            yield Change(part, name, before, after)


def _by_id(entries: Iterable[Clause | Criterion | Line | Fact]) -> Mapping[str, Entry]:
    return {entry.id: entry for entry in entries}


PARTS: Mapping[Part, Callable[[Edition], Mapping[str, Entry]]] = {
    Part.FIGURE: lambda edition: edition.figures,
    Part.LINE: lambda edition: _by_id(edition.lines),
    Part.CRITERION: lambda edition: _by_id(edition.criteria),
    Part.CLAUSE: lambda edition: _by_id(edition.clauses),
    Part.FACT: lambda edition: _by_id(edition.facts),
}


def shared_facts(old: Edition, new: Edition) -> frozenset[str]:
    """The facts that both editions ask for in the same way, on the same scale."""
    before = {fact.id: fact for fact in old.facts}
    return frozenset(fact.id for fact in new.facts if fact.id in before and _is_same(before[fact.id], fact))


def carried(facts: Facts, old: Edition, new: Edition) -> Facts:
    """The facts told under one edition that mean the same under another; the rest must be asked anew.

    A score is never carried to another scale: no conversion is right.
    """
    if old is new:
        return facts
    shared = shared_facts(old, new)
    return {name: value for name, value in facts.items() if name in shared and _fits(new.fact(name), value)}


def _is_same(before: Fact, after: Fact) -> bool:
    same_bounds = (before.lowest, before.highest, before.future) == (after.lowest, after.highest, after.future)
    return before.type is after.type and same_bounds


def _fits(fact: Fact, value: FactValue) -> bool:
    """Whether the fact can have this value."""
    if value is None:
        return fact.nullable
    return fact.type is not FactType.CHOICE or value in [option.value for option in fact.options]


def new_criteria(old: Edition, new: Edition) -> tuple[Criterion, ...]:
    """The criteria of `new` that `old` has in no form: by no id, no label, not of the same facts."""
    known = {key for criterion in old.criteria for key in _likenesses(criterion)}
    return tuple(criterion for criterion in new.criteria if not known & set(_likenesses(criterion)))


def _likenesses(criterion: Criterion) -> tuple[object, ...]:
    return criterion.id, criterion.label, (criterion.kind, criterion.facts)


@dataclass(frozen=True)
class Judgement:
    """The verdict of an edition on a shop today. `standing`: None when not in, or when nothing can be told."""

    verdict: Verdict
    standing: Standing | None


@dataclass(frozen=True)
class Shift:
    """A criterion in two editions; None where an edition has no criterion of the id."""

    before: Finding | None
    after: Finding | None

    @property
    def was(self) -> Status | None:
        """`UNMET` or `UNKNOWN` when the criterion stood in the way, else None."""
        return _hinders(self.before)

    @property
    def now(self) -> Status | None:
        """`UNMET` or `UNKNOWN` when the criterion stands in the way, else None."""
        return _hinders(self.after)


def judgement(edition: Edition, facts: Facts, on: date) -> Judgement:
    """The verdict and the standing alone: a quarter of the work of a whole report."""
    return Judgement(verdict_of(judged(edition, facts, on)), Assessment(edition, facts, on).standing)


def reports(facts: Facts, told_by: Edition, old: Edition, new: Edition, on: date) -> tuple[Report, Report]:
    """The reports of the day under both editions."""
    before, after = (Assessment(edition, carried(facts, told_by, edition), on).entry for edition in (old, new))
    return before, after


def shifts(before: Report, after: Report) -> tuple[Shift, ...]:
    """The criteria that newly stand in the way, no longer do, or do in another way; the gravest first."""
    was = {finding.id: finding for finding in before.findings}
    now = {finding.id: finding for finding in after.findings}
    found = [Shift(was.get(name), now.get(name)) for name in dict.fromkeys((*now, *was))]
    changed = [shift for shift in found if shift.was is not shift.now]
    return tuple(sorted(changed, key=lambda shift: min(map(GRAVITY.index, (shift.was, shift.now)))))


def _hinders(finding: Finding | None) -> Status | None:
    return finding.status if finding and finding.status in (Status.UNMET, Status.UNKNOWN) else None
