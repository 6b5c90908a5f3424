"""What a question tells, laid over a case: the shop at its worst and at its best, as far as told.

"Below 4" or "within 60 days" leaves the value open: a judgement that is the same at both ends is certain.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from rules import days
from rules.assessment import Assessment, assess
from rules.case import Case, Known
from rules.edition import Edition, Fact
from rules.kinds import FactType
from rules.requirements import FactValue
from rules.said import Said, Told
from rules.side import Side
from rules.sources import Source

LONG_AGO_DAYS = 36500
OF_MONTHS = ("月前", "年前", "半前")
ROUGHLY = timedelta(15)
"""How much more than half a month a span told in months or years may be off, either way."""
CHANCES = ("chances_left", "chances_used_up")
Ends = tuple[FactValue, FactValue]
"""The worst and the best value of a fact for the shop."""


@dataclass(frozen=True)
class ToldCase:
    """The case of the chat with what the question tells laid over it. `on`: the day given, else the merchant's day."""

    edition: Edition
    case: Case
    said: Said
    today: date

    @cached_property
    def on(self) -> date:
        """The day for which is judged."""
        given = next((one.day for one in self.said.told if one.fact == "today"), "")
        span = _read(given, self.today) if given else None
        return span.first if span else self.today

    @cached_property
    def ends(self) -> Mapping[str, Ends]:
        """The told facts of the edition, each with the worst and the best value."""
        return dict(self._told())

    @cached_property
    def scored(self) -> tuple[str, ...]:
        """The scores spoken of that are a number and have lines, in the edition's order."""
        lined = {line.fact for line in self.edition.lines}
        known = (fact.id for fact in self.edition.scores if fact.id in self.spoken & lined)
        return tuple(fact for fact in known if self.worst.facts.get(fact) is not None)

    @cached_property
    def spoken(self) -> frozenset[str]:
        """The facts told; where no more than choices is told of the own shop, also the facts known of it."""
        chosen = all(self.edition.fact(name).type is FactType.CHOICE for name in self.ends)
        return frozenset(self.worst.facts if self.said.own and chosen else self.ends)

    def known_on(self, fact: str) -> date | None:
        """The day of a value that was not told in the question but before; None for a told one."""
        known = self.case.known.get(fact)
        return known.on if known and fact not in self.ends and fact in self.worst.facts else None

    @cached_property
    def supposed(self) -> frozenset[str]:
        """The facts that the question makes up."""
        return frozenset(one.fact for one in self.said.told if one.is_supposed)

    @cached_property
    def worst(self) -> Assessment:
        """The judgement of the shop at its worst."""
        return self._assessed(0)

    @cached_property
    def best(self) -> Assessment:
        """The judgement of the shop at its best."""
        return self._assessed(1)

    def told(self, fact: str) -> Told | None:
        """What was told of the fact: the made-up value before the one of now; None when nothing was told."""
        found = sorted(self._of(fact), key=lambda one: not one.is_supposed)
        return found[0] if found else None

    def _counts_chances(self, fact: str) -> bool:
        return self.edition.chances is not None and fact == self.edition.chances.fact

    def _of(self, fact: str) -> tuple[Told, ...]:
        return self.said.of(fact, *(CHANCES if self._counts_chances(fact) else ()))

    def _assessed(self, end: int) -> Assessment:
        scales = {fact.id: fact.scale for fact in self.edition.scores}
        more = {
            name: Known(both[end], self.on, Source.MERCHANT, scale=scales.get(name, ""))
            for name, both in self.ends.items()
        }
        return assess(self.edition, self.case.with_known(more), self.on)

    def _told(self) -> Iterator[tuple[str, Ends]]:
        for fact in self.edition.facts:
            told = self.told(fact.id)
            if told and (both := self._both(fact, told)) is not None:
                yield fact.id, both

    def _both(self, fact: Fact, told: Told) -> Ends | None:
        match fact.type:
            case FactType.SCORE:
                return _score(fact, told) if self._is_likely(fact, told) else None
            case FactType.RATE:
                return _rate(fact, told)
            case FactType.INTEGER:
                return self._count(told) if self._counts_chances(fact.id) else _number(told)
            case FactType.DATE | FactType.DATES:
                return self._days(fact, told)
            case FactType.CHOICE:
                both = (told.choice, told.other or told.choice)
                return both if {option.value for option in fact.options}.issuperset(both) else None
        return None if told.holds is None else (told.holds, told.holds)

    def _is_likely(self, fact: Fact, told: Told) -> bool:
        """Whether the number may be said of this edition's scale: 4.3 is no score of 100 points."""
        is_main = fact.id == self.edition.main_score.id
        return told.number is None or not is_main or self.edition.is_likely_score(told.number)

    def _count(self, told: Told) -> Ends | None:
        limit = self.edition.chances.limit if self.edition.chances else 0
        if told.fact == "chances_used_up":
            return limit, limit
        if told.number is None:
            return None
        number = int(told.number)
        if told.fact == "chances_left":
            return (limit - number, limit - number) if number <= limit else None
        if told.side is Side.ABOVE:
            return LONG_AGO_DAYS, number
        return (number - 1, 0) if told.side is Side.BELOW else (number, number)

    def _days(self, fact: Fact, told: Told) -> Ends | None:
        if told.holds is False:
            return ((), ()) if told.number is None or told.number >= self._counting_days else None
        span = self._span(told)
        if span is None:
            return None
        old_is_worse = fact.type is FactType.DATE and fact.id != "opened_on"
        first, last = span
        worst, best = (first, last) if old_is_worse else (last, first)
        return (worst, best) if fact.type is FactType.DATE else ((worst,), (best,))

    @property
    def _counting_days(self) -> Decimal:
        """For how many days a penalty counts."""
        return self.edition.figures.get("penalty_days", Decimal(0))

    def _span(self, told: Told) -> tuple[date, date] | None:
        if told.day:
            read = _read(told.day, self.on)
            if read is None or read.first > self.on:
                return None
            more = ROUGHLY if told.day.endswith(OF_MONTHS) else timedelta(0)
            return read.first - more, min(read.last + more, self.on)
        if told.number is None:
            return None
        day = _ago(self.on, int(told.number))
        if told.side is Side.BELOW:
            return day, self.on
        return (_ago(day, LONG_AGO_DAYS), day) if told.side is Side.ABOVE else (day, day)


def _score(fact: Fact, told: Told) -> Ends | None:
    if told.number is None:
        return (None, None) if fact.nullable else None
    if not fact.is_on_scale(told.number):
        return None
    lowest, highest = fact.lowest or Decimal(0), fact.highest or told.number
    if told.low is not None and told.high is not None:
        return max(lowest, told.low), min(highest, told.high)
    if told.side is Side.BELOW:
        return lowest, max(lowest, told.number - fact.step)
    return (told.number, highest) if told.side is Side.ABOVE else (told.number, told.number)


def _rate(fact: Fact, told: Told) -> Ends | None:
    """The ends of a share told; which end is the worse is open, so a rate with a side is both of its bounds."""
    if told.number is None or not fact.is_on_scale(told.number):
        return None
    lowest, highest = fact.lowest or Decimal(0), fact.highest or told.number
    if told.side is Side.BELOW:
        return lowest, max(lowest, told.number - fact.step)
    return (min(highest, told.number + fact.step), highest) if told.side is Side.ABOVE else (told.number, told.number)


def _number(told: Told) -> Ends | None:
    """A count as told; one with a side is not told exactly, so not at all."""
    return (int(told.number), int(told.number)) if told.number is not None and told.side is Side.AT else None


def _ago(day: date, count: int) -> date:
    return day - timedelta(min(count, (day - date.min).days))


def _read(text: str, today: date) -> days.Span | None:
    try:
        return days.read(text, today)
    except days.NoSuchDay:
        return None
