"""One decision for each distinct combination of what decides, however many followers share it (pure)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from bot.warnings.policy import WatchPolicy
from rules.edition import FactValue
from rules.lines import Level, points
from rules.outlook import Forecast, Series, forecast
from rules.reasons import Reason
from rules.sources import Source
from rules.watch import why_tell
from rules.watch_state import Decision, Frequency, Sighting, WatchState, Wishes, why_silent
from storage.daily_check.decisions import ChunkDecision
from storage.daily_check.evidence import DECIDES, STATE_COLUMNS, DayQuery
from storage.follows import columns, state_of
from storage.notices import Item

STATES: Final = len(STATE_COLUMNS)
STATE_AT: Final = DECIDES + 1
LEVEL: Final = STATE_COLUMNS.index("level")
MOST_KEPT: Final = 50_000
MAY_BE_FORETOLD: Final = frozenset(
    {
        Reason.NOTHING_NEW,
        Reason.REMINDER,
        Reason.ALREADY_TOLD,
        Reason.WOBBLING,
        Reason.SNOOZED,
        Reason.TOLD_TODAY,
    }
)
Recent = Sequence[tuple[str, int, int]]
"""Rows of one shop: fact, day's number, hundredths."""


class Decided(NamedTuple):
    """What came of one combination: why, what to keep and to tell, and whether that may not wait."""

    reason: Reason
    outcome: ChunkDecision
    is_urgent: bool


class Decider:
    """Decides for rows of `storage.daily_check.due_followers.rows`, and remembers what it decided for equal ones."""

    def __init__(self, watch: WatchPolicy, look: DayQuery) -> None:
        self._watch = watch
        self._look = look
        self._known: dict[tuple[Any, ...], Decided] = {}
        self._number = 0

    def wants_outlook(self, row: Sequence[Any], decided: Decided) -> bool:
        """Whether a forecast could make a difference: not to news, nor while one is told, nor if it is not in."""
        if decided.reason not in MAY_BE_FORETOLD:
            return False
        told = row[STATE_AT + STATE_COLUMNS.index("descent_ends_at")] is not None
        return not told and row[STATE_AT + LEVEL] < Level.CLOSING and row[STATE_AT + STATES + 2] in (None, 1)

    def judge(self, row: Sequence[Any], recent: Recent = ()) -> Decided:
        """The decision for this row; `recent`: its shop's rows within the window, for a forecast."""
        key = (*row[DECIDES:], *recent)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST_KEPT:
                self._known.clear()
            is_silent, *kept = row[DECIDES:]
            found = self._known[key] = self._decide(tuple(kept), bool(is_silent), recent)
        return found

    def _decide(self, kept: tuple[Any, ...], is_silent: bool, recent: Recent) -> Decided:
        state = _state(kept[:STATES])
        wishes = Wishes(Frequency(kept[STATES]), _day(kept[STATES + 1]))
        seen = self._sighting(kept[STATES + 2 :], recent)
        decision = why_tell(state, seen, self._watch.edition, wishes) if seen else None
        if is_silent and not (decision and decision.reason.is_told):
            decision = _silent(decision.state if decision else state, wishes, self._look.day) or decision
        self._number += 1
        if decision is None:
            return Decided(Reason.NOTHING_NEW, ChunkDecision(self._number, None, None), False)
        before, after = kept[:STATES], _columns(decision.state)
        kept_as = None if after == before or _is_idle(before, after) else after
        item = _item(decision, seen) if decision.reason.is_told else None
        return Decided(decision.reason, ChunkDecision(self._number, kept_as, item), decision.reason.at_once)

    def _sighting(self, kept: tuple[Any, ...], recent: Recent) -> Sighting | None:
        in_alliance, closures, choices, *scored = kept
        facts: dict[str, FactValue] = dict(json.loads(choices)) if choices else {}
        newest: tuple[int, str] | None = None
        for watched, (day, value, source) in zip(self._look.watched, _threes(scored), strict=True):
            if day is not None:
                facts[watched.fact] = points(value)
                newest = max(newest or (day, source), (day, source))
        if newest is None:
            return None
        is_in = None if in_alliance is None else bool(in_alliance)
        day = date.fromordinal(newest[0])
        seen = Sighting(day, self._look.day, facts, is_in, closures, Source(newest[1]))
        return replace(seen, outlook=self._outlook(facts, recent)) if recent else seen

    def _outlook(self, facts: dict[str, FactValue], recent: Recent) -> Forecast | None:
        series: dict[str, Series] = {}
        for watched in self._look.watched:
            rows = sorted((day, value) for fact, day, value in recent if fact == watched.fact)
            if rows and max(value for _, value in rows) - rows[-1][1] >= watched.fall:
                series[watched.fact] = [(date.fromordinal(day), points(value)) for day, value in rows]
        return forecast(self._watch.edition, series, facts, self._look.day) if series else None


def _silent(state: WatchState | None, wishes: Wishes, day: date) -> Decision | None:
    """The decision to tell that no score comes any more; None when that was told, or is not to be heard now."""
    if wishes.snoozed_until and day < wishes.snoozed_until:
        return None
    decision = why_silent(state or WatchState(date.min))
    return decision if decision.reason is Reason.STALE else None


def _item(decision: Decision, seen: Sighting | None) -> Item:
    """What is told, but for the shop."""
    reason, state, line = decision
    if seen is None:
        return Item(reason)
    fact = line.fact if line else next((fact for fact, value in seen.facts.items() if isinstance(value, Decimal)), "")
    score = seen.facts.get(fact)
    ahead = seen.outlook if reason is Reason.APPROACH else None
    return Item(
        reason,
        line=line.id if line else "",
        fact=fact,
        points=score if isinstance(score, Decimal) else None,
        score_day=seen.day,
        since=state.since if state.level > Level.CLEAR else None,
        closings=state.closings,
        in_alliance=seen.in_alliance,
        happens_on=ahead.on if ahead else None,
        span_days=ahead.span_days if ahead else None,
    )


def _state(kept: tuple[Any, ...]) -> WatchState | None:
    values = dict(zip(STATE_COLUMNS, kept, strict=True))
    return state_of({name: _day(value) if name in DAYS else value for name, value in values.items()})


def _columns(state: WatchState) -> tuple[Any, ...]:
    values = columns(state)
    return tuple(_number(values[name]) for name in STATE_COLUMNS)


def _is_idle(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Whether only the day moved on of a state in which nothing is remembered: then it need not be written."""
    return not after[AWAKE] and _lasting(before) == _lasting(after)


def _lasting(state: tuple[Any, ...]) -> list[Any]:
    return [value for name, value in zip(STATE_COLUMNS, state, strict=True) if name not in ("judged_day", "seen_since")]


DAYS: Final = frozenset({"judged_day", "told_on", "seen_since"})
AWAKE: Final = STATE_COLUMNS.index("is_awake")


def _day(number: int | None) -> date | None:
    return None if number is None else date.fromordinal(number)


def _number(value: Any) -> Any:
    return value.toordinal() if isinstance(value, date) else value


def _threes(values: Sequence[Any]) -> Iterable[tuple[Any, Any, Any]]:
    """Day, hundredths and source of each watched score."""
    return zip(values[::3], values[1::3], values[2::3], strict=True)
