"""Chats' own quiet hours, times of the daily message, and editions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import upsert
from storage.schema import preferences

Hours = tuple[time, time]
"""From and until, local time; may pass midnight."""


@dataclass(frozen=True)
class Preferences:
    """A chat's choices. `quiet_hours` None: never quiet; without `has_own_hours` the operator's setting counts.

    `digest_at`: local time of news that is not urgent; None: at once.
    """

    has_own_hours: bool = False
    quiet_hours: Hours | None = None
    digest_at: time | None = None

    def hours(self, default: Hours | None) -> Hours | None:
        """The quiet hours in force, None for never quiet."""
        return self.quiet_hours if self.has_own_hours else default


async def of(conn: AsyncConnection, chat_id: int) -> Preferences:
    """The chat's choices, defaults without a row."""
    row = (await conn.execute(select(preferences).where(preferences.c.chat_id == chat_id))).one_or_none()
    return read(row.quiet_hours, row.digest_at) if row else Preferences()


async def choices(conn: AsyncConnection, chat_ids: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
    """Kept values (quiet_hours, digest_at) by chat, for `read`; chats without choices are left out."""
    query = select(preferences).where(preferences.c.chat_id.in_(chat_ids))
    return {row.chat_id: (row.quiet_hours, row.digest_at) for row in (await conn.execute(query)).all()}


async def keep(conn: AsyncConnection, chat_id: int, chosen: Preferences, now_ms: int) -> None:
    """Keep the chat's choices in place of earlier choices."""
    values = {
        "quiet_hours": _hours(chosen),
        "digest_at": f"{chosen.digest_at:%H:%M}" if chosen.digest_at else None,
        "updated_at": now_ms,
    }
    statement = upsert(conn.dialect.name, preferences).values(chat_id=chat_id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=values))


async def choose_edition(conn: AsyncConnection, chat_id: int, name: str | None, now_ms: int) -> None:
    """Keep the edition chosen by the chat; None: as the operator sets. `storage.dialogues` loads the choice."""
    values = {"edition": name, "updated_at": now_ms}
    statement = upsert(conn.dialect.name, preferences).values(chat_id=chat_id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=values))


def read(quiet_hours: str | None, digest_at: str | None) -> Preferences:
    """The preferences from kept values: hours None for the operator's, "" for none, "22:00-08:00"."""
    hours = None
    if quiet_hours:
        start, _, until = quiet_hours.partition("-")
        hours = (time.fromisoformat(start), time.fromisoformat(until))
    return Preferences(quiet_hours is not None, hours, time.fromisoformat(digest_at) if digest_at else None)


def _hours(chosen: Preferences) -> str | None:
    if not chosen.has_own_hours:
        return None
    return "-".join(f"{at:%H:%M}" for at in chosen.quiet_hours or ())
