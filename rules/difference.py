"""What differs between two editions, entry by entry; and which facts mean the same in both."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rules.edition import Clause, Edition, Fact
from rules.kinds import FactType
from rules.requirements import Criterion, Facts, FactValue, Line

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
