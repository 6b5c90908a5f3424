"""The numbers that an edition's texts may name, derived from its entries: nobody writes a number twice."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from rules.requirements import Chances, Criterion, LimitBy, Line

Named = tuple[str, Decimal]


def figures(criteria: Iterable[Criterion], lines: Iterable[Line], chances: Chances | None) -> Mapping[str, Decimal]:
    """Each number by its name: the ids of the lines, the `figure` of criteria and conditions, and `chances`.

    A limit that depends on a choice adds a figure for each choice: `closing_seafood`. A number keeps the form in which
    the edition writes it: "4.0" stays 4.0.
    """
    return MappingProxyType(dict(named(criteria, lines, chances)))


def named(criteria: Iterable[Criterion], lines: Iterable[Line], chances: Chances | None) -> Iterator[Named]:
    """The names and numbers as they come; a name may come twice with the same number."""
    for line in lines:
        yield from limits(line.id, line.limit, line.limit_by)
    for criterion in criteria:
        if criterion.figure and criterion.limit is not None:
            yield from limits(criterion.figure, criterion.limit, criterion.limit_by)
        yield from days(criterion)
    if chances is not None:
        yield "chances", Decimal(chances.limit)


def limits(name: str, limit: Decimal, limit_by: LimitBy | None) -> Iterator[Named]:
    """A limit under its name, and what it is for each choice on which it depends."""
    yield name, limit
    for choice, own in limit_by.limits.items() if limit_by else ():
        yield f"{name}_{choice}", own


def days(criterion: Criterion) -> Iterator[Named]:
    """The numbers of days in a criterion's conditions that have a name."""
    exempt = criterion.exempt.conditions if criterion.exempt else ()
    for condition in (*criterion.applies_when, *exempt):
        number = condition.within_days if condition.within_days is not None else condition.fewer_days
        if condition.figure and number is not None:
            yield condition.figure, Decimal(number)
