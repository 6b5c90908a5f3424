"""What differs between two editions, entry by entry, and what the difference does to a shop whose facts are known."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rules.edition import Clause, Edition, Fact
from rules.evaluate import evaluate, judged, verdict_of
from rules.kinds import FactType
from rules.lines import standing
from rules.report import Finding, Report, Standing, Status, Verdict
from rules.requirements import Criterion, Facts, FactValue, Line

GRAVITY = (Status.UNMET, Status.UNKNOWN, None)

Entry = Clause | Criterion | Line | Fact | Decimal


class Part(StrEnum):
    """The part of an edition that an entry belongs to."""

    FIGURE = "figure"
    LINE = "line"
    CRITERION = "criterion"
    CLAUSE = "clause"
    FACT = "fact"


@dataclass(frozen=True)
class Change:
    """An entry of two editions that is not the same in both. `before` None: it is new; `after` None: it is gone."""

    part: Part
    id: str
    before: Entry | None
    after: Entry | None


def differences(old: Edition, new: Edition) -> tuple[Change, ...]:
    """Every entry that was changed, added or taken out, part by part, in the order of the editions."""
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

    A score of another scale is never carried: there is no way to convert it.
    """
    if old is new:
        return facts
    shared = shared_facts(old, new)
    return {name: value for name, value in facts.items() if name in shared and _fits(new.fact(name), value)}


def _is_same(before: Fact, after: Fact) -> bool:
    same_bounds = (before.lowest, before.highest, before.future) == (after.lowest, after.highest, after.future)
    return before.type is after.type and same_bounds


def _fits(fact: Fact, value: FactValue) -> bool:
    """Whether the value is one of this fact's."""
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
    """What an edition says of a shop today. `standing`: None when it is not in, or cannot be told."""

    verdict: Verdict
    standing: Standing | None


@dataclass(frozen=True)
class Shift:
    """One criterion in two editions; None where the edition has none of this id."""

    before: Finding | None
    after: Finding | None

    @property
    def was(self) -> Status | None:
        """In which way it stood in the way; None if it did not."""
        return _hinders(self.before)

    @property
    def now(self) -> Status | None:
        """In which way it stands in the way; None if it does not."""
        return _hinders(self.after)


def judgement(edition: Edition, facts: Facts, on: date) -> Judgement:
    """The verdict and the standing alone: a quarter of the work of a whole report."""
    return Judgement(verdict_of(judged(edition, facts, on)), standing(edition, facts, on))


def reports(facts: Facts, told_by: Edition, old: Edition, new: Edition, on: date) -> tuple[Report, Report]:
    """The reports of one day under both editions."""
    before, after = (evaluate(edition, carried(facts, told_by, edition), on) for edition in (old, new))
    return before, after


def shifts(before: Report, after: Report) -> tuple[Shift, ...]:
    """The criteria that stand in the way now and did not, or did and do not, or in another way; the gravest first."""
    was = {finding.id: finding for finding in before.findings}
    now = {finding.id: finding for finding in after.findings}
    found = [Shift(was.get(name), now.get(name)) for name in dict.fromkeys((*now, *was))]
    changed = [shift for shift in found if shift.was is not shift.now]
    return tuple(sorted(changed, key=lambda shift: min(map(GRAVITY.index, (shift.was, shift.now)))))


def _hinders(finding: Finding | None) -> Status | None:
    return finding.status if finding and finding.status in (Status.UNMET, Status.UNKNOWN) else None
