"""Facts as JSON in scripts, files and kept checks, to and from the values of `rules.requirements`.

FactError (ValueError)    a fact that the edition does not take; the message names the fact, in one line
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rules.catalogue.problems import nearest, shortened
from rules.edition import Edition, Fact
from rules.kinds import FactType
from rules.requirements import Facts, FactValue

DAY = "on"
"""The key beside the facts that gives the day of the check."""

LONGEST_NAME = 64

PLAIN_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class FactError(ValueError):
    """A fact that cannot be taken, named in a single line. `fact` is the name."""

    def __init__(self, fact: str, wrong: str) -> None:
        self.fact = fact
        super().__init__(f"{fact}: {wrong}")


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of an edition's score: bounds in points, both allowed, and how many decimals a score may have."""

    lowest: Decimal
    highest: Decimal
    decimals: int

    @classmethod
    def of(cls, fact: Fact) -> "Scale":
        """The scale of a score fact. Raises ValueError without bounds, or for a scale finer than hundredths."""
        if fact.lowest is None or fact.highest is None or fact.decimals > 2:
            raise ValueError(f"{fact.id} has no scale of at most two decimals")
        return cls(fact.lowest, fact.highest, fact.decimals)


def parse_facts(edition: Edition, raw: Mapping[str, object], default_on: date) -> tuple[Facts, date]:
    """The facts and the day of the check; `default_on` stands in when `raw` has no "on".

    Raises FactError for an unknown name, a wrong type, a score off the edition's scale, a day after the check. Numbers
    may be text, int, Decimal or float; a float counts as the shortest decimal that prints the same.
    """
    on = day_of(raw, default_on)
    known = {fact.id: fact for fact in edition.facts}
    for name in sorted(raw.keys() - known.keys() - {DAY}):
        shown = name if name.isidentifier() and len(name) <= LONGEST_NAME else shortened(name)
        raise FactError(shown, f"unknown fact; {nearest(name, [*known, DAY])}")
    return {name: parse_fact(edition, known[name], raw[name], on) for name in known if name in raw}, on


def day_of(raw: Mapping[str, object], default_on: date) -> date:
    """The day of the check. Raises FactError."""
    return _day(DAY, raw[DAY]) if DAY in raw else default_on


def left_aside(edition: Edition, others: Iterable[Edition], raw: Mapping[str, object], on: date) -> tuple[str, ...]:
    """The names that only another edition asks for: the same facts go under every edition.

    Raises FactError for a value that the other edition would refuse; an unknown name is for `parse_facts`.
    """
    own = {fact.id for fact in edition.facts}
    asked = {fact.id: (other, fact) for other in others for fact in other.facts if fact.id not in own}
    found = tuple(name for name in raw if name in asked)
    for name in found:
        other, fact = asked[name]
        parse_fact(other, fact, raw[name], on)
    return found


def parse_fact(edition: Edition, fact: Fact, raw: object, on: date) -> FactValue:
    """The fact's value. Raises FactError."""
    if raw is None:
        if fact.nullable:
            return None
        raise FactError(fact.id, "null says that there is none, which cannot be; leave an unknown fact out")
    value = READERS[fact.type](fact, raw)
    _check_scale(edition, fact, value)
    _check_days(fact, value, on)
    return value


def as_json(value: FactValue) -> object:
    """The value as JSON for `parse_fact`: exact numbers as text, days as ISO."""
    if isinstance(value, tuple):
        return [day.isoformat() for day in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def from_json(raw: Any) -> FactValue:
    """The value of `as_json`, but for scores, which are kept with their scale: text of a day is a day, of a number a
    rate."""
    if isinstance(raw, list):
        return tuple(date.fromisoformat(day) for day in raw)
    if isinstance(raw, str) and ISO_DAY.fullmatch(raw):
        return date.fromisoformat(raw)
    if isinstance(raw, str) and PLAIN_NUMBER.fullmatch(raw):
        return Decimal(raw)
    return raw if raw is None or isinstance(raw, bool | int | str) else None


def _boolean(fact: Fact, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise FactError(fact.id, f"wants true or false, got {shortened(raw)}")


def _integer(fact: Fact, raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise FactError(fact.id, f"wants a whole number, got {shortened(raw)}")


def _score(fact: Fact, raw: object) -> Decimal:
    text = raw if isinstance(raw, str) else str(raw)
    if isinstance(raw, str | int | float | Decimal) and PLAIN_NUMBER.fullmatch(text):
        return Decimal(text)
    none = ", or null for none" if fact.nullable else ""
    raise FactError(fact.id, f"wants a decimal number{none}, got {shortened(raw)}")


def _choice(fact: Fact, raw: object) -> str:
    values = [option.value for option in fact.options]
    if isinstance(raw, str) and raw in values:
        return raw
    raise FactError(fact.id, f"wants one of {', '.join(values)}, got {shortened(raw)}")


def _dates(fact: Fact, raw: object) -> tuple[date, ...]:
    if isinstance(raw, list | tuple):
        return tuple(sorted(_day(fact.id, day) for day in raw))
    raise FactError(fact.id, f"wants a list of days, [] for none, got {shortened(raw)}")


def _day(name: str, raw: object) -> date:
    try:
        if isinstance(raw, str) and ISO_DAY.fullmatch(raw):
            return date.fromisoformat(raw)
    except ValueError:
        pass
    raise FactError(name, f"wants a day such as 2022-10-10, got {shortened(raw)}")


def _check_scale(edition: Edition, fact: Fact, value: FactValue) -> None:
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or fact.is_on_scale(Decimal(value)):
        return
    bounds = f"{fact.lowest} to {fact.highest}" if fact.highest is not None else f"{fact.lowest} or more"
    scale = f"the scale of edition {edition.name} ({edition.scale_name}: {bounds})"
    off = f"is off {scale}" if fact.type is FactType.SCORE else f"is not {bounds}"
    raise FactError(fact.id, f"{shortened(value)} {off}")


def _check_days(fact: Fact, value: FactValue, on: date) -> None:
    days = value if isinstance(value, tuple) else (value,)
    late = [day for day in days if isinstance(day, date) and day > on]
    if late and not fact.future:
        raise FactError(fact.id, f"{max(late)} is in the future: it is after the day of the check, {on}")


READERS: Mapping[FactType, Callable[[Fact, object], FactValue]] = {
    FactType.BOOLEAN: _boolean,
    FactType.INTEGER: _integer,
    FactType.SCORE: _score,
    FactType.RATE: _score,
    FactType.CHOICE: _choice,
    FactType.DATE: lambda fact, raw: _day(fact.id, raw),
    FactType.DATES: _dates,
}
