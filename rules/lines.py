"""Where a shop's scores stand among an edition's lines: the only answer to "below or not", in three values.

A database picks the shops worth a look by comparing scores with the highest limit of each line; `may_be_below` then
says exactly, shop by shop. A score is kept as whole hundredths of a point.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from rules.edition import Edition, Fact
from rules.kinds import FactType
from rules.report import Standing
from rules.requirements import IN_ALLIANCE, Criterion, Effect, Facts, Line, all_hold

HUNDREDTHS = 100


class Level(IntEnum):
    """The effect of today's scores, from nothing to the gravest; kept as a number for comparing in SQL.

    UNKNOWN: nothing is certain, and something may follow from an untold fact. UNKNOWN is never kept as told.
    """

    UNKNOWN = -1
    CLEAR = 0
    NO_ENTRY = 1
    EARLY = 2
    WARNING = 3
    CLOSING = 4


LEVEL_OF = {effect: Level[effect.name] for effect in Effect}
"""The one order of gravity: each effect's level."""


class Position(NamedTuple):
    """Where a score stands at a line. `is_below`: None while the side depends on the untold fact `depends_on`."""

    is_below: bool | None
    depends_on: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The effect of scores on a shop.

    `level`: the gravest certain level, UNKNOWN while none is certain and some is possible. `at_worst`: the gravest
    possible level of the scores told, under any untold choice. `untold`: the facts on which a graver level depends.
    """

    level: Level
    at_worst: Level
    untold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtLine:
    """A score beside a line. `below`: None while the side depends on the untold fact `choice` (else None).

    `limits`: the shop's, or all possible limits, the highest first. `gap`: points from the highest, never negative.
    """

    label: str
    effect: Effect
    own: bool
    limits: tuple[Decimal, ...]
    below: bool | None
    gap: Decimal
    choice: Fact | None

    @property
    def limit(self) -> Decimal:
        return self.limits[0]


def position(line: Line, facts: Facts, on: date) -> Position:
    """Whether the line's effect follows on this day, or the untold fact on which the effect depends."""
    return Position(True) if line.also_if and all_hold(line.also_if, facts, on) else _side(line, facts)


def _side(line: Line, facts: Facts) -> Position:
    score = facts.get(line.fact)
    if not isinstance(score, Decimal):
        return Position(None, line.fact)
    sides = {score < limit for limit in limits_of(line, facts)}
    if len(sides) > 1 and line.limit_by is not None:
        return Position(None, line.limit_by.fact)
    return Position(sides.pop())


def assess(edition: Edition, facts: Facts, on: date, in_alliance: bool | None = None) -> Assessment:
    """The effect of the known scores on this shop, and any graver effect still possible.

    Outside the alliance only the entry line counts, inside every other line. Membership that is not known counts as
    inside: silence must not hide a closing.
    """
    return _assess((line for line in edition.lines if concerns(line, in_alliance)), facts, on)


def _assess(lines: Iterable[Line], facts: Facts, on: date) -> Assessment:
    placed = [(LEVEL_OF[line.effect], line, position(line, facts, on)) for line in lines]
    certain = max((level for level, _, at in placed if at.is_below), default=Level.CLEAR)
    graver = [(level, line, at) for level, line, at in placed if at.is_below is None and level > certain]
    return Assessment(
        level=Level.UNKNOWN if graver and certain is Level.CLEAR else certain,
        at_worst=max((level for level, line, at in graver if at.depends_on != line.fact), default=certain),
        untold=tuple(dict.fromkeys(at.depends_on for _, _, at in graver)),
    )


def standing(edition: Edition, facts: Facts, on: date) -> Standing | None:
    """The effect of the scores on the access of a shop in the alliance; None for another shop, or when open."""
    return standing_if_in(edition, facts, on) if facts.get(IN_ALLIANCE) is True else None


def standing_if_in(edition: Edition, facts: Facts, on: date) -> Standing | None:
    """The standing if the shop is in: the worst certain effect, SAFE only when no line may touch the access."""
    touching = _touching(edition)
    closes = any(line.effect is Effect.CLOSING for line in touching)
    return STANDINGS.get(_assess(touching, facts, on).level) if closes else None


def open_access(edition: Edition, facts: Facts, on: date) -> tuple[str, ...]:
    """The untold facts behind an open standing of a shop in the alliance; else none."""
    is_open = facts.get(IN_ALLIANCE) is True and standing(edition, facts, on) is None
    return _assess(_touching(edition), facts, on).untold if is_open else ()


def _touching(edition: Edition) -> list[Line]:
    return [line for line in edition.lines if line.effect in (Effect.WARNING, Effect.CLOSING)]


STANDINGS = {Level.CLEAR: Standing.SAFE, Level.WARNING: Standing.WARNING, Level.CLOSING: Standing.CLOSING}


def may_be_below(edition: Edition, facts: Facts, on: date) -> tuple[Line, ...]:
    """The lines with an effect that follows, or would by an untold choice, the gravest first.

    A score that was never told is below no line: nothing can be told of the score yet.
    """
    placed = [(line, position(line, facts, on)) for line in edition.lines]
    return _gravest_first(line for line, at in placed if at.is_below or at.depends_on not in ("", line.fact))


def acting(edition: Edition, facts: Facts, on: date) -> Line | None:
    """The platform's gravest line with a certain effect on a shop in the alliance, None below no line."""
    found = (line for line in edition.lines if not line.own and concerns(line, in_alliance=True))
    return next(iter(_gravest_first(line for line in found if position(line, facts, on).is_below)), None)


def next_line(edition: Edition, facts: Facts, in_alliance: bool | None) -> tuple[Line, Decimal] | None:
    """The nearest line at or below a score that concerns the shop, and the points from the line up to the score.

    None at the last line, and while no score is known.
    """
    gaps = ((line, distance(line, facts)) for line in edition.lines if concerns(line, in_alliance))
    ahead = [(line, gap) for line, gap in gaps if gap is not None and gap >= 0]
    return min(ahead, key=lambda pair: pair[1], default=None)


def _gravest_first(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: -LEVEL_OF[line.effect]))


def concerns(line: Line, in_alliance: bool | None) -> bool:
    """Whether falling below this line means anything for a shop with this membership (None: counts as in)."""
    return (line.effect is Effect.NO_ENTRY) is (in_alliance is False)


def at_lines(edition: Edition, fact: str, score: Decimal, facts: Facts) -> tuple[AtLine, ...]:
    """The score beside every line of the fact, in the edition's order. `facts`: the choices told."""
    return tuple(_at(edition, line, score, facts) for line in edition.lines if line.fact == fact)


def _at(edition: Edition, line: Line, score: Decimal, facts: Facts) -> AtLine:
    known = limits_of(line, facts)
    at = _side(line, {**facts, line.fact: score})
    choice = edition.fact(at.depends_on) if at.depends_on else None
    shown, gap = known if choice else known[:1], abs(score - known[0])
    return AtLine(line.label, line.effect, line.own, shown, at.is_below, gap, choice)


def choices(edition: Edition) -> tuple[Fact, ...]:
    """The choices on which a limit of some line depends."""
    deciding = {line.limit_by.fact for line in edition.lines if line.limit_by}
    return tuple(fact for fact in edition.facts if fact.id in deciding and fact.type is FactType.CHOICE)


def limits(entry: Criterion | Line, facts: Facts) -> tuple[Decimal, ...]:
    """The limits that may count, the general first: all while the deciding choice is untold, else a single limit."""
    general = Decimal(0) if entry.limit is None else entry.limit
    if entry.limit_by is None:
        return (general,)
    own, choice = entry.limit_by.limits, entry.limit_by.fact
    return (own.get(str(facts[choice]), general),) if choice in facts else (general, *own.values())


def limits_of(line: Line, facts: Facts) -> tuple[Decimal, ...]:
    """The limits of the line that may count, each once, the highest first."""
    return tuple(sorted(set(limits(line, facts)), reverse=True))


def limit_for(line: Line, facts: Facts) -> Decimal:
    """The line's limit for this shop; the highest possible limit while the deciding choice is untold."""
    return limits_of(line, facts)[0]


def distance(line: Line, facts: Facts) -> Decimal | None:
    """Points from the line up to the score, negative below the line; None for an unknown score."""
    score = facts.get(line.fact)
    return score - limit_for(line, facts) if isinstance(score, Decimal) else None


def hundredths(score: Decimal) -> int:
    """A score as stored. Raises ValueError for a score finer than hundredths, which would no longer be exact."""
    scaled = score * HUNDREDTHS
    if scaled != int(scaled):
        raise ValueError(f"{score} is finer than hundredths of a point")
    return int(scaled)


def points(stored: int) -> Decimal:
    """A stored score in points, with two decimals: 380 is 3.80."""
    return Decimal(stored).scaleb(-2)
