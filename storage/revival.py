"""Blocked chats brought back by an operator, with the muted notices that are still of use.

The words of a notice are made when it is sent, and what holds no more is left out then. Of other messages the words
were erased; they stay muted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import ACTIVE, BLOCKED
from storage.outbox import MUTED, WAITING
from storage.schema import chats, notices, outbox

OF_USE: Final = timedelta(days=7)
"""Notices of earlier days stay muted: the daily check tells what still holds."""

PORTION: Final = 500


@dataclass(frozen=True)
class Revived:
    """Counts of chats, of notices that wait to be sent again, and of muted messages that stay muted."""

    chats: int
    notices: int
    left: int


@dataclass(frozen=True)
class Muted:
    """Counts of blocked chats, and of closings of lately that were muted in these chats and could be brought back."""

    chats: int
    closings: int


async def muted(conn: AsyncConnection, today: date) -> Muted:
    """What a revival of all would bring back."""
    blocked = select(func.count()).select_from(chats).where(chats.c.state == BLOCKED)
    its = (
        outbox.c.state == MUTED,
        outbox.c.chat_id.in_(_blocked()),
        notices.c.is_urgent,
        notices.c.day >= today - OF_USE,
    )
    lost = select(func.count()).select_from(notices.join(outbox, outbox.c.notice_id == notices.c.id)).where(*its)
    return Muted((await conn.execute(blocked)).scalar() or 0, (await conn.execute(lost)).scalar() or 0)


async def blocked(conn: AsyncConnection, chat_id: int | None = None, since_ms: int | None = None) -> list[int]:
    """Blocked chats: all, this one alone, or those blocked at `since_ms` (epoch ms) or later."""
    query = _blocked()
    if chat_id is not None:
        query = query.where(chats.c.chat_id == chat_id)
    if since_ms is not None:
        query = query.where(chats.c.updated_at >= since_ms)
    return [row.chat_id for row in (await conn.execute(query.order_by(chats.c.chat_id))).all()]


async def revive(conn: AsyncConnection, chat_ids: Sequence[int], today: date, now_ms: int) -> Revived:
    """Let the blocked chats be written to again, and what is of use wait to be sent."""
    count = brought = left = 0
    for start in range(0, len(chat_ids), PORTION):
        some = chat_ids[start : start + PORTION]
        change = update(chats).where(chats.c.chat_id.in_(some), chats.c.state == BLOCKED)
        values = {"state": ACTIVE, "why": None, "paused_until": 0, "updated_at": now_ms}
        count += (await conn.execute(change.values(values))).rowcount
        brought += await _bring_back(conn, some, today, now_ms)
        still = (outbox.c.chat_id.in_(some), outbox.c.state == MUTED)
        left += (await conn.execute(select(func.count()).select_from(outbox).where(*still))).scalar() or 0
    return Revived(count, brought, left)


async def _bring_back(conn: AsyncConnection, chat_ids: Sequence[int], today: date, now_ms: int) -> int:
    its = (outbox.c.chat_id.in_(chat_ids), outbox.c.state == MUTED, _is_of_use(today, now_ms))
    anew = {"state": WAITING, "payload": "{}", "done_at": None, "error": None, "called_at": None, "refusals": 0}
    return int((await conn.execute(update(outbox).where(*its).values(anew))).rowcount)


def _is_of_use(today: date, now_ms: int) -> ColumnElement[bool]:
    lasts = or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > now_ms)
    return lasts & outbox.c.notice_id.in_(select(notices.c.id).where(notices.c.day >= today - OF_USE))


def _blocked() -> Any:
    return select(chats.c.chat_id).where(chats.c.state == BLOCKED)
