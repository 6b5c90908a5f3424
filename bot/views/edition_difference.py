"""The differences between two editions for a merchant: numbers first, then criteria gained and lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from rules.difference import new_criteria
from rules.edition import Edition
from rules.kinds import KINDS
from rules.requirements import Criterion, Line

Choices = tuple[tuple[str, Decimal], ...]
"""The choices for which a number is another one, by their labels."""


class Number(NamedTuple):
    """A number of an edition. `by`: the value for each choice with another value. `spares`: days without a test."""

    label: str
    value: Decimal
    by: Choices = ()
    spares: bool = False


class NumberChange(NamedTuple):
    """A number in two editions; None where an edition has none."""

    before: Number | None
    after: Number | None


@dataclass(frozen=True)
class Changes:
    """`lines` of the scores, the bot's own left out. `chances`: None when equal. `days`: spans of days.

    `gained`, `lost`: the labels of criteria.
    """

    old: Edition
    new: Edition
    lines: tuple[NumberChange, ...]
    chances: NumberChange | None
    days: tuple[NumberChange, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def other_scale(self) -> bool:
        """Whether scores of the two can't be compared."""
        return self.old.scale_name != self.new.scale_name


def compared(old: Edition, new: Edition) -> Changes:
    """The differences, seen from `old` to `new`."""
    chances = tuple(_changed(_chances(old), _chances(new)))
    return Changes(
        old,
        new,
        lines=tuple(_changed(lines(old), lines(new))),
        chances=chances[0] if chances else None,
        days=tuple(_changed(dict(_spans(old)), dict(_spans(new)))),
        gained=_labels(new_criteria(old, new)),
        lost=_labels(new_criteria(new, old)),
    )


Numbers = Mapping[str, Number]
"""The numbers of an edition, by names common to all editions."""


def lines(edition: Edition) -> Numbers:
    """The platform's lines of the scores."""
    return {line.id: _line(edition, line) for line in edition.lines if not line.own}


def _line(edition: Edition, line: Line) -> Number:
    """The line's limit, and by choice: each option with another limit, or all for which the line is."""
    own = line.limit_by.limits if line.limit_by else {}
    fact = line.limit_by.fact if line.limit_by else ""
    kinds = {value for condition in line.applies_when if condition.fact == fact for value in condition.among or ()}
    options = edition.fact(fact).options if fact else ()
    by = tuple((one.label, own.get(one.value, line.limit)) for one in options if one.value in own or one.value in kinds)
    return Number(line.label, line.limit, by)


def _chances(edition: Edition) -> Numbers:
    if edition.chances is None:
        return {}
    return {"chances": Number(edition.fact(edition.chances.fact).label, Decimal(edition.chances.limit))}


def _spans(edition: Edition) -> Iterator[tuple[str, Number]]:
    """The spans of days in criteria."""
    for criterion in edition.criteria:
        spared = criterion.exempt.conditions if criterion.exempt else ()
        for condition in (*criterion.applies_when, *spared):
            number = condition.within_days if condition.within_days is not None else condition.fewer_days
            if condition.figure and number is not None:
                yield condition.figure, Number(criterion.label, Decimal(number), spares=condition in spared)
        if KINDS[criterion.kind].days_since and criterion.limit is not None:
            yield criterion.figure or criterion.id, Number(criterion.label, criterion.limit)


def _changed(old: Numbers, new: Numbers) -> Iterator[NumberChange]:
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before is None or after is None or (before.value, before.by) != (after.value, after.by):
            yield NumberChange(before, after)


def _labels(criteria: tuple[Criterion, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(criterion.label for criterion in criteria))
