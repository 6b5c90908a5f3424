"""The kept state of watching a shop for a follower, and the parts of a decision: plain values.

The fields of `WatchState` are the columns.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from rules.lines import Level
from rules.outlook import Forecast
from rules.reasons import Reason
from rules.requirements import Facts, Line
from rules.sources import Source


class Frequency(StrEnum):
    """A follower's wish for reminders while a shop is below a line."""

    DAILY = "daily"
    ON_CHANGE = "on_change"


@dataclass(frozen=True, slots=True)
class Wishes:
    """The follower's choices. `snoozed_until`: the first day on which anything but a closing may be told again."""

    frequency: Frequency = Frequency.DAILY
    snoozed_until: date | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """The newest known row of a shop as seen on `today`.

    `day`: the row's. `facts`: the newest known scores and the choices that set limits, by fact. `in_alliance`: None
    when not known. `closures`: how often the system closed the access, None when not known. `outlook`: the forecast.
    `before`: the scores as they stood at the last check by another edition; None when there is nothing to compare.
    `told_line`: what this edition told lately, before another one judged; "" for nothing.
    `is_mixed`: a fresh number of another scale stands beside them, see `rules.case.Case.at_odds`.
    """

    day: date
    today: date
    facts: Facts
    in_alliance: bool | None = None
    closures: int | None = None
    source: Source = Source.FEED
    outlook: Forecast | None = None
    before: Facts | None = None
    is_mixed: bool = False
    told_line: str = ""

    @property
    def has_not_moved(self) -> bool:
        """Whether the scores stand as they stood under another edition."""
        scores = {fact: value for fact, value in self.facts.items() if value is None or isinstance(value, Decimal)}
        return self.before is not None and dict(self.before) == scores


@dataclass(frozen=True, slots=True)
class WatchState:
    """The news told of a shop and the memory for judging the next row.

    `judged_day`: of the newest row judged. `level`, `line`: the gravest thing told and not taken back. `told_on`: the
    day of the last message. `seen_level`, `seen_since`: the level of the rows since that day. `is_far`, `has_left`:
    since told, the score was clearly below the line, has really left the line upwards. `is_swinging`: the score
    wobbles. `closures`: the known count, with a presumed closing once the closing line was told (`is_closed`, until
    told of a possible entry). `descent_ends_at`: an approach was told; the next may be when `descent_fact` is back at
    so many points. `stale_told`: the silence of the rows was told. `edition`: the one that judged; "" when not known.
    `fell_on`: the day of the last news of a fall, None when not known; `is_mended`: the follower said since then that
    the cause is mended, so there is no reminder until it gets worse.
    """

    judged_day: date
    level: Level = Level.CLEAR
    line: str = ""
    told_on: date | None = None
    seen_level: Level = Level.CLEAR
    seen_since: date | None = None
    is_far: bool = False
    has_left: bool = False
    is_swinging: bool = False
    closures: int | None = None
    is_closed: bool = False
    descent_fact: str = ""
    descent_ends_at: Decimal | None = None
    stale_told: bool = False
    edition: str = ""
    fell_on: date | None = None
    is_mended: bool = False


class Decision(NamedTuple):
    """The reason to tell or not, the state to keep, and the line of the message: fallen below, left, or to enter by."""

    reason: Reason
    state: WatchState
    line: Line | None = None


def why_silent(state: WatchState) -> Decision:
    """The decision when no score has come for too long (`rules.sources`): STALE once, and again after a newer row."""
    if state.stale_told:
        return Decision(Reason.ALREADY_TOLD, state)
    return Decision(Reason.STALE, replace(state, stale_told=True))


def after_mending(state: WatchState, day: date) -> WatchState | None:
    """The state after the follower said that what was told on `day` is mended; None when nothing of it goes on.

    A descent that was told later is another, and so is a graver line.
    """
    is_of_now = state.level >= Level.WARNING and (state.fell_on is None or day >= state.fell_on)
    return replace(state, is_mended=True) if is_of_now else None


def after_closing(state: WatchState, closures: int) -> WatchState:
    """The state after the merchant told us of a closing, which the chat answers: no message is due for the closing."""
    return replace(state, closures=closures, is_closed=True)


def after_opening(state: WatchState) -> WatchState:
    """The state after the merchant told us of an opening."""
    return replace(state, is_closed=False)


def after_taking_back(state: WatchState, closures: int | None, *, is_out: bool) -> WatchState:
    """The state after the merchant took back what was told; `closures`, `is_out`: what is known now.

    A closing told because of the score stays presumed.
    """
    if state.level is Level.CLOSING:
        return replace(state, closures=None if closures is None else closures + 1, is_closed=True)
    return replace(state, closures=closures, is_closed=is_out and bool(closures))
