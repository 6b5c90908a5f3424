"""Chats' own quiet hours, times of the daily message, wishes for a message of each day, and editions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import BLOCKED
from storage.database.dialect import upsert
from storage.schema import chats, preferences

Hours = tuple[time, time]
"""From and until, local time; may pass midnight."""


class Daily(StrEnum):
    """What a chat may wish each day: a table of its shops, or as an operator the list of the shops at risk.

    The value is the column with the last day of which it was made, NULL for a chat that wishes none.
    """

    TABLE = "table_day"
    RISK = "risk_day"

    @property
    def column(self) -> Any:
        return preferences.c[self.value]


@dataclass(frozen=True)
class Preferences:
    """A chat's choices. `quiet_hours` None: never quiet; without `has_own_hours` the operator's setting counts.

    `digest_at`: local time of news that is not urgent; None: at once. `has_table`: a table of all shops comes each day;
    `has_risks`: the list of the shops at risk does.
    """

    has_own_hours: bool = False
    quiet_hours: Hours | None = None
    digest_at: time | None = None
    has_table: bool = False
    has_risks: bool = False

    def hours(self, default: Hours | None) -> Hours | None:
        """The quiet hours in force, None for never quiet."""
        return self.quiet_hours if self.has_own_hours else default


async def of(conn: AsyncConnection, chat_id: int) -> Preferences:
    """The chat's choices, defaults without a row."""
    row = (await conn.execute(select(preferences).where(preferences.c.chat_id == chat_id))).one_or_none()
    if row is None:
        return Preferences()
    kept = read(row.quiet_hours, row.digest_at)
    return replace(kept, has_table=row.table_day is not None, has_risks=row.risk_day is not None)


async def choices(conn: AsyncConnection, chat_ids: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
    """Kept values (quiet_hours, digest_at) by chat, for `read`; chats without choices are left out."""
    query = select(preferences).where(preferences.c.chat_id.in_(chat_ids))
    return {row.chat_id: (row.quiet_hours, row.digest_at) for row in (await conn.execute(query)).all()}


async def keep(conn: AsyncConnection, chat_id: int, chosen: Preferences, now_ms: int) -> None:
    """Keep the chat's hours in place of earlier ones."""
    values = {
        "quiet_hours": _hours(chosen),
        "digest_at": f"{chosen.digest_at:%H:%M}" if chosen.digest_at else None,
        "updated_at": now_ms,
    }
    statement = upsert(conn.dialect.name, preferences).values(chat_id=chat_id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=values))


async def wish(conn: AsyncConnection, chat_id: int, daily: Daily, after: date | None, now_ms: int) -> None:
    """Keep the wish for a message of each day after `after`; None: for none."""
    values = {daily.value: after, "updated_at": now_ms}
    statement = upsert(conn.dialect.name, preferences).values(chat_id=chat_id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=values))


@dataclass(frozen=True)
class Wish:
    """A chat whose message of the day is not made yet, with its hours and its edition, None for the operator's."""

    chat_id: int
    hours: Preferences
    edition: str | None


async def ahead(conn: AsyncConnection, daily: Daily, day: date) -> list[Wish]:
    """The chats that wish a message of the day and have none yet, without those that blocked the bot."""
    blocked = exists().where(chats.c.chat_id == preferences.c.chat_id, chats.c.state == BLOCKED)
    is_ahead = (daily.column.is_not(None), daily.column < day)
    query = select(preferences).where(*is_ahead, ~blocked).order_by(preferences.c.chat_id)
    rows = (await conn.execute(query)).all()
    return [Wish(row.chat_id, read(row.quiet_hours, row.digest_at), row.edition) for row in rows]


async def take(conn: AsyncConnection, chat_id: int, daily: Daily, day: date) -> bool:
    """Note the chat's message of the day as made; False when another process, or an earlier run, has made it."""
    its = (preferences.c.chat_id == chat_id, daily.column < day)
    return bool((await conn.execute(update(preferences).where(*its).values({daily.value: day}))).rowcount)


async def choose_edition(conn: AsyncConnection, chat_id: int, name: str | None, now_ms: int) -> None:
    """Keep the edition chosen by the chat; None: as the operator sets. `storage.dialogues` loads the choice."""
    values = {"edition": name, "updated_at": now_ms}
    statement = upsert(conn.dialect.name, preferences).values(chat_id=chat_id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=values))


def read(quiet_hours: str | None, digest_at: str | None) -> Preferences:
    """The preferences from kept values: hours None for the operator's, "" for none, "22:00-08:00".

    What can't be read is as if nothing was chosen: one chat's hours never keep the others from being told.
    """
    hours = None
    try:
        if quiet_hours:
            start, _, until = quiet_hours.partition("-")
            hours = (time.fromisoformat(start), time.fromisoformat(until))
        return Preferences(quiet_hours is not None, hours, time.fromisoformat(digest_at) if digest_at else None)
    except ValueError:
        return Preferences(False, None, None)


def _hours(chosen: Preferences) -> str | None:
    if not chosen.has_own_hours:
        return None
    return "-".join(f"{at:%H:%M}" for at in chosen.quiet_hours or ())
