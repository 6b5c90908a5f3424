"""Chats that the server does not know. One such chat is blocked; many at once are an alarm, and paused.

When the server is another one, or the bot is, every chat fares so: then no chat is to blame. Many are FEW chats or more
within WINDOW_MS, and as many as the chats that got a message in that time. The messages of a chat that is not known
keep their words for a while, so that nothing is lost when the first chats are blocked and the next ones show that it
was an alarm.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import ACTIVE, BLOCKED, put
from storage.outbox import MUTED, SENT, WAITING
from storage.schema import chats, outbox

WHY: Final = "not known: "
"""The beginning of `chats.why`."""

FEW: Final = 5
WINDOW_MS: Final = 20 * 60_000
RETRY_MS: Final = 10 * 60_000
"""How long a chat waits that is not known like many others: within WINDOW_MS the server is asked twice."""

KEPT_MS: Final = 86_400_000
"""How long the words of muted messages are kept."""

_LOOKED_AT: Final = 2_000
"""So many of the newest messages tell which chats got one."""


async def note(conn: AsyncConnection, chat_id: int, why: str, now_ms: int) -> int:
    """Block the chat, 0; or, when many fare so, pause all of those: how many are no longer blocked or never were."""
    await put(conn, chat_id, now_ms, state=BLOCKED, why=WHY + why)
    await _mute(conn, chat_id, now_ms)
    lately = await _lately(conn, now_ms)
    if len(lately) < FEW or len(lately) < await _reached(conn, now_ms):
        return 0
    return await _pause(conn, now_ms)


async def _mute(conn: AsyncConnection, chat_id: int, now_ms: int) -> None:
    waits = (outbox.c.chat_id == chat_id) & (outbox.c.state == WAITING)
    await conn.execute(update(outbox).where(waits).values(state=MUTED, done_at=now_ms))


async def _lately(conn: AsyncConnection, now_ms: int) -> Sequence[int]:
    return (await conn.execute(select(chats.c.chat_id).where(_is_unknown(now_ms)))).scalars().all()


async def _reached(conn: AsyncConnection, now_ms: int) -> int:
    """How many chats got a message lately."""
    newest = select(outbox.c.chat_id, outbox.c.state, outbox.c.done_at).order_by(outbox.c.id.desc())
    rows = newest.limit(_LOOKED_AT).subquery()
    its = (rows.c.state == SENT, rows.c.done_at >= now_ms - WINDOW_MS)
    return (await conn.execute(select(func.count(rows.c.chat_id.distinct())).where(*its))).scalar() or 0


async def _pause(conn: AsyncConnection, now_ms: int) -> int:
    """Pause the chats instead, and let their messages wait again."""
    those = list((await conn.execute(select(chats.c.chat_id).where(_is_unknown(now_ms), _is(BLOCKED)))).scalars())
    change = update(chats).where(chats.c.chat_id.in_(those))
    await conn.execute(change.values(state=ACTIVE, paused_until=now_ms + RETRY_MS))
    their = (outbox.c.chat_id.in_(those), outbox.c.state == MUTED, outbox.c.done_at >= now_ms - WINDOW_MS)
    words = outbox.c.payload.is_not(None)
    await conn.execute(update(outbox).where(*their, words).values(state=WAITING, done_at=None))
    return len(those)


async def paused(conn: AsyncConnection, now_ms: int) -> int:
    """How many chats are paused now because many are not known."""
    query = select(func.count()).select_from(chats).where(_is_unknown(now_ms), _is(ACTIVE))
    return (await conn.execute(query)).scalar() or 0


async def erase(conn: AsyncConnection, now_ms: int) -> None:
    """Erase the words of messages muted long ago."""
    its = (outbox.c.state == MUTED, outbox.c.payload.is_not(None), outbox.c.done_at < now_ms - KEPT_MS)
    await conn.execute(update(outbox).where(*its).values(payload=None))


def _is_unknown(now_ms: int) -> ColumnElement[bool]:
    return (
        chats.c.why.startswith(WHY) & (chats.c.updated_at >= now_ms - WINDOW_MS) & chats.c.state.in_((ACTIVE, BLOCKED))
    )


def _is(state: str) -> ColumnElement[bool]:
    return chats.c.state == state
