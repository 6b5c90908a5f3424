"""A score beside the lines of its edition: which it is below, and how far from each."""

from dataclasses import dataclass
from decimal import Decimal

from rules.criteria import limits
from rules.edition import Edition, Facts, Line


@dataclass(frozen=True)
class LineView:
    """`gap` is the distance in points, never negative. `settled`: on that side whatever the choice that is not told."""

    label: str
    effect: str
    limit: Decimal
    below: bool
    gap: Decimal
    own: bool
    settled: bool = True


def line_views(edition: Edition, fact: str, score: Decimal, facts: Facts) -> tuple[LineView, ...]:
    """Each line of this score, in the edition's order; the general limit where the choice that sets it is not told."""
    return tuple(_view(line, score, facts) for line in edition.lines if line.fact == fact)


def _view(line: Line, score: Decimal, facts: Facts) -> LineView:
    possible = limits(line.limit, line.limit_by, facts)
    limit = possible[0] if len(possible) == 1 else line.limit
    settled = len({score < each for each in possible}) == 1
    return LineView(line.label, line.effect.value, limit, score < limit, abs(score - limit), line.own, settled)
