"""What today's scores do to the access that a shop has, from the edition's lines."""

from datetime import date
from decimal import Decimal

from rules.conditions import all_hold
from rules.criteria import limits
from rules.edition import IN_ALLIANCE, Edition, Effect, Facts, Line
from rules.report import Standing


def standing(edition: Edition, facts: Facts, on: date | None) -> Standing | None:
    """The standing of a shop that is in the alliance; None when it is not in, or cannot be told."""
    return level(edition, facts, on) if facts.get(IN_ALLIANCE) is True else None


def level(edition: Edition, facts: Facts, on: date | None) -> Standing | None:
    """The standing if the shop is in: the gravest line it is below, None while that is not known."""
    closing = [falls_below(line, facts, on) for line in edition.lines if line.effect is Effect.CLOSING]
    warning = [falls_below(line, facts, on) for line in edition.lines if line.effect is Effect.WARNING]
    if True in closing:
        return Standing.CLOSING
    if None in (*closing, *warning) or not closing:
        return None
    return Standing.WARNING if True in warning else Standing.SAFE


def falls_below(line: Line, facts: Facts, on: date | None) -> bool | None:
    """Whether the line's effect follows; None while the score, or the choice that sets the limit, is unknown."""
    if line.also_if and all_hold(line.also_if, facts, on):
        return True
    score = facts.get(line.fact)
    if not isinstance(score, Decimal):
        return None
    below = {score < limit for limit in limits(line.limit, line.limit_by, facts)}
    return below.pop() if len(below) == 1 else None
