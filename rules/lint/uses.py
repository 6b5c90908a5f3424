"""The numbers that an edition applies, each with the clause that has to say it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from rules.catalogue.draft import Draft, Entry
from rules.edition import Fact
from rules.kinds import KINDS, Kind
from rules.lint.written_numbers import UNITS
from rules.requirements import Condition, Criterion, Line, limits_by_choice

_TAKES_IN = (Kind.ABOVE, Kind.AT_MOST, Kind.OLDER_THAN_DAYS, Kind.NONE_WITHIN_DAYS)
"""The kinds that part the limit itself from what is higher; the others part it from what is lower."""
_COUNT_OF_DAYS = (Kind.OLDER_THAN_DAYS, Kind.FOR_DAYS)
"""The kinds for which 满 60 天 may be either day, as the first day is counted or not."""


@dataclass(frozen=True)
class Use:
    """A number applied by an entry to a fact.

    `takes_in`: the number itself goes with what is lower (不超过 3), else with what is higher (少于 3). `step`: from a
    number to the next. `choices`: the only options of a choice for which it is applied, () for all.
    """

    entry: Entry | str
    what: str
    value: Decimal
    clause: str
    fact: Fact | None
    takes_in: bool = False
    step: Decimal = Decimal(1)
    in_days: bool = False
    is_loose: bool = False
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def unit(self) -> str:
        """The unit of the number, "" for none that is told apart from others in a text."""
        return "天" if self.in_days else UNITS.get(self.fact.unit if self.fact else "", "")


def uses(draft: Draft) -> Iterator[Use]:
    """The number of each limit and condition of the draft."""
    facts = {fact.id: fact for fact in draft.facts}
    for criterion in (*draft.criteria, *draft.product_criteria):
        fact = facts.get(criterion.facts[0]) if criterion.facts else None
        for clause in dict.fromkeys((criterion.clause, criterion.final_clause)):
            yield from _limits(criterion, clause, fact)
        yield from _conditions(criterion, criterion.applies_when, criterion.clause, facts)
        if criterion.exempt:
            yield from _conditions(criterion, criterion.exempt.conditions, criterion.exempt.clause, facts)
    for line in draft.lines:
        if not line.own:
            yield from _limits(line, line.clause, facts.get(line.fact))
            yield from _conditions(line, (*line.applies_when, *line.also_if), line.clause, facts)
    if draft.chances:
        limit, fact = Decimal(draft.chances.limit), facts.get(draft.chances.fact)
        yield Use("chances", f"limit {limit}", limit, draft.chances.clause, fact)


def _limits(entry: Criterion | Line, clause: str | None, fact: Fact | None) -> Iterator[Use]:
    name = entry.kind if isinstance(entry, Criterion) else None
    if clause is None or entry.limit is None or (name and not KINDS[name].limited):
        return
    own = limits_by_choice(entry)
    for choice, limit in (("", entry.limit), *own.items()):
        yield Use(
            entry,
            f'limit {limit} for "{choice}"' if choice else f"limit {limit}",
            limit,
            clause,
            fact,
            takes_in=name in _TAKES_IN,
            step=fact.step if fact else Decimal(1),
            in_days=name is not None and KINDS[name].days_since is not None,
            is_loose=name in _COUNT_OF_DAYS,
            choices=tuple(_choices(entry, choice, own)),
        )


def _choices(entry: Criterion | Line, choice: str, own: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Fact and option of each choice that the limit is for."""
    if choice and entry.limit_by:
        yield entry.limit_by.fact, choice
    elif not choice:
        for condition in entry.applies_when:
            yield from ((condition.fact, option) for option in condition.among or () if option not in set(own))


def _conditions(entry: Entry, conditions: Iterable[Condition], clause: str, facts: dict[str, Fact]) -> Iterator[Use]:
    for condition in conditions:
        if (number := condition.number) is None:
            continue
        in_days = condition.days is not None
        what = f"limit of {number}{' days' * in_days}"
        takes_in = condition.fewer_days is None
        yield Use(entry, what, number, clause, facts.get(condition.fact), takes_in=takes_in, in_days=in_days)
