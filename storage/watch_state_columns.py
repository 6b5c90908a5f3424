"""`rules.watch_state.WatchState` as the columns of `follows`, and back. What is a column of it, the schema says.

The daily check reads and writes the values as the database has them (a day is its number, a score its hundredths):
a million conversions would cost more than its query.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from rules.lines import Level, hundredths, points
from rules.watch_state import WatchState
from storage.database.bulk import raw
from storage.schema import WATCH_STATE, Day

KEYS: Final = tuple(column.key for column in WATCH_STATE)
DAYS: Final = frozenset(column.key for column in WATCH_STATE if isinstance(column.type, Day))
MOVE_EVERY_DAY: Final = frozenset({"judged_day", "seen_since"})
FIELDS: Final = tuple(key for key in KEYS if key != "is_awake")


def columns(state: WatchState) -> dict[str, Any]:
    """The state by column; no row was judged yet when its day is `date.min`."""
    ends_at = state.descent_ends_at
    return {key: getattr(state, key) for key in FIELDS} | {
        "judged_day": None if state.judged_day == date.min else state.judged_day,
        "descent_ends_at": None if ends_at is None else hundredths(ends_at),
        "is_awake": is_awake(state),
    }


def is_awake(state: WatchState) -> bool:
    """Whether every newer row of the shop must be judged, be it above all lines or not."""
    is_told = state.level > Level.CLEAR or state.is_closed or bool(state.closures)
    return is_told or state.descent_ends_at is not None or state.stale_told


def state_of(kept: Mapping[str, Any]) -> WatchState | None:
    """The state from its columns; known closures, or silence told, make one before any row was judged."""
    if kept["judged_day"] is None and kept["closures"] is None and not kept["stale_told"]:
        return None
    ends_at = kept["descent_ends_at"]
    as_told = {
        "judged_day": kept["judged_day"] or date.min,
        "level": Level(kept["level"]),
        "seen_level": Level(kept["seen_level"]),
        "descent_ends_at": None if ends_at is None else points(ends_at),
    }
    return WatchState(**{key: kept[key] for key in FIELDS} | as_told)


def from_raw(values: Sequence[Any]) -> WatchState | None:
    """The state from the database's own values, in the order of KEYS."""
    return state_of({key: day(value) if key in DAYS else value for key, value in zip(KEYS, values, strict=True)})


def to_raw(state: WatchState) -> tuple[Any, ...]:
    """The state as the database's own values, in the order of KEYS."""
    values = columns(state)
    return tuple(raw(values[key]) for key in KEYS)


def is_idle(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Whether only the day moved on of a state in which nothing is remembered: then it need not be written."""
    changed = {key for key, old, new in zip(KEYS, before, after, strict=True) if old != new}
    return not after[KEYS.index("is_awake")] and changed <= MOVE_EVERY_DAY


def day(number: int | None) -> date | None:
    """The day of this number."""
    return None if number is None else date.fromordinal(number)
