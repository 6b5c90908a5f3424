"""Chats that the server does not know. One such chat is blocked; many at once are an alarm, and paused.

When the server is another one, or the bot is, every chat fares so: then no chat is to blame. Many are FEW chats or more
within WINDOW_MS, and as many as the chats that got a message in that time. The messages of a chat that is not known
keep their words for a while, so that nothing is lost when the first chats are blocked and the next ones show that it
was an alarm.
"""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import ACTIVE, BLOCKED, UNKNOWN, mute, put
from storage.outbox import MUTED, SENT, WAITING, has_words, words
from storage.schema import chats, outbox

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
    blocked = await _blocked(conn, chat_id, now_ms)
    await put(conn, chat_id, now_ms, state=BLOCKED, why=UNKNOWN + why)
    if not await _are_many(conn, now_ms):
        await mute(conn, chat_id, now_ms, keeps_words=True)
        return 0
    await _pause(conn, {chat_id, *blocked}, now_ms)
    if blocked:
        await _let_wait(conn, blocked, now_ms)
    return len({chat_id, *blocked})


async def _blocked(conn: AsyncConnection, chat_id: int, now_ms: int) -> Sequence[int]:
    """The chats blocked as unknown lately; this one also if it was blocked long ago."""
    was_blocked = (chats.c.chat_id == chat_id) & chats.c.why.startswith(UNKNOWN)
    query = select(chats.c.chat_id).where(chats.c.state == BLOCKED, or_(was_blocked, _is_unknown(now_ms)))
    return (await conn.execute(query)).scalars().all()


async def _are_many(conn: AsyncConnection, now_ms: int) -> bool:
    query = select(func.count()).select_from(chats).where(_is_unknown(now_ms))
    count = (await conn.execute(query)).scalar() or 0
    return count >= FEW and count >= await _reached(conn, now_ms)


async def _reached(conn: AsyncConnection, now_ms: int) -> int:
    """How many chats got a message lately."""
    newest = select(outbox.c.chat_id, outbox.c.state, outbox.c.done_at).order_by(outbox.c.id.desc())
    rows = newest.limit(_LOOKED_AT).subquery()
    its = (rows.c.state == SENT, rows.c.done_at >= now_ms - WINDOW_MS)
    return (await conn.execute(select(func.count(rows.c.chat_id.distinct())).where(*its))).scalar() or 0


async def _pause(conn: AsyncConnection, chat_ids: Collection[int], now_ms: int) -> None:
    change = update(chats).where(chats.c.chat_id.in_(chat_ids))
    await conn.execute(change.values(state=ACTIVE, paused_until=now_ms + RETRY_MS))


async def _let_wait(conn: AsyncConnection, chat_ids: Collection[int], now_ms: int) -> None:
    """Let the chats' messages that were muted lately wait again: a look through all messages."""
    their = (outbox.c.chat_id.in_(chat_ids), outbox.c.state == MUTED, outbox.c.done_at >= now_ms - WINDOW_MS)
    change = update(outbox).where(*their, has_words())
    await conn.execute(change.values(state=WAITING, payload=words(), done_at=None))


async def paused(conn: AsyncConnection, now_ms: int) -> int:
    """How many chats are paused now because many are not known."""
    query = select(func.count()).select_from(chats).where(_is_unknown(now_ms), chats.c.state == ACTIVE)
    return (await conn.execute(query)).scalar() or 0


async def erase(conn: AsyncConnection, now_ms: int) -> None:
    """Erase the words of messages muted long ago."""
    its = (outbox.c.state == MUTED, outbox.c.payload.is_not(None), outbox.c.done_at < now_ms - KEPT_MS)
    await conn.execute(update(outbox).where(*its).values(payload=None))


def _is_unknown(now_ms: int) -> ColumnElement[bool]:
    return (
        chats.c.why.startswith(UNKNOWN)
        & (chats.c.updated_at >= now_ms - WINDOW_MS)
        & chats.c.state.in_((ACTIVE, BLOCKED))
    )
