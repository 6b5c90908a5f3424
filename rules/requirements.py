"""An edition's demands on the facts of a shop: conditions, criteria, lines, and the number of chances.

A claim about facts has three values: True, False, and None for "not known".
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from rules.kinds import Kind

FactValue = bool | int | Decimal | date | str | tuple[date, ...] | None
"""A known fact. `None` is a known absence ("the shop has no score"); an unknown fact is not in the mapping."""

Facts = Mapping[str, FactValue]

IN_ALLIANCE = "in_alliance"
"""The fact of every edition that tells whether a shop has the access now."""


class Frozen(BaseModel):
    """An immutable value; an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _exact(value: object) -> object:
    """Refuse a binary float where an exact decimal is wanted: 3.8 in TOML is written "3.8"."""
    if isinstance(value, float):
        raise ValueError(f'write the number as text, "{value}", so that it stays exact')
    return value


Exact = Annotated[Decimal, BeforeValidator(_exact)]
Table = Annotated[Mapping[str, Exact], AfterValidator(lambda table: MappingProxyType(dict(table)))]
"""A frozen mapping from a choice to a number."""
Texts = Annotated[Mapping[str, str], AfterValidator(lambda table: MappingProxyType(dict(table)))]
"""A frozen mapping from a name to a text."""


class Condition(Frozen):
    """A claim about a fact, with exactly one test.

    `equals`: yes or no. `among`: a choice of these. `absent`: there is known to be none. `above`: a count or a rate
    strictly above the number. `within_days`: the fact is a day no more than so many days before the day of the check.
    `fewer_days`: strictly fewer. `figure`: the name of the number in texts of the edition.
    """

    fact: str
    equals: bool | None = None
    among: tuple[str, ...] | None = None
    absent: bool | None = None
    above: Exact | None = None
    within_days: int | None = Field(default=None, ge=0)
    fewer_days: int | None = Field(default=None, ge=1)
    figure: str = ""

    def holds(self, facts: Facts, on: date) -> bool | None:
        """Whether the claim is true on this day; None while the fact is unknown."""
        if self.fact not in facts:
            return None
        return self._of(facts[self.fact], on)

    def _of(self, value: FactValue, on: date) -> bool:
        if self.absent is not None:
            return (value is None) is self.absent
        if self.equals is not None:
            return value is self.equals
        if self.among is not None:
            return value in self.among
        if self.above is not None:
            return isinstance(value, int | Decimal) and value > self.above
        return isinstance(value, date) and on <= self.last_day(value)

    @property
    def days(self) -> int | None:
        """The number of days that the claim counts; None when it counts none."""
        return self.within_days if self.within_days is not None else self.fewer_days

    @property
    def number(self) -> Decimal | None:
        """The number that the claim compares with, of days or of what is counted; None for none."""
        return self.above if self.above is not None or self.days is None else Decimal(self.days)

    def last_day(self, day: date) -> date:
        """The last day on which a claim that counts days from `day` is true."""
        return later(day, self.within_days if self.within_days is not None else (self.fewer_days or 0) - 1)


def all_hold(conditions: Iterable[Condition], facts: Facts, on: date) -> bool | None:
    """False as soon as a condition is false, None when any is unknown, else True."""
    found = [condition.holds(facts, on) for condition in conditions]
    if False in found:
        return False
    return None if None in found else True


def waits_on(conditions: Iterable[Condition], facts: Facts) -> tuple[str, ...]:
    """The first unknown fact of the conditions, alone: once told, the others may not matter any more."""
    unknown = (condition.fact for condition in conditions if condition.fact not in facts)
    return tuple(unknown)[:1]


def first_day_without(conditions: Iterable[Condition], facts: Facts) -> date | None:
    """The first day on which a condition that counts days is true no more; None when no day ends any."""
    counted = ((c, facts.get(c.fact)) for c in conditions if c.within_days is not None or c.fewer_days is not None)
    return min((later(c.last_day(day), 1) for c, day in counted if isinstance(day, date)), default=None)


def later(day: date, days: int) -> date:
    """So many days later, or the calendar's last day."""
    return day + timedelta(min(days, (date.max - day).days))


class LimitBy(Frozen):
    """Limits by choice; an unlisted choice keeps the general limit."""

    fact: str
    limits: Table


class Exemption(Frozen):
    """When all conditions hold, the criterion is not assessed, by `clause`."""

    clause: str
    conditions: tuple[Condition, ...]


class Criterion(Frozen):
    """A test of admission.

    `facts`: the facts tested (`holds` and `never` take several, other kinds a single fact). `limit`: points, a count or
    days, by kind. `fallback`: the fact that counts when the first is known to be absent. `applies_when`: otherwise the
    shop is exempt. `final_clause`: the clause that makes "unmet" final (barred for good). `clearing_clause`: the clause
    by which a shop in the alliance that does not meet it any more is cleared.
    """

    id: str
    kind: Kind
    clause: str
    label: str
    facts: tuple[str, ...]
    limit: Exact | None = None
    limit_by: LimitBy | None = None
    values: tuple[str, ...] = ()
    fallback: str | None = None
    applies_when: tuple[Condition, ...] = ()
    exempt: Exemption | None = None
    final_clause: str | None = None
    clearing_clause: str | None = None
    mend: str = ""
    figure: str = ""


class Effect(StrEnum):
    """The effect of falling below a line, from the mildest to the gravest."""

    NO_ENTRY = "no_entry"
    EARLY = "early"
    WARNING = "warning"
    CLOSING = "closing"


class Line(Frozen):
    """A level of a score: strictly below `limit`, `effect` follows.

    `own`: a line of the bot's, not of the platform. `also_if`: the effect follows too when all conditions hold.
    `applies_when`: the line is only for shops of which all conditions hold; an untold condition leaves it open.
    """

    id: str
    fact: str
    limit: Exact
    limit_by: LimitBy | None = None
    effect: Effect
    clause: str
    label: str
    own: bool = False
    applies_when: tuple[Condition, ...] = ()
    also_if: tuple[Condition, ...] = ()


def limits_by_choice(entry: Criterion | Line) -> Mapping[str, Decimal]:
    """The limit of each choice that differs from the general limit; empty when none does."""
    return entry.limit_by.limits if entry.limit_by else {}


class Chances(Frozen):
    """After `limit` closings by the system the access never comes back. `clause` says so."""

    limit: int = Field(ge=1)
    fact: str
    clause: str


def is_barred(chances: Chances | None, closures: int | None) -> bool:
    """Whether the system has closed the access so often that the access never comes back."""
    return chances is not None and closures is not None and closures >= chances.limit


def next_chance(chances: Chances | None, closures: int | None) -> int | None:
    """The number of the next opening: 2 after one closing. None when unknown, not limited, or used up."""
    if chances is None or closures is None or is_barred(chances, closures):
        return None
    return closures + 1
