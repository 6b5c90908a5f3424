"""What is known of a shop: a value for each fact, with the day, the source and the instant of being told.

A shop has a case; a question has the case of the chat's shop with what the question tells laid over it. What was told
newest counts. Nothing here judges: `rules.assessment.assess` does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from rules.edition import Catalogue, Edition, Fact
from rules.kinds import FactType
from rules.requirements import Facts, FactValue
from rules.sources import SOURCES, Source

HOLDS_DAYS: Final[Mapping[FactType, int]] = {FactType.BOOLEAN: 28, FactType.INTEGER: 28, FactType.DATES: 28}
"""For how long an answer may be taken up again without asking; a day or a kind of shop stays as told."""


LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as known. `on`: the day that the value is of. `scale`: of a score ("0-5"), else "".

    `told_at`: aware UTC. `id`: the number of the kept row, 0 for what is not kept as such.
    """

    value: FactValue
    on: date
    source: Source
    told_at: datetime = LONG_AGO
    scale: str = ""
    id: int = 0

    def is_newer_than(self, other: "Known") -> bool:
        """Whether this counts instead of the other: by the day of the value, then by the instant of being told."""
        return (self.on, self.told_at) > (other.on, other.told_at)


@dataclass(frozen=True)
class Case:
    """The facts known of a shop, by fact."""

    known: Mapping[str, Known] = field(default_factory=dict)

    def facts(self, edition: Edition) -> Facts:
        """The values that the edition can judge: facts of the edition, scores on the edition's scale only."""
        return {fact.id: self.known[fact.id].value for fact in edition.facts if self._fits(fact)}

    def _fits(self, fact: Fact) -> bool:
        one = self.known.get(fact.id)
        return one is not None and fits(fact, one)

    def with_known(self, more: Mapping[str, Known]) -> "Case":
        """The case with more told, each in place of what was known of the same fact."""
        return Case({**self.known, **more})

    def newest_with(self, more: Mapping[str, Known]) -> "Case":
        """The case with more, where that is newer than what was known of the same fact."""
        newer = {name: one for name, one in more.items() if not _is_known_newer(self.known.get(name), one)}
        return self.with_known(newer)

    def at_odds(self, edition: Edition, beside: date = date.min) -> Mapping[str, Known]:
        """The numbers on another scale than the edition's scores, but as fresh as the newest number of all.

        `beside`: the day of a number of the edition that is to be told. A shop has scores of one scale at a time: what
        another one means is open, so nothing is clear beside it. `storage.daily_check.scales` has the same as SQL.
        """
        numbers = {name: one for name, one in self.known.items() if one.scale and one.value is not None}
        newest = max((beside, *(one.on for one in numbers.values())))
        own = {fact.scale for fact in edition.scores}
        others = ((name, one) for name, one in numbers.items() if one.scale not in own)
        return {name: one for name, one in others if (newest - one.on).days <= SOURCES[one.source].fresh_days}

    def without(self, facts: Iterable[str]) -> "Case":
        """The case without these facts."""
        gone = set(facts)
        return Case({name: one for name, one in self.known.items() if name not in gone})

    def aged(self, edition: Edition, on: date) -> tuple[str, ...]:
        """The facts that may have changed since they were told, in the edition's order: worth asking again."""
        facts = (fact for fact in edition.facts if self._fits(fact))
        return tuple(fact.id for fact in facts if is_aged(fact, self.known[fact.id], on))


def _is_known_newer(known: Known | None, one: Known) -> bool:
    return known is not None and known.is_newer_than(one)


def scale_of(case: Case, main: str) -> str | None:
    """The scale of the newest number among the scores, None without a number; `main`: the fact of the main score.

    A known absence has no scale. Of numbers of one day another score than the main one decides, for every edition has
    a main score. `storage.daily_check.scales` has the same as SQL.
    """
    numbers = ((name, one) for name, one in case.known.items() if one.scale and one.value is not None)
    ranked = [(one.on, name != main, one.scale) for name, one in numbers]
    return max(ranked)[-1] if ranked else None


def edition_of(catalogue: Catalogue, case: Case, preferred: Edition) -> Edition:
    """The edition that judges the shop, by the scale of its scores: preferred if of that scale, else the newest such.

    Preferred too without a number, and for a scale of no edition. However old a score is, it names the scale.
    """
    scale = scale_of(case, preferred.main_score.id)
    return (catalogue.of_scale(scale, preferred) if scale else None) or preferred


def supposed(edition: Edition, facts: Facts, on: date) -> Case:
    """A case of bare facts of the edition, all told on the day: of a script, a file or a made-up score."""
    scales = {fact.id: fact.scale if fact.type is FactType.SCORE else "" for fact in edition.facts}
    return Case({name: Known(value, on, Source.MERCHANT, scale=scales.get(name, "")) for name, value in facts.items()})


def fits(fact: Fact, known: Known) -> bool:
    """Whether the value can be this fact's: a score on its scale, a choice among its options, an absence if allowed.

    Whoever has no score has none on any scale. `storage.daily_check.scales` has the same as SQL.
    """
    if known.value is None:
        return fact.nullable
    if fact.type is FactType.SCORE:
        return known.scale == fact.scale
    return fact.type is not FactType.CHOICE or known.value in {option.value for option in fact.options}


def is_aged(fact: Fact, known: Known, on: date) -> bool:
    """Whether the value may have changed by the day: a score by its source, another fact by its type."""
    days = SOURCES[known.source].fresh_days if fact.type is FactType.SCORE else HOLDS_DAYS.get(fact.type)
    return days is not None and on - known.on > timedelta(days)
