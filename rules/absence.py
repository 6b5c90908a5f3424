"""Scores whose known absence has an effect: under some editions a shop without any score is cleared out."""

from rules.assessment import Assessment
from rules.edition import Edition, Fact
from rules.kinds import FactType
from rules.requirements import Line


def absent_for(edition: Edition, line: Line) -> tuple[str, ...]:
    """The scores that all have to be absent for the effect of the line; empty when absence alone has no effect."""
    named = tuple(condition.fact for condition in line.also_if if condition.absent)
    is_alone = len(named) == len(line.also_if) and all(edition.fact(fact).type is FactType.SCORE for fact in named)
    return named if is_alone else ()


def scores_that_count(edition: Edition) -> tuple[str, ...]:
    """The scores with a line, then those whose absence has an effect, each once."""
    absent = (fact for line in edition.lines for fact in absent_for(edition, line))
    return tuple(dict.fromkeys((*(line.fact for line in edition.lines), *absent)))


def closing_absence(now: Assessment) -> tuple[Fact, ...]:
    """The scores that the shop has not, where that is what touches its access; empty where a score does, or nothing."""
    at = now.acting
    if at is None or at.score is not None:
        return ()
    return tuple(now.edition.fact(name) for name in absent_for(now.edition, at.line))
