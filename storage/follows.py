"""Followers of shops: chats with wishes, and the state of what a chat was told (`rules.watch_state.WatchState`).

The daily check reads and writes the state in the database's own values (a day is a number, a score hundredths): a
million conversions would cost more than the query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.lines import Level, hundredths, points
from rules.watch_state import Frequency, WatchState, Wishes
from storage.database.bulk import raw
from storage.database.dialect import upsert
from storage.schema import WATCH_STATE, Day, follows, newest, shops

KEYS: Final = tuple(column.key for column in WATCH_STATE)
DAYS: Final = frozenset(column.key for column in WATCH_STATE if isinstance(column.type, Day))
NOT_WORTH_WRITING: Final = frozenset({"judged_day", "seen_since", "edition"})
FIELDS: Final = tuple(key for key in KEYS if key != "is_awake")


@dataclass(frozen=True)
class Follow:
    """A chat that follows a shop. `state` None: nothing was decided yet. `since`: epoch ms."""

    shop_id: int
    chat_id: int
    is_on: bool
    wishes: Wishes
    state: WatchState | None
    since: int = field(default=0, compare=False)


async def start(conn: AsyncConnection, shop_id: int, chat_id: int, now_ms: int) -> bool:
    """Let the chat hear of the shop, again if turned off; True when new."""
    known = await of(conn, shop_id, chat_id)
    if known:
        await turn(conn, shop_id, chat_id, is_on=True)
        return not known.is_on
    closures = (await conn.execute(select(shops.c.closures).where(shops.c.id == shop_id))).scalar()
    has_score = (await conn.execute(select(newest.c.fact).where(newest.c.shop_id == shop_id).limit(1))).scalar()
    state = columns(WatchState(date.min, closures=closures))
    state["is_awake"] = state["is_awake"] or has_score is None  # that none comes must be noticed
    values = {"shop_id": shop_id, "chat_id": chat_id, "is_on": True, "frequency": Frequency.DAILY.value}
    fresh = {**state, **values, "created_at": now_ms}
    statement = upsert(conn.dialect.name, follows).values(fresh)
    await conn.execute(statement.on_conflict_do_nothing(index_elements=["shop_id", "chat_id"]))
    return True


async def stop(conn: AsyncConnection, shop_id: int, chat_id: int) -> None:
    """Delete the follow with the state told."""
    await conn.execute(delete(follows).where(*_is(shop_id, chat_id)))


async def of(conn: AsyncConnection, shop_id: int, chat_id: int) -> Follow | None:
    """The follow, None if the chat does not follow the shop."""
    row = (await conn.execute(select(follows).where(*_is(shop_id, chat_id)))).one_or_none()
    return None if row is None else _follow(row)


async def of_chat(conn: AsyncConnection, chat_id: int) -> list[Follow]:
    """The chat's follows, on or off, the oldest shop first."""
    query = select(follows).where(follows.c.chat_id == chat_id).order_by(follows.c.shop_id)
    return [_follow(row) for row in (await conn.execute(query)).all()]


async def of_shop(conn: AsyncConnection, shop_id: int) -> list[Follow]:
    """The shop's follows, on or off, by chat."""
    query = select(follows).where(follows.c.shop_id == shop_id).order_by(follows.c.chat_id)
    return [_follow(row) for row in (await conn.execute(query)).all()]


async def turn(conn: AsyncConnection, shop_id: int, chat_id: int, *, is_on: bool) -> None:
    """Turn warnings on or off; either ends a snooze, and the silence after a word that all is mended."""
    values = {"is_on": is_on, "snoozed_until": None, "is_mended": False}
    await conn.execute(update(follows).where(*_is(shop_id, chat_id)).values(values))


async def choose(conn: AsyncConnection, shop_id: int, chat_id: int, frequency: Frequency) -> None:
    """Set how often the chat hears while the shop is below a line, though all was said to be mended."""
    values = {"frequency": frequency.value, "is_mended": False}
    await conn.execute(update(follows).where(*_is(shop_id, chat_id)).values(values))


async def snooze(conn: AsyncConnection, shop_id: int, chat_id: int, until: date) -> None:
    """Tell nothing but a closing before `until`."""
    await conn.execute(update(follows).where(*_is(shop_id, chat_id)).values(snoozed_until=until))


async def mend(conn: AsyncConnection, shop_id: int, chat_id: int, seen: WatchState) -> bool:
    """Keep that the chat said that what was told is mended; False when another fall was told since `seen`."""
    is_seen = (follows.c.level == seen.level, follows.c.fell_on.is_not_distinct_from(seen.fell_on))
    change = update(follows).where(*_is(shop_id, chat_id), *is_seen).values(is_mended=True)
    return bool((await conn.execute(change)).rowcount)


async def keep_state(conn: AsyncConnection, shop_id: int, chat_id: int, state: WatchState) -> None:
    """Keep the state told."""
    await conn.execute(update(follows).where(*_is(shop_id, chat_id)).values(columns(state)))


def _is(shop_id: int, chat_id: int) -> tuple[Any, Any]:
    return follows.c.shop_id == shop_id, follows.c.chat_id == chat_id


def _follow(row: Row[Any]) -> Follow:
    wishes = Wishes(Frequency(row.frequency), row.snoozed_until)
    state = state_of({column.key: row._mapping[column] for column in WATCH_STATE})
    return Follow(row.shop_id, row.chat_id, row.is_on, wishes, state, row.created_at)


def columns(state: WatchState) -> dict[str, Any]:
    """The state by column; `judged_day` is None for `date.min` (no row judged yet)."""
    ends_at = state.descent_ends_at
    return {key: getattr(state, key) for key in FIELDS} | {
        "judged_day": None if state.judged_day == date.min else state.judged_day,
        "descent_ends_at": None if ends_at is None else hundredths(ends_at),
        "is_awake": is_awake(state),
    }


def is_awake(state: WatchState) -> bool:
    """Whether every newer row of the shop must be judged, even above all lines."""
    is_told = state.level > Level.CLEAR or state.is_closed or bool(state.closures)
    return is_told or state.descent_ends_at is not None or state.stale_told


def state_of(kept: Mapping[str, Any]) -> WatchState | None:
    """The state from columns; None before a row was judged, unless closures are known or silence was told."""
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
    """Whether a state without memory only got another day or edition: such a state need not be written."""
    changed = {key for key, old, new in zip(KEYS, before, after, strict=True) if old != new}
    return not after[KEYS.index("is_awake")] and changed <= NOT_WORTH_WRITING


def day(number: int | None) -> date | None:
    """The day of a number (`date.toordinal`), None for None."""
    return None if number is None else date.fromordinal(number)
