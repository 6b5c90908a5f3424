"""Where scores stand at an edition's lines: below, not below, or open while an untold fact decides.

Read through `rules.assessment`, the judge of a shop. A score is kept as whole hundredths of a point.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum

from rules.edition import Edition, Fact
from rules.kinds import FactType
from rules.report import Standing
from rules.requirements import Criterion, Effect, Facts, Line, all_hold, waits_on

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


@dataclass(frozen=True, slots=True)
class AtLine:
    """A shop's score beside a line.

    `score`: None for a known absence and for a score never told. `below`: None while the side depends on the untold
    fact `depends_on` (else ""), which is the score itself when it was never told; `choice`: that fact when it is a
    choice. `limits`: the shop's, or all possible limits, the highest first.
    """

    line: Line
    score: Decimal | None
    below: bool | None
    depends_on: str
    limits: tuple[Decimal, ...]
    choice: Fact | None

    @property
    def label(self) -> str:
        return self.line.label

    @property
    def effect(self) -> Effect:
        return self.line.effect

    @property
    def own(self) -> bool:
        return self.line.own

    @property
    def level(self) -> Level:
        return LEVEL_OF[self.line.effect]

    @property
    def limit(self) -> Decimal:
        """The shop's limit; the highest possible one while the deciding choice is untold."""
        return self.limits[0]

    @property
    def distance(self) -> Decimal | None:
        """Points from the limit up to the score, negative below the line; None without a score."""
        return None if self.score is None else self.score - self.limit

    @property
    def gap(self) -> Decimal:
        """Points between limit and score, never negative; 0 without a score."""
        return abs(self.distance or Decimal(0))

    @property
    def may_be_below(self) -> bool:
        """Whether the effect follows, or would by an untold choice; a score never told is below no line."""
        return bool(self.below) or (self.choice is not None and not self.is_of_untold_kind)

    @property
    def is_of_untold_kind(self) -> bool:
        """Whether the line is only for shops of a kind that is not told: most shops are of none, so nothing is
        presumed."""
        return bool(self.line.applies_when) and self.below is None and self.choice is not None


def at_lines(edition: Edition, facts: Facts, on: date) -> tuple[AtLine, ...]:
    """The shop's lines beside the score among the facts, the gravest first, else in the edition's order."""
    placed = [at_line(edition, line, facts, on) for line in edition.lines if _may_concern(edition, line, facts, on)]
    return tuple(sorted(placed, key=lambda at: -at.level))


def _may_concern(edition: Edition, line: Line, facts: Facts, on: date) -> bool:
    """Whether the line is for this shop, or may be for what is not told, and the score below it then.

    Not where a shop without a score that is told never has it.
    """
    never = edition.fact(line.fact).none_if
    if never and facts.get(line.fact) is None and all_hold(never, facts, on):
        return False
    applies, score = all_hold(line.applies_when, facts, on), facts.get(line.fact)
    return applies is not False and (applies or (isinstance(score, Decimal) and score < limit_for(line, facts)))


def at_line(edition: Edition, line: Line, facts: Facts, on: date) -> AtLine:
    """The line beside the score."""
    below, depends_on = _position(line, facts, on)
    waits = next((fact for fact in edition.facts if fact.id == depends_on), None)
    score = facts.get(line.fact)
    return AtLine(
        line,
        score if isinstance(score, Decimal) else None,
        below,
        depends_on,
        limits_of(line, facts),
        waits if waits and waits.type is FactType.CHOICE else None,
    )


def _position(line: Line, facts: Facts, on: date) -> tuple[bool | None, str]:
    """Whether the line's effect follows on this day; else None, with the untold fact on which the effect depends."""
    if all_hold(line.applies_when, facts, on) is None:
        return None, waits_on(line.applies_when, facts)[0]
    also = all_hold(line.also_if, facts, on) if line.also_if else False
    if also:
        return True, ""
    score = facts.get(line.fact)
    if not isinstance(score, Decimal):
        return _without_score(line, facts, also)
    sides = {score < limit for limit in limits_of(line, facts)}
    if len(sides) > 1 and line.limit_by is not None:
        return None, line.limit_by.fact
    return sides.pop(), ""


def _without_score(line: Line, facts: Facts, also: bool | None) -> tuple[bool | None, str]:
    """The side without a number: open, but at a line of the bot's own where the shop is known to have no score."""
    if line.fact not in facts:
        return None, line.fact
    if line.own:
        return False, ""
    return None, waits_on(line.also_if, facts)[0] if also is None else line.fact


def level_among(lines: Iterable[AtLine]) -> Level:
    """The gravest certain effect of the lines, CLEAR when none is certain."""
    return max((at.level for at in lines if at.below), default=Level.CLEAR)


def crossed(lines: Iterable[AtLine]) -> AtLine | None:
    """The gravest line that the score is below, the bot's own after all of the platform's; None below none."""
    below = (at for at in lines if at.below)
    return max(below, key=lambda at: (not at.own, at.level), default=None)


def ahead_of(lines: Iterable[AtLine]) -> AtLine | None:
    """The platform's nearest line that the score is not below; None without one."""
    above = (at for at in lines if at.below is False and not at.own)
    return min(above, key=lambda at: at.gap, default=None)


def touches(line: Line) -> bool:
    """Whether falling below the line warns of, or ends, the access."""
    return line.effect in (Effect.WARNING, Effect.CLOSING)


STANDINGS = {Level.CLEAR: Standing.SAFE, Level.WARNING: Standing.WARNING, Level.CLOSING: Standing.CLOSING}


def concerns(line: Line, in_alliance: bool | None) -> bool:
    """Whether falling below this line means anything for a shop with this membership (None: counts as in)."""
    return (line.effect is Effect.NO_ENTRY) is (in_alliance is False)


def choices(edition: Edition) -> tuple[Fact, ...]:
    """The choices on which some line, or its limit, depends."""
    deciding = {line.limit_by.fact for line in edition.lines if line.limit_by}
    deciding |= {condition.fact for line in edition.lines for condition in line.applies_when}
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
