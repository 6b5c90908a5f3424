"""Whether what was said of a shop still holds: judged anew when the message is due, and again after a correction."""

from dataclasses import dataclass, replace
from decimal import Decimal

from rules.assessment import Assessment
from rules.lines import LEVEL_OF, AtLine, Level
from rules.reasons import Reason
from rules.requirements import Effect, Line
from rules.watch import FALLEN
from rules.watch_state import WatchState

LOW = frozenset({*FALLEN.values(), Reason.REMINDER})
"""Reasons that say: the score is below the line."""

ENTRY = frozenset({Reason.MAY_ENTER, Reason.MAY_ENTER_AGAIN})


@dataclass(frozen=True)
class Claim:
    """What a message said: the reason, the `line` of the edition, the points.

    `closures`: the count said; `level_before`, `closures_before`: what was told before the message.
    """

    reason: Reason
    line: Line | None = None
    points: Decimal | None = None
    closures: int | None = None
    level_before: Level = Level.CLEAR
    closures_before: int | None = None

    @property
    def level(self) -> Level:
        """The level of the line."""
        return LEVEL_OF[self.line.effect] if self.line else Level.CLEAR

    def has_closed(self, closures: int | None) -> bool:
        """Whether a closing that was said may stand by the count known now, though the number said was another.

        Below a closing line the count before was a presumed one, which the same count now bears out. A count before
        that is not known was one less than said.
        """
        if self.reason is not Reason.CLOSED or not closures:
            return False
        if self.closures_before is None:
            return closures >= (self.closures or 0)
        is_borne_out = closures == self.closures_before and self.level_before is Level.CLOSING
        return closures > self.closures_before or is_borne_out


def gravest(now: Assessment) -> AtLine | None:
    """The gravest line that the score is, or may be, below; None below none."""
    return next(iter(now.below), None)


def level(now: Assessment) -> Level:
    """The level of the gravest line."""
    at = gravest(now)
    return at.level if at else Level.CLEAR


def holds_as(claim: Claim, now: Assessment, closures: int | None) -> Reason | None:
    """The reason to tell now: the claim's own while it holds, a graver or milder one; None when nothing is left.

    `closures`: the count known now. A milder line is told only if it is graver than what was told before the message.
    """
    if claim.reason is Reason.CLOSED:
        holds = closures is None or claim.has_closed(closures)
        return claim.reason if holds else None
    if claim.reason in LOW:
        return _low(claim, level(now))
    if claim.reason in ENTRY:
        return claim.reason if now.scores_admit else None
    if claim.reason is Reason.RECOVERED:
        return claim.reason if level(now) < max(claim.level, Level.NO_ENTRY) else None
    if claim.reason is Reason.APPROACH:
        return _approach(claim, now)
    return claim.reason


def _low(claim: Claim, current: Level) -> Reason | None:
    if current == claim.level:
        return claim.reason
    if current > claim.level:
        return FALLEN[current]
    is_news = claim.reason is not Reason.REMINDER and current > claim.level_before
    return FALLEN[current] if is_news else None


def _approach(claim: Claim, now: Assessment) -> Reason | None:
    """A descent is over when the score is twice as far from the line, as in `rules.watch`."""
    if level(now) > claim.level_before:
        return FALLEN[level(now)]
    at = next((at for at in now.lines if claim.line and at.line.id == claim.line.id), None)
    if at is None or at.score is None or claim.points is None:
        return None
    return claim.reason if at.score - at.limit < 2 * (claim.points - at.limit) or at.score <= claim.points else None


def said_wrong(claim: Claim, then: Assessment, now: Assessment) -> bool:
    """Whether a message that was sent has to be corrected: its ground, now known otherwise, is less than it said.

    `then`, `now`: by the score as told, and as it is now. A graver effect is no correction but news, told as usual.
    """
    said = claim.level if claim.points is None else level(then)  # of an absence the other scores are not told here
    if claim.reason is Reason.STALE or level(now) > said:
        return False
    has_no_line = claim.reason in {*ENTRY, Reason.APPROACH}
    return level(now) < said or (has_no_line and holds_as(claim, now, None) is None)


def taken_back(state: WatchState, claim: Claim, now: Assessment, closures: int | None) -> WatchState:
    """The state without the message: what still holds counts as told, so that a real fall afterwards is news.

    `closures`: the count known now.
    """
    if claim.has_closed(closures):
        return replace(state, closures=closures)
    fresh = replace(state, told_on=None, has_left=False, is_swinging=False, descent_ends_at=None)
    if claim.reason is Reason.CLOSED or (claim.reason is Reason.CLOSING and now.in_alliance is not False):
        fresh = replace(fresh, closures=closures, is_closed=False)
    if claim.reason is Reason.STALE:
        return replace(state, stale_told=False)
    if claim.reason in {Reason.RECOVERED, *ENTRY}:
        entry = next((line for line in now.edition.lines if line.effect is Effect.NO_ENTRY), None)
        left = entry if claim.reason in ENTRY else claim.line
        return _at(replace(fresh, is_closed=claim.reason is Reason.MAY_ENTER_AGAIN or state.is_closed), left, now)
    at = gravest(now)
    if at is not None and at.level >= state.level:
        return fresh
    return _at(fresh, at.line if at else None, now)


def told_anew(state: WatchState, now: Assessment, closures: int | None) -> WatchState:
    """The state with what holds now as told, `closures` presumed with it below a closing line."""
    at = gravest(now)
    closes = level(now) is Level.CLOSING
    fresh = _at(replace(state, has_left=False, is_swinging=False, is_mended=False), at.line if at else None, now)
    return replace(fresh, closures=closures, is_closed=True) if closes else fresh


def _at(state: WatchState, line: Line | None, now: Assessment) -> WatchState:
    told = LEVEL_OF[line.effect] if line else Level.CLEAR
    return replace(state, level=told, line=line.id if line else "", is_far=False, seen_level=level(now))
