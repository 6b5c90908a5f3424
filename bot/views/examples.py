"""Scores for the examples in messages: on the edition's own scale, near the edition's lines."""

from dataclasses import dataclass
from decimal import Decimal

from rules.edition import Edition
from rules.lines import LEVEL_OF
from rules.requirements import Effect, Line

SMALL = Decimal("0.02")
"""How far an example is from its line, as a part of the scale."""


@dataclass(frozen=True)
class Examples:
    """`label`: the name of the score. `low`: below a line for a shop already in. `near`: just short of entering.

    `counts_closings`: whether the edition limits the number of chances.
    """

    label: str
    low: Decimal
    near: Decimal
    counts_closings: bool


def examples(edition: Edition) -> Examples:
    """The examples for an edition."""
    fact = edition.main_score
    lines = {line.effect: line for line in reversed(edition.lines) if line.fact == fact.id}
    step = ((fact.highest or Decimal(1)) * SMALL).normalize()
    entry = lines.get(Effect.NO_ENTRY) or next(iter(lines.values()), None)
    mildest_first = sorted(lines, key=lambda effect: (effect is Effect.NO_ENTRY, LEVEL_OF[effect]))
    low = next((lines[effect] for effect in mildest_first), None)
    return Examples(fact.label, _below(low, step), _below(entry, step), edition.chances is not None)


def _below(line: Line | None, step: Decimal) -> Decimal:
    return line.limit - step if line else step
