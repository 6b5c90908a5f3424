"""The differences between two editions for a merchant: numbers first, then criteria gained and lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from rules.difference import new_criteria
from rules.edition import Edition
from rules.kinds import KINDS
from rules.requirements import Criterion, Line

Choices = tuple[tuple[str, Decimal], ...]
"""The choices for which a number is another one, by their labels."""


@dataclass(frozen=True)
class NumberChange:
    """A number with a label in two editions; None where an edition has none. `spares`: days without a test."""

    label: str
    before: Decimal | None
    after: Decimal | None
    spares: bool = False
    before_by: Choices = ()
    after_by: Choices = ()


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


Numbers = Mapping[str, NumberChange]
"""Numbers, as they are before, by what they are in any edition."""


def lines(edition: Edition) -> Numbers:
    """The platform's lines of the scores."""
    return {line.id: _line(edition, line) for line in edition.lines if not line.own}


def _line(edition: Edition, line: Line) -> NumberChange:
    by = line.limit_by
    options = edition.fact(by.fact).options if by else ()
    other = tuple((option.label, by.limits[option.value]) for option in options if by and option.value in by.limits)
    return NumberChange(line.label, line.limit, None, before_by=other)


def _chances(edition: Edition) -> Numbers:
    if edition.chances is None:
        return {}
    return {"chances": NumberChange(edition.fact(edition.chances.fact).label, Decimal(edition.chances.limit), None)}


def _spans(edition: Edition) -> Iterator[tuple[str, NumberChange]]:
    """The spans of days in criteria, by names common to all editions."""
    for criterion in edition.criteria:
        spared = criterion.exempt.conditions if criterion.exempt else ()
        for condition in (*criterion.applies_when, *spared):
            number = condition.within_days if condition.within_days is not None else condition.fewer_days
            if condition.figure and number is not None:
                yield condition.figure, NumberChange(criterion.label, Decimal(number), None, condition in spared)
        if KINDS[criterion.kind].days_since and criterion.limit is not None:
            yield criterion.figure or criterion.id, NumberChange(criterion.label, criterion.limit, None)


def _changed(old: Numbers, new: Numbers) -> Iterator[NumberChange]:
    for name in dict.fromkeys((*old, *new)):
        before, after = (_number(found.get(name)) for found in (old, new))
        if before != after:
            known = new.get(name) or old[name]
            yield replace(known, before=before[0], before_by=before[1], after=after[0], after_by=after[1])


def _number(known: NumberChange | None) -> tuple[Decimal | None, Choices]:
    return (known.before, known.before_by) if known else (None, ())


def _labels(criteria: tuple[Criterion, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(criterion.label for criterion in criteria))
