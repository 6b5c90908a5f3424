"""Whether a follower should hear of a shop's score, and why: yesterday's state and today's score in, a reason out.

The decision depends on the arguments alone, so that a sweep may decide once for followers with the same arguments.

A score wobbles that comes back over a line without having been `NEAR_STEPS` of the smallest steps away from the line.
Good news and reminders then wait until the score has moved away, or has stayed on the same side for `SETTLED_DAYS`. Bad
news never waits, so the last word told is never too good. A line with a limit by an untold choice counts with the
highest limit, as an unknown membership counts as in.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rules.assessment import Assessment
from rules.edition import Edition
from rules.lines import LEVEL_OF, Level, at_line, concerns
from rules.outlook import Forecast
from rules.reasons import Reason
from rules.requirements import Effect, Line, is_barred
from rules.sources import SOURCES
from rules.watch_state import Decision, Frequency, Sighting, WatchState, Wishes

NEAR_STEPS = 3
SETTLED_DAYS = 7
WORSE_WITHIN_DAYS = 7
"""A newest row that is older than this is no news, however bad."""

FALLEN = {
    Level.NO_ENTRY: Reason.CANNOT_ENTER,
    Level.EARLY: Reason.EARLY,
    Level.WARNING: Reason.WARNING,
    Level.CLOSING: Reason.CLOSING,
}


TOLD = ("level", "line", "is_far", "has_left", "is_swinging", "descent_ends_at")
"""What a state remembers of the lines of an edition."""


def why_tell(state: WatchState | None, seen: Sighting, edition: Edition, wishes: Wishes | None = None) -> Decision:
    """Why this follower should hear of this row; `state` is None when nothing was ever decided.

    At most one message a day and shop, but for a closing. A more serious line silences a lesser line. A row older than
    the newest row judged changes nothing; the same row again, or an outdated row, can only bring worse news. The lines,
    the order of the lines and the number of chances are the edition's.
    """
    wishes = wishes or Wishes()
    if seen.day > seen.today or (state and seen.day < state.judged_day):
        return Decision(Reason.OUT_OF_ORDER, state or WatchState(date.min))
    view = _view(state, seen, edition)
    found = (
        _bad_news(view)
        or _repeat_or_too_old(view)
        or _open_by_scale(view)
        or _reopened(view)
        or _good_news(view)
        or _no_change(view, wishes.frequency)
    )
    return _unless_muted(_unless_unmoved(found, view), view, wishes)


class _View(NamedTuple):
    """A row in the light of the state: `base` is the state if nothing is told, `level` and `line` hold now.

    `is_first`: the edition has not judged the shop before.
    """

    past: WatchState
    base: WatchState
    seen: Sighting
    edition: Edition
    level: Level
    line: Line | None
    now: Assessment
    is_repeat: bool
    is_first: bool

    @property
    def age_days(self) -> int:
        return (self.seen.today - self.seen.day).days

    @property
    def may_enter(self) -> bool:
        """Whether every score is known to be enough for entering."""
        return self.now.scores_admit is True

    @property
    def is_still_out(self) -> bool:
        """Whether the shop was told that it can't enter, is outside, and its scores are not known to be enough yet."""
        return self.past.level is Level.NO_ENTRY and self.seen.in_alliance is False and not self.may_enter

    @property
    def is_unscored(self) -> bool:
        """Whether the shop has no score any more at the line told: nobody knows on which side of the line."""
        line = _line(self.edition, self.past.line)
        return line is not None and at_line(self.edition, line, self.seen.facts, self.seen.day).score is None


def _view(state: WatchState | None, seen: Sighting, edition: Edition) -> _View:
    past = _of_this_edition(state or WatchState(seen.day, closures=seen.closures), seen, edition)
    now = Assessment(edition, seen.facts, seen.day)
    line, level = _effect(now, past, seen.in_alliance)
    base = _after_row(past, seen, level, *_gap(past.line, seen, edition))
    is_repeat = state is not None and seen.day == state.judged_day
    is_first = state is None or state.edition != edition.name
    return _View(past, base, seen, edition, level, line, now, is_repeat, is_first)


def _of_this_edition(state: WatchState, seen: Sighting, edition: Edition) -> WatchState:
    """The state by this edition; lines of two editions are never compared.

    What was told under another edition is dropped, and what the scores of that time mean here, or what this edition
    told before the other, counts as told: a switch of the edition is no news by itself. A state of an unknown edition
    is of this one, if nothing speaks against it.
    """
    is_same = not state.line or _line(edition, state.line) is not None
    if state.edition == edition.name or (not state.edition and seen.before is None and is_same):
        return replace(state, edition=edition.name)
    fresh = WatchState(state.judged_day)
    untold = {name: getattr(fresh, name) for name in TOLD}
    clear = replace(state, edition=edition.name, **untold)
    if told := _line(edition, seen.told_line):
        return _at(LEVEL_OF[told.effect], told, seen, edition, clear)
    if seen.before is None:
        return clear
    then = replace(seen, facts={**seen.facts, **seen.before})
    line, level = _effect(Assessment(edition, then.facts, seen.day), clear, seen.in_alliance)
    told_on = state.told_on if state.level > Level.CLEAR else None
    return _at(level, line, then, edition, replace(clear, told_on=told_on))


def _effect(now: Assessment, past: WatchState, in_alliance: bool | None) -> tuple[Line | None, Level]:
    """The gravest line that concerns the shop, and its level; CLEAR below none."""
    line = _gravest(tuple(at.line for at in now.lines if at.may_be_below), past, in_alliance)
    return line, LEVEL_OF[line.effect] if line else Level.CLEAR


def _line(edition: Edition, line_id: str) -> Line | None:
    return next((line for line in edition.lines if line.id == line_id), None)


def _gravest(under: tuple[Line, ...], past: WatchState, in_alliance: bool | None) -> Line | None:
    """The gravest line that concerns the shop; a shop that has left keeps the line told until the score recovers."""
    if in_alliance is False and past.level > Level.NO_ENTRY:
        kept = (line for line in under if Level.NO_ENTRY < LEVEL_OF[line.effect] <= past.level)
        if line := next(kept, None):
            return line
    return next((line for line in under if concerns(line, in_alliance)), None)


def _gap(line_id: str, seen: Sighting, edition: Edition) -> tuple[Decimal | None, Decimal]:
    line = _line(edition, line_id)
    if line is None:
        return None, Decimal(0)
    return at_line(edition, line, seen.facts, seen.day).distance, NEAR_STEPS * edition.fact(line.fact).step


def _after_row(past: WatchState, seen: Sighting, level: Level, gap: Decimal | None, near: Decimal) -> WatchState:
    """The state after this row, before anything is told of the row; the same row again changes nothing."""
    since = past.seen_since if past.seen_since and level == past.seen_level else seen.day
    has_stayed = (seen.day - since).days >= SETTLED_DAYS
    is_settled = has_stayed or (gap is not None and abs(gap) >= near)
    is_over = gap is not None and level < past.level
    has_left = past.has_left or (is_over and (past.is_far or is_settled))
    return replace(
        past,
        judged_day=seen.day,
        seen_level=level,
        seen_since=since,
        is_far=past.is_far or (gap is not None and gap <= -near),
        has_left=has_left,
        is_swinging=past.is_swinging and not is_settled,
        is_mended=past.is_mended and not (has_left and level < Level.WARNING),
        closures=_closures(past, seen),
        descent_ends_at=None if _descent_is_over(past, seen) else past.descent_ends_at,
        stale_told=past.stale_told and seen.day == past.judged_day,
    )


def _descent_is_over(past: WatchState, seen: Sighting) -> bool:
    score = seen.facts.get(past.descent_fact)
    return past.descent_ends_at is None or (isinstance(score, Decimal) and score >= past.descent_ends_at)


def _closures(past: WatchState, seen: Sighting) -> int | None:
    """The known count, or the count presumed since a closing was told: the operator's count may lag behind."""
    if seen.closures is None or past.closures is None:
        return past.closures if seen.closures is None else seen.closures
    return max(past.closures, seen.closures) if past.is_closed else seen.closures


def _bad_news(view: _View) -> Decision | None:
    """Bad news: the count of closures has risen, or the score is below a graver line than told."""
    counted, known = view.seen.closures, view.past.closures
    if view.age_days > WORSE_WITHIN_DAYS:
        return Decision(Reason.TOO_OLD, view.base)
    if counted is not None and known is not None and counted > known:
        return _tell(Reason.CLOSED, view, replace(view.base, closures=counted, is_closed=not view.may_enter))
    if view.seen.in_alliance is not True and is_barred(view.edition.chances, counted):
        return Decision(Reason.BARRED, view.base)
    closes = view.level is Level.CLOSING
    if view.level <= view.past.level and not (closes and view.past.has_left):
        return None
    presumed = counted + 1 if closes and counted is not None else view.base.closures
    fallen = replace(view.base, closures=presumed, is_closed=closes or view.base.is_closed, fell_on=view.seen.today)
    return _tell(FALLEN[view.level], view, fallen)


def _repeat_or_too_old(view: _View) -> Decision | None:
    """A row judged before, or too old for anything but bad news. A score told by a merchant holds for days."""
    if view.is_repeat and SOURCES[view.seen.source].is_official:
        return Decision(Reason.REPEATED, view.base)
    return Decision(Reason.TOO_OLD, view.base) if view.age_days > SOURCES[view.seen.source].fresh_days else None


def _open_by_scale(view: _View) -> Decision | None:
    """No good news while a number of another scale contradicts the scores."""
    is_better = view.level < view.past.level or (view.base.is_closed and view.may_enter)
    return Decision(Reason.NOTHING_NEW, view.base) if view.seen.is_mixed and is_better else None


def _reopened(view: _View) -> Decision | None:
    """After a closing the score is enough again; never after the last chance."""
    if not (view.base.is_closed and view.may_enter):
        return None
    if is_barred(view.edition.chances, view.base.closures):
        return Decision(Reason.BARRED, view.base)
    return _enter(Reason.MAY_ENTER_AGAIN, view, replace(view.base, is_closed=False, descent_ends_at=None))


def _good_news(view: _View) -> Decision | None:
    """Good news, once the score has really left the line told; None when none is due."""
    if view.level >= view.past.level or view.is_unscored or view.is_still_out:
        return None
    kept_out = view.past.level is Level.NO_ENTRY
    if kept_out and view.seen.in_alliance is not False:
        return Decision(Reason.NOTHING_NEW, _as_told(view, view.base))
    if not view.base.has_left:
        return Decision(Reason.WOBBLING, replace(view.base, is_swinging=True))
    if view.level >= Level.WARNING:
        return _reminder(view._replace(base=_as_told(view, view.base)), Frequency.DAILY)
    if not kept_out:
        return _tell(Reason.RECOVERED, view, replace(view.base, descent_ends_at=None))
    return _enter(Reason.MAY_ENTER_AGAIN if view.base.closures else Reason.MAY_ENTER, view, view.base)


def _no_change(view: _View, frequency: Frequency) -> Decision:
    """Nothing crossed: an estimate of the days to come, or a reminder, by another line if need be."""
    if view.line and view.line.id != view.base.line:
        view = view._replace(base=_as_told(view, view.base))
    outlook = view.seen.outlook
    if outlook is None or view.seen.in_alliance is False or view.base.descent_ends_at is not None:
        return _reminder(view, frequency)
    if LEVEL_OF[outlook.line.effect] <= view.base.level:
        return _reminder(view, frequency)
    return _approach(view, outlook)


def _approach(view: _View, outlook: Forecast) -> Decision:
    """Told once; the descent counts as over when the score is twice as far from the line again."""
    near = NEAR_STEPS * view.edition.fact(outlook.line.fact).step
    ends_at = outlook.score + max(outlook.distance, near)
    state = replace(view.base, descent_fact=outlook.line.fact, descent_ends_at=ends_at, told_on=view.seen.today)
    return Decision(Reason.APPROACH, state, outlook.line)


def _reminder(view: _View, frequency: Frequency) -> Decision:
    """A reminder a day while a shop in the alliance stays below a platform's line, if the follower wants reminders."""
    if view.level < Level.WARNING or view.seen.in_alliance is False:
        return Decision(Reason.REPEATED if view.is_repeat else Reason.NOTHING_NEW, view.base)
    if view.base.is_swinging:
        return Decision(Reason.WOBBLING, view.base)
    if view.base.is_mended:
        return Decision(Reason.MENDED, view.base)
    if frequency is Frequency.ON_CHANGE:
        return Decision(Reason.ALREADY_TOLD, view.base)
    return Decision(Reason.REMINDER, replace(view.base, told_on=view.seen.today), view.line)


def _tell(reason: Reason, view: _View, base: WatchState) -> Decision:
    """The decision to tell, with the state as once told; good news is about the line left."""
    line = view.line if view.level >= view.past.level else _line(view.edition, view.past.line)
    return Decision(reason, replace(_as_told(view, base), told_on=view.seen.today), line)


def _enter(reason: Reason, view: _View, base: WatchState) -> Decision:
    """The decision to tell of a score enough for entering, which is about the entry line."""
    entry = next((line for line in view.edition.lines if line.effect is Effect.NO_ENTRY), None)
    return _tell(reason, view, base)._replace(line=entry)


def _as_told(view: _View, base: WatchState) -> WatchState:
    """The state with the current level and line as told, and nothing remembered of the old line."""
    return _at(view.level, view.line, view.seen, view.edition, base)


def _at(level: Level, line: Line | None, seen: Sighting, edition: Edition, base: WatchState) -> WatchState:
    name = line.id if line else ""
    gap, near = _gap(name, seen, edition)
    is_far = bool(name) and (gap is None or gap <= -near)
    is_mended = base.is_mended and level < base.level and _fact(edition, name) == _fact(edition, base.line)
    return replace(base, level=level, line=name, is_far=is_far, has_left=False, is_swinging=False, is_mended=is_mended)


def _fact(edition: Edition, line_id: str) -> str:
    """The score of the line, "" for a line that the edition does not have."""
    line = _line(edition, line_id)
    return line.fact if line else ""


def _unless_unmoved(decision: Decision, view: _View) -> Decision:
    """The decision, or silence when only the edition has changed, not the scores; a closing that was counted is told.

    Of what nobody was told, and has not moved since, there is no reminder either.
    """
    if not view.seen.has_not_moved or not decision.reason.is_told or decision.reason is Reason.CLOSED:
        return decision
    if view.is_first or view.past.told_on is None:
        told_on = view.past.told_on and view.seen.today  # no reminder on the day of the first look either
        return Decision(Reason.OTHER_EDITION, replace(view.base, told_on=told_on))
    return decision


def _unless_muted(decision: Decision, view: _View, wishes: Wishes) -> Decision:
    """The decision, or silence when the follower has heard enough today: nothing counts as told, the news comes
    later."""
    if not decision.reason.is_told or decision.reason.at_once:
        return decision
    if wishes.snoozed_until and view.seen.today < wishes.snoozed_until:
        return Decision(Reason.SNOOZED, view.base)
    if view.past.told_on == view.seen.today:
        return Decision(Reason.TOLD_TODAY, view.base)
    return decision
