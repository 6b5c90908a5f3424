"""A single decision for each distinct combination of evidence, shared by many followers (pure)."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import Row

from bot.warnings.policy import WatchPolicy
from rules.lines import Level, hundredths, limit_for, points
from rules.outlook import Forecast, Series, forecast
from rules.reasons import Reason
from rules.requirements import FactValue
from rules.sources import Source
from rules.watch import FALLEN, why_tell
from rules.watch_state import Decision, Frequency, Sighting, WatchState, Wishes, why_silent
from storage.daily_check.decisions import ChunkDecision
from storage.daily_check.due_followers import Fall
from storage.daily_check.evidence import DECIDING, DayQuery, Evidence, evidence
from storage.follows import KEYS, day, from_raw, is_idle, to_raw
from storage.notices import Item
from storage.scores import as_points

MOST_KEPT: Final = 50_000
Recent = Sequence[tuple[str, int, int | None]]
"""Rows of one shop: fact, day's number, hundredths (None: no score)."""

Before = tuple[tuple[str, int | None], ...]
"""A shop's scores when another edition judged last: fact, hundredths (None: no score)."""


class Decided(NamedTuple):
    """The decision for a combination. `outcome`: the state to keep and the item to tell. `is_urgent`: may not wait.

    `wants_outlook`: a forecast could change the decision: no news, no forecast told before, and a shop that may be in.
    `wants_before`: the scores known when another edition judged could change it. `is_again`: graver news of a day that
    was judged before. `wants_told`: what this edition told before another one judged could change it. `fall`: the row
    told is the first that the bot saw below the line; earlier rows may have been below too.
    """

    reason: Reason
    outcome: ChunkDecision
    is_urgent: bool
    wants_outlook: bool
    fall: Fall | None = None
    wants_before: bool = False
    is_again: bool = False
    wants_told: bool = False


class Decider:
    """Decides for the rows of a `DayQuery`, and remembers the decisions for equal rows."""

    def __init__(self, watch: WatchPolicy, look: DayQuery) -> None:
        self._watch = watch
        self._look = look
        self._known: dict[tuple[Any, ...], Decided] = {}
        self._number = 0

    def judge(self, row: Row[Any], recent: Recent = (), before: Before = (), told_line: str = "") -> Decided:
        """The decision for `row`; `recent`: earlier scores, for a forecast and for the first day of a fall.

        `told_line`: see `Sighting`.
        """
        key = (*row[DECIDING], *recent, before, told_line)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST_KEPT:
                self._known.clear()
            found = self._known[key] = self._decide(evidence(row, len(self._look.watched)), recent, before, told_line)
        return found

    def _decide(self, kept: Evidence, recent: Recent, before: Before, told_line: str) -> Decided:
        state = from_raw(kept.state)
        wishes = Wishes(Frequency(kept.frequency), day(kept.snoozed_until))
        seen = self._sighting(kept, recent)
        seen = replace(seen, told_line=told_line) if seen and told_line else seen
        if seen and before:
            seen = replace(seen, before={fact: as_points(value) for fact, value in before})
        decision = why_tell(state, seen, self._watch.edition, wishes) if seen else None
        if kept.is_silent and not (decision and decision.reason.is_told):
            decision = _silent(decision.state if decision else state, wishes, self._look.day) or decision
        self._number += 1
        if decision is None:
            return Decided(Reason.NOTHING_NEW, ChunkDecision(self._number, None, None), False, _wants_outlook(kept))
        fall = _fall(decision, seen, self._watch) if seen else None
        if seen and fall and recent:
            decision = _dated(decision, seen, recent)
        after = to_raw(decision.state)
        kept_as = None if after == kept.state or is_idle(kept.state, after) else after
        item = _item(decision, seen, state) if decision.reason.is_told else None
        if item and fall and recent and not _is_first_day_known(item, fall, recent):
            item = item._replace(since=None)
        wants_outlook = decision.reason.row.may_be_foretold and _wants_outlook(kept)
        outcome = ChunkDecision(self._number, kept_as, item)
        wants_before = kept.was_watched and not before and self._may_be_old(kept, decision.reason)
        is_again = _is_again(decision, state, seen)
        is_other = state is not None and state.edition not in ("", self._watch.edition.name)
        wants_told = is_other and not told_line and decision.reason in FALLEN.values()
        urgent = decision.reason.at_once
        return Decided(decision.reason, outcome, urgent, wants_outlook, fall, wants_before, is_again, wants_told)

    def _may_be_old(self, kept: Evidence, reason: Reason) -> bool:
        """Whether only the edition may be new: at its first look at the shop, or in a reminder of what nobody told."""
        state = dict(zip(KEYS, kept.state, strict=True))
        is_first = state["edition"] != self._watch.edition.name
        return is_first or (reason is Reason.REMINDER and state["told_on"] is None)

    def _sighting(self, kept: Evidence, recent: Recent) -> Sighting | None:
        facts: dict[str, FactValue] = dict(json.loads(kept.choices)) if kept.choices else {}
        scored = [(one.fact, newest) for one, newest in zip(self._look.watched, kept.scores, strict=True) if newest]
        if not scored:
            return None
        facts |= {fact: as_points(newest.hundredths) for fact, newest in scored}
        number, source = max((newest.day, newest.source) for _, newest in scored)
        seen = Sighting(
            date.fromordinal(number), self._look.day, facts, kept.in_alliance, kept.closures, Source(source)
        )
        seen = replace(seen, is_mixed=kept.is_mixed)
        return replace(seen, outlook=self._outlook(facts, recent)) if recent else seen

    def _outlook(self, facts: dict[str, FactValue], recent: Recent) -> Forecast | None:
        series: dict[str, Series] = {
            watched.fact: [
                (date.fromordinal(day), points(value))
                for fact, day, value in recent
                if fact == watched.fact and value is not None
            ]
            for watched in self._look.watched
        }
        return forecast(self._watch.edition, series, facts, self._look.day)


def _fall(decision: Decision, seen: Sighting, watch: WatchPolicy) -> Fall | None:
    reason, state, line = decision
    is_first = state.seen_since == seen.day and reason in FALLEN.values()
    if not (is_first and line and isinstance(seen.facts.get(line.fact), Decimal)):
        return None
    scale = watch.edition.fact(line.fact).scale
    return Fall(line.fact, scale, seen.day.toordinal(), hundredths(limit_for(line, seen.facts)))


def _dated(decision: Decision, seen: Sighting, recent: Recent) -> Decision:
    """The decision with the first of the days in a row that the score was below the line, by the rows of the days."""
    line, since = decision.line, seen.day
    assert line is not None  # noqa: S101  (a fall is below a line)
    limit = limit_for(line, seen.facts)
    earlier = sorted(((day, value) for fact, day, value in recent if fact == line.fact), reverse=True)
    for number, value in earlier:
        if number >= since.toordinal():
            continue
        if value is None or points(value) >= limit:
            break
        since = date.fromordinal(number)
    return decision._replace(state=replace(decision.state, seen_since=since))


def _is_first_day_known(item: Item, fall: Fall, recent: Recent) -> bool:
    """Whether the first day below the line is known by the rows: an earlier one, or a row of the day before."""
    is_earlier = item.since is not None and item.since.toordinal() < fall.day
    return is_earlier or any((fact, number) == (fall.fact, fall.day - 1) for fact, number, _ in recent)


def _wants_outlook(kept: Evidence) -> bool:
    state = dict(zip(KEYS, kept.state, strict=True))
    return state["descent_ends_at"] is None and state["level"] < Level.CLOSING and kept.in_alliance is not False


def _is_again(decision: Decision, state: WatchState | None, seen: Sighting | None) -> bool:
    is_same_day = state is not None and seen is not None and state.judged_day == seen.day
    return is_same_day and decision.reason in FALLEN.values()


def _silent(state: WatchState | None, wishes: Wishes, day: date) -> Decision | None:
    """The decision to tell of a feed gone silent; None when told before, or during a snooze."""
    if wishes.snoozed_until and day < wishes.snoozed_until:
        return None
    decision = why_silent(state or WatchState(date.min))
    return decision if decision.reason is Reason.STALE else None


def _item(decision: Decision, seen: Sighting | None, before: WatchState | None) -> Item:
    """The item to tell, without the shop's number. `before`: the state before the decision."""
    reason, state, line = decision
    if seen is None:
        return Item(reason)
    fact = line.fact if line else _scored_fact(seen)
    score = seen.facts.get(fact)
    ahead = seen.outlook if reason is Reason.APPROACH else None
    return Item(
        reason,
        line=line.id if line else "",
        fact=fact,
        points=score if isinstance(score, Decimal) else None,
        score_day=seen.day,
        since=state.seen_since if state.level > Level.CLEAR else None,
        closures=state.closures,
        in_alliance=seen.in_alliance,
        happens_on=ahead.on if ahead else None,
        span_days=ahead.span_days if ahead else None,
        level_before=before.level if before else Level.CLEAR,
        closures_before=before.closures if before and reason is Reason.CLOSED else None,
    )


def _scored_fact(seen: Sighting) -> str:
    """The first score that is known, else the first known to be absent, else ""."""
    known = (fact for fact, value in seen.facts.items() if isinstance(value, Decimal))
    absent = (fact for fact, value in seen.facts.items() if value is None)
    return next(known, next(absent, ""))
