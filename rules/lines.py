"""Where a shop's scores stand among an edition's lines: the one order of gravity that warnings and forecasts share.

A database picks the shops worth a look by comparing their scores with `thresholds(edition)`, the highest limit first
where a choice decides; `below` then says exactly, shop by shop. A score is kept as whole hundredths of a point.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum

from rules.criteria import limits
from rules.edition import Edition, Effect, Facts, Line
from rules.standing import falls_below

HUNDREDTHS = 100


class Level(IntEnum):
    """What today's scores do, from nothing to the gravest; kept as a number, so that SQL can compare it too."""

    CLEAR = 0
    NO_ENTRY = 1
    EARLY = 2
    WARNING = 3
    CLOSING = 4


LEVEL_OF = {
    Effect.NO_ENTRY: Level.NO_ENTRY,
    Effect.EARLY: Level.EARLY,
    Effect.WARNING: Level.WARNING,
    Effect.CLOSING: Level.CLOSING,
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """Strictly below `limit` points of `fact`, `level` follows; `only_if`: for shops whose fact has this value."""

    fact: str
    level: Level
    limit: Decimal
    line: str
    only_if: tuple[str, str] | None = None


def thresholds(edition: Edition) -> tuple[Threshold, ...]:
    """Every limit of every line, the gravest level first: what a query over all shops compares with."""
    found = []
    for line in edition.lines:
        found.append(Threshold(line.fact, LEVEL_OF[line.effect], line.limit, line.id))
        if by := line.limit_by:
            found += [
                Threshold(line.fact, LEVEL_OF[line.effect], limit, line.id, (by.fact, value))
                for value, limit in by.limits.items()
            ]
    return tuple(sorted(found, key=lambda threshold: (-threshold.level, -threshold.limit)))


def below(edition: Edition, facts: Facts, on: date) -> tuple[Line, ...]:
    """The lines whose effect is known to follow, the gravest first; a score or choice that is not known makes none."""
    found = [line for line in edition.lines if falls_below(line, facts, on)]
    return tuple(sorted(found, key=lambda line: -LEVEL_OF[line.effect]))


def level(edition: Edition, facts: Facts, on: date, in_alliance: bool | None = None) -> Level:
    """The gravest thing that the known scores do to this shop.

    A shop that is not in can only be kept from entering, and one that is in is not touched by the entry line. While
    it is not known whether the shop is in, it counts as in: silence must not hide a closing.
    """
    return next((LEVEL_OF[line.effect] for line in below(edition, facts, on) if concerns(line, in_alliance)), Level(0))


def acting(edition: Edition, facts: Facts, on: date) -> Line | None:
    """The platform's gravest line that acts on a shop which is in, None when it is below none."""
    found = (line for line in below(edition, facts, on) if not line.own and concerns(line, in_alliance=True))
    return next(found, None)


def concerns(line: Line, in_alliance: bool | None) -> bool:
    """Whether falling below this line means anything for a shop that is in (or may be), or is not."""
    return (line.effect is Effect.NO_ENTRY) is (in_alliance is False)


def distance(line: Line, facts: Facts) -> Decimal | None:
    """Points from the line up to the score, negative below it; None while the score or the limit is not known."""
    score, bounds = facts.get(line.fact), set(limits(line.limit, line.limit_by, facts))
    return score - bounds.pop() if isinstance(score, Decimal) and len(bounds) == 1 else None


def step(edition: Edition, fact: str) -> Decimal:
    """The smallest difference that two scores of this fact can have."""
    return Decimal(1).scaleb(-edition.fact(fact).decimals)


def hundredths(score: Decimal) -> int:
    """A score as it is stored. Raises ValueError for one finer than hundredths, as it would no longer be exact."""
    scaled = score * HUNDREDTHS
    if scaled != int(scaled):
        raise ValueError(f"{score} is finer than hundredths of a point")
    return int(scaled)


def points(stored: int) -> Decimal:
    """A stored score in points, with two decimals: 380 is 3.80."""
    return Decimal(stored).scaleb(-2)
