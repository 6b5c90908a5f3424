"""Chats with a state that a sender must know: blocked, moved, paused."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import upsert
from storage.outbox import MUTED, SENDING, WAITING
from storage.schema import chats, checks, dialogues, outbox

ACTIVE, BLOCKED, MOVED = "active", "blocked", "moved"


@dataclass(frozen=True)
class Blocked:
    """A chat that can't be written to, Telegram's words for the reason, and the epoch ms of the refusal."""

    chat_id: int
    why: str
    since: int


async def block(conn: AsyncConnection, chat_id: int, why: str, now_ms: int) -> None:
    """Send nothing to the chat until the chat speaks again; waiting messages are muted."""
    await _put(conn, chat_id, now_ms, state=BLOCKED, why=why)
    waits = (outbox.c.chat_id == chat_id) & (outbox.c.state == WAITING)
    await conn.execute(update(outbox).where(waits).values(state=MUTED, payload=None, done_at=now_ms))


async def revive(conn: AsyncConnection, chat_ids: Sequence[int], now_ms: int) -> None:
    """Let chats be written to again. Messages muted meanwhile stay unsent."""
    was_blocked = chats.c.chat_id.in_(chat_ids) & (chats.c.state == BLOCKED)
    await conn.execute(update(chats).where(was_blocked).values(state=ACTIVE, why=None, updated_at=now_ms))


async def pause(conn: AsyncConnection, chat_id: int, until_ms: int, now_ms: int) -> None:
    """No call for this chat before `until_ms`."""
    await _put(conn, chat_id, now_ms, paused_until=until_ms)


async def move(conn: AsyncConnection, old: int, new: int, now_ms: int) -> None:
    """Give a group's waiting messages, conversation and checks to the supergroup `new`."""
    await _put(conn, old, now_ms, state=MOVED, moved_to=new)
    waits = (outbox.c.chat_id == old) & outbox.c.state.in_((WAITING, SENDING))
    await conn.execute(update(outbox).where(waits).values(chat_id=new))
    await conn.execute(update(checks).where(checks.c.chat_id == old).values(chat_id=new))
    is_free = ~exists().where(dialogues.alias("taken").c.chat_id == new)
    await conn.execute(update(dialogues).where(dialogues.c.chat_id == old, is_free).values(chat_id=new))


async def settle(conn: AsyncConnection, chat_id: int, now_ms: int) -> None:
    """Mute or move messages enqueued for a blocked or moved chat."""
    row = (await conn.execute(select(chats).where(chats.c.chat_id == chat_id))).one()
    if row.state == BLOCKED:
        await block(conn, chat_id, row.why, now_ms)
    elif row.state == MOVED:
        await move(conn, chat_id, row.moved_to, now_ms)


async def blocked(conn: AsyncConnection) -> list[Blocked]:
    """Blocked chats, the newest first, at most a hundred."""
    query = select(chats).where(chats.c.state == BLOCKED).order_by(chats.c.updated_at.desc()).limit(100)
    return [Blocked(row.chat_id, row.why or "", row.updated_at) for row in (await conn.execute(query)).all()]


async def _put(conn: AsyncConnection, chat_id: int, now_ms: int, **values: object) -> None:
    change = {**values, "updated_at": now_ms}
    fresh = {"state": ACTIVE, "paused_until": 0, **change}
    statement = upsert(conn.dialect.name, chats).values(chat_id=chat_id, **fresh)
    await conn.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=change))
