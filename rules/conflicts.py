"""What cannot be true of a shop at once, by an edition's own data: worth asking again. Pure."""

from collections.abc import Iterator, Mapping

from rules.case import Case, Known
from rules.edition import Edition
from rules.requirements import IN_ALLIANCE, Facts, FactValue, is_barred
from rules.sources import SOURCES

NOTHING: tuple[FactValue, ...] = (None, False, 0, ())
"""Values that say that there is none, which no condition can contradict."""


def conflicts(edition: Edition, case: Case, told: Mapping[str, Known] | None = None) -> tuple[str, ...]:
    """The facts to ask again, in the edition's order, because what is known of the shop contradicts itself.

    `told`: what the merchant last said of each fact, also where something newer counts.
    """
    facts = case.facts(edition)
    of_counts, of_scales = _of_counts(edition, case, told or {}), _of_scales(edition, case, facts)
    found = {*_of_access(edition, facts), *_of_conditions(edition, facts), *of_counts, *of_scales}
    return tuple(fact.id for fact in edition.facts if fact.id in found)


def _of_access(edition: Edition, facts: Facts) -> Iterator[str]:
    """A shop that was closed as often as the edition allows is not in."""
    chances = edition.chances
    count = facts.get(chances.fact) if chances else None
    if chances and isinstance(count, int) and is_barred(chances, count) and facts.get(IN_ALLIANCE) is True:
        yield from (chances.fact, IN_ALLIANCE)


def _of_conditions(edition: Edition, facts: Facts) -> Iterator[str]:
    """A fact asked of some shops only was told of a shop that is said to be none of them: that saying is asked again.

    With the saying taken back the fact is true, else the fact does not count.
    """
    for fact in edition.facts:
        if facts.get(fact.id) not in NOTHING:
            yield from (
                c.fact for c in fact.asked_if if c.equals is not None and facts.get(c.fact, c.equals) != c.equals
            )


def _of_counts(edition: Edition, case: Case, told: Mapping[str, Known]) -> Iterator[str]:
    """A feed's count of closings below the merchant's, for a count never falls, or another one of the same day."""
    name = edition.chances.fact if edition.chances else ""
    fed, said = case.known.get(name), told.get(name)
    if fed is None or said is None or not SOURCES[fed.source].is_official:
        return
    if isinstance(fed.value, int) and isinstance(said.value, int):
        falls, differs = fed.value < said.value, fed.value != said.value
        if falls or (differs and fed.on == said.on):
            yield name


def _of_scales(edition: Edition, case: Case, facts: Facts) -> Iterator[str]:
    """The scores beside a fresh number of another scale: a shop has scores of one scale at a time."""
    if case.at_odds(edition):
        yield from (score.id for score in edition.scores if facts.get(score.id) is not None)
