"""Who hears of which shop, what they chose, and what they were told of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.watch_state import Frequency, WatchState, Wishes
from storage.database.dialect import upsert
from storage.schema import WATCH_STATE, follows, newest, shops
from storage.watch_state_columns import columns, state_of


@dataclass(frozen=True)
class Follow:
    """One follower of one shop. `state` None: nothing was decided yet."""

    shop_id: int
    chat_id: int
    is_on: bool
    wishes: Wishes
    state: WatchState | None


async def start(conn: AsyncConnection, shop_id: int, chat_id: int, now_ms: int) -> bool:
    """From now on the chat hears of the shop, again if it had turned it off; True when that is new."""
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
    """The chat has nothing to do with the shop any more; what it was told is forgotten."""
    await conn.execute(delete(follows).where(*_is(shop_id, chat_id)))


async def of(conn: AsyncConnection, shop_id: int, chat_id: int) -> Follow | None:
    """This follower, None if the chat does not follow the shop."""
    row = (await conn.execute(select(follows).where(*_is(shop_id, chat_id)))).one_or_none()
    return None if row is None else _follow(row)


async def of_chat(conn: AsyncConnection, chat_id: int) -> list[Follow]:
    """All that the chat follows, on or off, the oldest shop first."""
    query = select(follows).where(follows.c.chat_id == chat_id).order_by(follows.c.shop_id)
    return [_follow(row) for row in (await conn.execute(query)).all()]


async def of_shop(conn: AsyncConnection, shop_id: int) -> list[Follow]:
    """All followers of the shop, on or off."""
    query = select(follows).where(follows.c.shop_id == shop_id).order_by(follows.c.chat_id)
    return [_follow(row) for row in (await conn.execute(query)).all()]


async def turn(conn: AsyncConnection, shop_id: int, chat_id: int, *, is_on: bool) -> None:
    """Whether the chat wants to hear of the shop; turned on again, a snooze is over."""
    await conn.execute(update(follows).where(*_is(shop_id, chat_id)).values(is_on=is_on, snoozed_until=None))


async def choose(conn: AsyncConnection, shop_id: int, chat_id: int, frequency: Frequency) -> None:
    """How often the chat wants to hear while the shop is below a line."""
    await conn.execute(update(follows).where(*_is(shop_id, chat_id)).values(frequency=frequency.value))


async def snooze(conn: AsyncConnection, shop_id: int, chat_id: int, until: date) -> None:
    """Nothing but a closing is told before `until`."""
    await conn.execute(update(follows).where(*_is(shop_id, chat_id)).values(snoozed_until=until))


async def keep_state(conn: AsyncConnection, shop_id: int, chat_id: int, state: WatchState) -> None:
    """What the chat was told of the shop is now this."""
    await conn.execute(update(follows).where(*_is(shop_id, chat_id)).values(columns(state)))


def _is(shop_id: int, chat_id: int) -> tuple[Any, Any]:
    return follows.c.shop_id == shop_id, follows.c.chat_id == chat_id


def _follow(row: Row[Any]) -> Follow:
    wishes = Wishes(Frequency(row.frequency), row.snoozed_until)
    state = state_of({column.key: row._mapping[column] for column in WATCH_STATE})
    return Follow(row.shop_id, row.chat_id, row.is_on, wishes, state)
