"""Where a shop's scores stand among an edition's lines: the one answer to "is it below", in three values.

A database picks the shops worth a look by comparing their scores with the highest limit of each line; `may_be_below`
then says exactly, shop by shop. A score is kept as whole hundredths of a point.
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
    """What today's scores do, from nothing to the gravest; kept as a number, so that SQL can compare it too.

    UNKNOWN: nothing is certain, and something may follow from what was not told. It is never kept as told.
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
    """Where a score stands at a line. `is_below`: None while that depends on the fact `depends_on`, which is untold."""

    is_below: bool | None
    depends_on: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What scores do to a shop. `level`: the gravest that is certain, UNKNOWN while none is and one may be.

    `at_worst`: the gravest that the scores told may come to, whatever the untold choices are. `untold`: the facts on
    which it depends whether something graver than `level` follows.
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


def position(line: Line, facts: Facts, on: date | None) -> Position:
    """Whether the line's effect follows on this day, or which untold fact that depends on."""
    if line.also_if and all_hold(line.also_if, facts, on):
        return Position(True)
    score = facts.get(line.fact)
    if not isinstance(score, Decimal):
        return Position(None, line.fact)
    sides = {score < limit for limit in limits_of(line, facts)}
    if len(sides) > 1 and line.limit_by is not None:
        return Position(None, line.limit_by.fact)
    return Position(sides.pop())


def assess(edition: Edition, facts: Facts, on: date | None, in_alliance: bool | None = None) -> Assessment:
    """What the known scores do to this shop, and what may be worse for all that is known.

    A shop that is not in can only be kept from entering, and one that is in is not touched by the entry line. While
    it is not known whether the shop is in, it counts as in: silence must not hide a closing.
    """
    return _assess((line for line in edition.lines if concerns(line, in_alliance)), facts, on)


def _assess(lines: Iterable[Line], facts: Facts, on: date | None) -> Assessment:
    placed = [(LEVEL_OF[line.effect], line, position(line, facts, on)) for line in lines]
    certain = max((level for level, _, at in placed if at.is_below), default=Level.CLEAR)
    graver = [(level, line, at) for level, line, at in placed if at.is_below is None and level > certain]
    return Assessment(
        level=Level.UNKNOWN if graver and certain is Level.CLEAR else certain,
        at_worst=max((level for level, line, at in graver if at.depends_on != line.fact), default=certain),
        untold=tuple(dict.fromkeys(at.depends_on for _, _, at in graver)),
    )


def standing(edition: Edition, facts: Facts, on: date | None) -> Standing | None:
    """What the scores do to the access of a shop that is in; None for another shop, or when nothing can be told."""
    return standing_if_in(edition, facts, on) if facts.get(IN_ALLIANCE) is True else None


def standing_if_in(edition: Edition, facts: Facts, on: date | None) -> Standing | None:
    """The standing if the shop is in: the worst that is certain, SAFE only when no line may touch the access."""
    touching = _touching(edition)
    closes = any(line.effect is Effect.CLOSING for line in touching)
    return STANDINGS.get(_assess(touching, facts, on).level) if closes else None


def open_access(edition: Edition, facts: Facts, on: date | None) -> tuple[str, ...]:
    """The untold facts on which the standing of a shop that is in depends; none when it is not in, or has one."""
    is_open = facts.get(IN_ALLIANCE) is True and standing(edition, facts, on) is None
    return _assess(_touching(edition), facts, on).untold if is_open else ()


def _touching(edition: Edition) -> list[Line]:
    return [line for line in edition.lines if line.effect in (Effect.WARNING, Effect.CLOSING)]


STANDINGS = {Level.CLEAR: Standing.SAFE, Level.WARNING: Standing.WARNING, Level.CLOSING: Standing.CLOSING}


def may_be_below(edition: Edition, facts: Facts, on: date) -> tuple[Line, ...]:
    """The lines whose effect follows, or would by some choice that is untold, the gravest first.

    A score that was never told is below none: there is nothing to tell of it yet.
    """
    placed = [(line, position(line, facts, on)) for line in edition.lines]
    return _gravest_first(line for line, at in placed if at.is_below or at.depends_on not in ("", line.fact))


def acting(edition: Edition, facts: Facts, on: date) -> Line | None:
    """The platform's gravest line that is certain to act on a shop which is in, None when it is below none."""
    found = (line for line in edition.lines if not line.own and concerns(line, in_alliance=True))
    return next(iter(_gravest_first(line for line in found if position(line, facts, on).is_below)), None)


def next_line(edition: Edition, facts: Facts, in_alliance: bool | None) -> tuple[Line, Decimal] | None:
    """The nearest line that a score is not below and that concerns the shop, and how many points above it the score is.

    None at the last line, and while no score is known.
    """
    gaps = ((line, distance(line, facts)) for line in edition.lines if concerns(line, in_alliance))
    ahead = [(line, gap) for line, gap in gaps if gap is not None and gap >= 0]
    return min(ahead, key=lambda pair: pair[1], default=None)


def _gravest_first(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: -LEVEL_OF[line.effect]))


def concerns(line: Line, in_alliance: bool | None) -> bool:
    """Whether falling below this line means anything for a shop that is in (or may be), or is not."""
    return (line.effect is Effect.NO_ENTRY) is (in_alliance is False)


def at_lines(edition: Edition, fact: str, score: Decimal, facts: Facts) -> tuple[AtLine, ...]:
    """The score beside each of its lines, in the edition's order. `facts`: the choices that were told."""
    return tuple(_at(edition, line, score, facts) for line in edition.lines if line.fact == fact)


def _at(edition: Edition, line: Line, score: Decimal, facts: Facts) -> AtLine:
    known = limits_of(line, facts)
    at = position(line, {**facts, line.fact: score}, None)
    choice = edition.fact(at.depends_on) if at.depends_on else None
    shown, gap = known if choice else known[:1], abs(score - known[0])
    return AtLine(line.label, line.effect, line.own, shown, at.is_below, gap, choice)


def choices(edition: Edition) -> tuple[Fact, ...]:
    """The choices on which a limit of some line depends."""
    deciding = {line.limit_by.fact for line in edition.lines if line.limit_by}
    return tuple(fact for fact in edition.facts if fact.id in deciding and fact.type is FactType.CHOICE)


def limits(entry: Criterion | Line, facts: Facts) -> tuple[Decimal, ...]:
    """The limits that may count: one, or all of them while the deciding choice is untold, the general limit first."""
    general = Decimal(0) if entry.limit is None else entry.limit
    if entry.limit_by is None:
        return (general,)
    own, choice = entry.limit_by.limits, entry.limit_by.fact
    return (own.get(str(facts[choice]), general),) if choice in facts else (general, *own.values())


def limits_of(line: Line, facts: Facts) -> tuple[Decimal, ...]:
    """The limits of the line that may count, each once, the highest first."""
    return tuple(sorted(set(limits(line, facts)), reverse=True))


def limit_for(line: Line, facts: Facts) -> Decimal:
    """The line's limit for this shop; the highest possible one while the choice that sets it is untold."""
    return limits_of(line, facts)[0]


def distance(line: Line, facts: Facts) -> Decimal | None:
    """Points from the line up to the score, negative below it; None while the score is not known."""
    score = facts.get(line.fact)
    return score - limit_for(line, facts) if isinstance(score, Decimal) else None


def hundredths(score: Decimal) -> int:
    """A score as it is stored. Raises ValueError for one finer than hundredths, as it would no longer be exact."""
    scaled = score * HUNDREDTHS
    if scaled != int(scaled):
        raise ValueError(f"{score} is finer than hundredths of a point")
    return int(scaled)


def points(stored: int) -> Decimal:
    """A stored score in points, with two decimals: 380 is 3.80."""
    return Decimal(stored).scaleb(-2)
