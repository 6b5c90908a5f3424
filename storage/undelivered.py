"""Urgent notices that never reached their chat: given up, or the chat is blocked; each end is told to operators once.

A message that an operator sends again, and that fails again, has come to another end, which is told too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import and_, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import notices as kept
from storage import reminders
from storage.notices import KEY, Notice
from storage.outbox import DEAD, MUTED
from storage.schema import notices, outbox
from storage.schema import reminders as told

ABOUT: Final = "undelivered "
NEVER_AGAIN_MS: Final = 10**15


@dataclass(frozen=True)
class Undelivered:
    """An urgent notice without a reader. `is_blocked`: the chat can't be written to; else `error` says why.

    `number`: of the message; `ended_at`: epoch ms, 0 when not known.
    """

    notice: Notice
    number: int
    is_blocked: bool
    error: str
    ended_at: int

    @property
    def about(self) -> str:
        """The name of this end among what operators were told."""
        return f"{ABOUT}{self.number} {self.ended_at}"


async def take(conn: AsyncConnection, since: date, now_ms: int, most: int) -> list[Undelivered]:
    """The ends of notices of `since` and later days that no process has told yet, the oldest first; they count as told.

    `most`: so many at a time.
    """
    found = await _untold(conn, since, most)
    return [one for one in found if await reminders.take(conn, one.about, now_ms, NEVER_AGAIN_MS)]


async def _untold(conn: AsyncConnection, since: date, most: int) -> Sequence[Undelivered]:
    ended_at = func.coalesce(outbox.c.done_at, 0)
    key = literal(KEY).op("||")(notices.c.id)
    about = literal(ABOUT).op("||")(outbox.c.id).op("||")(" ").op("||")(ended_at)
    query = (
        select(notices.c.id, outbox.c.id.label("number"), outbox.c.state, outbox.c.error, ended_at.label("ended_at"))
        .join(outbox, and_(outbox.c.chat_id == notices.c.chat_id, outbox.c.key == key))
        .where(notices.c.day >= since, notices.c.is_urgent, outbox.c.state.in_((DEAD, MUTED)))
        .where(~exists().where(told.c.about == about))
        .order_by(notices.c.id)
        .limit(most)
    )
    rows = (await conn.execute(query)).all()
    known = await kept.load(conn, [row.id for row in rows]) if rows else {}
    return [Undelivered(known[row.id], row.number, row.state == MUTED, row.error or "", row.ended_at) for row in rows]
