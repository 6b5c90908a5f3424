"""Chats with a state that a sender must know: blocked, moved, paused."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import case, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import upsert
from storage.outbox import MUTED, SENDING, WAITING
from storage.schema import chats, checks, dialogues, outbox

ACTIVE, BLOCKED, MOVED = "active", "blocked", "moved"
UNANSWERED: Final = "no answer"
"""`why` of a pause of a chat whose calls got no answer."""

LONGEST_PAUSE_MS: Final = 86_400_000
"""No chat is ever told to wait as long."""

UNKNOWN: Final = "not known: "
"""The beginning of `why` of a chat that the server does not know (see `storage.unfound`)."""


async def block(conn: AsyncConnection, chat_id: int, why: str, now_ms: int) -> None:
    """Send nothing to the chat until the chat speaks again; waiting messages are muted."""
    await put(conn, chat_id, now_ms, state=BLOCKED, why=why)
    await mute(conn, chat_id, now_ms)


async def mute(conn: AsyncConnection, chat_id: int, now_ms: int, *, keeps_words: bool = False) -> None:
    """Mute the chat's waiting messages; the payloads are erased unless `keeps_words`."""
    waits = (outbox.c.chat_id == chat_id) & (outbox.c.state == WAITING)
    words = outbox.c.payload if keeps_words else None
    await conn.execute(update(outbox).where(waits).values(state=MUTED, payload=words, done_at=now_ms))


async def revive(conn: AsyncConnection, chat_ids: Sequence[int], now_ms: int) -> None:
    """Let chats be written to again. Messages muted meanwhile stay unsent."""
    was_blocked = chats.c.chat_id.in_(chat_ids) & (chats.c.state == BLOCKED)
    await conn.execute(update(chats).where(was_blocked).values(state=ACTIVE, why=None, updated_at=now_ms))


async def pause(conn: AsyncConnection, chat_id: int, until_ms: int, now_ms: int, why: str | None = None) -> None:
    """No call for this chat before `until_ms`; with UNANSWERED as `why`, or before the server is well again."""
    kept = case((chats.c.state == BLOCKED, chats.c.why), else_=why)
    await put(conn, chat_id, now_ms, {"why": kept}, paused_until=until_ms, why=why)


async def resume(conn: AsyncConnection, now_ms: int) -> None:
    """End the pauses of chats that had no answer: the server is well again."""
    its = (chats.c.state == ACTIVE, chats.c.why == UNANSWERED, chats.c.paused_until > now_ms)
    await conn.execute(update(chats).where(*its).values(paused_until=0, why=None))


async def end_impossible_pauses(conn: AsyncConnection, now_ms: int) -> None:
    """End the pauses that are so long that they were written by a clock that was ahead."""
    is_impossible = chats.c.paused_until > now_ms + LONGEST_PAUSE_MS
    await conn.execute(update(chats).where(is_impossible).values(paused_until=0))


async def move(conn: AsyncConnection, old: int, new: int, now_ms: int) -> bool:
    """Give a group's waiting messages, conversation and checks to the supergroup `new`, or to where that one moved.

    False when that leads back to `old`: then nothing is changed.
    """
    last = await _last_of(conn, new, {old})
    if last is None:
        return False
    await put(conn, old, now_ms, state=MOVED, moved_to=last)
    await _give(conn, old, last)
    return True


async def settle(conn: AsyncConnection, chat_id: int, now_ms: int) -> None:
    """Mute or move messages enqueued for a blocked or moved chat; a move that leads nowhere is forgotten."""
    row = (await conn.execute(select(chats).where(chats.c.chat_id == chat_id))).one_or_none()
    if row is None or row.state == ACTIVE:
        return
    if row.state == BLOCKED:
        await mute(conn, chat_id, now_ms, keeps_words=(row.why or "").startswith(UNKNOWN))
    elif row.moved_to is None or not await move(conn, chat_id, row.moved_to, row.updated_at):
        await put(conn, chat_id, now_ms, state=ACTIVE, moved_to=None)


async def _last_of(conn: AsyncConnection, chat_id: int, seen: set[int]) -> int | None:
    """Where the chat is now, None when its moves lead back to a chat already seen."""
    while chat_id not in seen:
        seen.add(chat_id)
        its = (chats.c.chat_id == chat_id, chats.c.state == MOVED, chats.c.moved_to.is_not(None))
        further = (await conn.execute(select(chats.c.moved_to).where(*its))).scalar()
        if further is None:
            return chat_id
        chat_id = further
    return None


async def _give(conn: AsyncConnection, old: int, new: int) -> None:
    waits = (outbox.c.chat_id == old) & outbox.c.state.in_((WAITING, SENDING))
    await conn.execute(update(outbox).where(waits).values(chat_id=new))
    await conn.execute(update(checks).where(checks.c.chat_id == old).values(chat_id=new))
    is_free = ~exists().where(dialogues.alias("taken").c.chat_id == new)
    await conn.execute(update(dialogues).where(dialogues.c.chat_id == old, is_free).values(chat_id=new))


async def put(
    conn: AsyncConnection, chat_id: int, now_ms: int, changed: Mapping[str, Any] | None = None, **values: Any
) -> None:
    """Keep these values of the chat; `changed`: instead, where the chat has a row already."""
    change = {**values, "updated_at": now_ms}
    fresh = {"state": ACTIVE, "paused_until": 0, **change}
    statement = upsert(conn.dialect.name, chats).values(chat_id=chat_id, **fresh)
    again = {**change, **(changed or {})}
    await conn.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=again))
