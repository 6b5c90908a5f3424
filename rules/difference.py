"""What differs between two editions, entry by entry; and which facts mean the same in both."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rules.model import Clause, Criterion, Edition, Fact, Facts, FactType, FactValue, Line

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


def carried(facts: Facts, old: Edition, new: Edition) -> Facts:
    """The facts told under one edition that mean the same under another; the rest must be asked anew.

    A score of another scale is never carried: there is no way to convert it.
    """
    before = {fact.id: fact for fact in old.facts}
    after = {fact.id: fact for fact in new.facts}
    return {
        name: value
        for name, value in facts.items()
        if name in before and name in after and _means_the_same(before[name], after[name], value)
    }


def _means_the_same(before: Fact, after: Fact, value: FactValue) -> bool:
    """Whether a value of one fact is a value of the other, on the same scale."""
    if before.type is not after.type or (value is None and not after.nullable):
        return False
    if after.type is FactType.CHOICE:
        return value in [option.value for option in after.options]
    return (before.lowest, before.highest, before.future) == (after.lowest, after.highest, after.future)
