"""What is to be sent: `waiting` → `sending` (leased) → `sent`; or `muted` (chat blocked), `dropped` (too late), `dead`.

Here is what everybody needs who has something to say, and what operators see; `storage.sending` has the rest.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.prepared import Prepared
from storage.instants import epoch_ms
from storage.schema import outbox

WAITING, SENDING, SENT, MUTED, DROPPED, DEAD = "waiting", "sending", "sent", "muted", "dropped", "dead"


class Lane(IntEnum):
    """Who goes first."""

    REPLY = 0
    WARNING = 1
    BULK = 2


@dataclass(frozen=True)
class Message:
    """One call of the chat's network. `payload` has no chat_id: it follows the chat when a group moves.

    in_order    False for what puts nothing into the chat: it waits for no other message, and none waits for it
    numbered    the delivered text carries the row's number
    key         a name by which later messages of the chat refer to this one
    edits       the key of an earlier message of the chat: its Telegram id is filled in when this one is sent;
                an edit whose message is gone is sent as a new message under that key
    not_before  the instant from which it may be sent, None for at once
    expires_at  after this it is of no use and dropped
    """

    chat_id: int
    lane: Lane
    method: str
    payload: Mapping[str, Any]
    numbered: bool = False
    key: str | None = None
    edits: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    notice_id: int | None = None
    in_order: bool = True


@dataclass(frozen=True)
class Lease:
    """Who sends, and until when nobody else may."""

    owner: str
    until_ms: int


@dataclass(frozen=True)
class DeadLetter:
    """What an operator sees of a message that was given up; never its text."""

    id: int
    chat_id: int
    method: str
    tries: int
    error: str
    created_at: int


async def enqueue(
    conn: AsyncConnection, messages: Sequence[Message], now_ms: int, lease: Lease | None = None
) -> list[int]:
    """Keep these for sending, in this order; their numbers. With a lease they are its owner's to send at once."""
    if not messages:
        return []
    rows = [_row(message, now_ms, lease) for message in messages]
    return [number for (number,) in await _insert(frozenset(rows[0])).rows_of_each(conn, rows)]


@cache
def _insert(names: frozenset[str]) -> Prepared:
    return Prepared(insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True), names)


async def is_known(conn: AsyncConnection, chat_id: int, key: str) -> bool:
    """Whether the chat has had a message of this key, or will."""
    query = select(outbox.c.id).where(outbox.c.chat_id == chat_id, outbox.c.key == key).limit(1)
    return (await conn.execute(query)).scalar() is not None


def _row(message: Message, now_ms: int, lease: Lease | None) -> dict[str, Any]:
    return {
        "chat_id": message.chat_id,
        "lane": int(message.lane),
        "method": message.method,
        "payload": json.dumps(dict(message.payload)),
        "numbered": message.numbered,
        "key": message.key,
        "edits": message.edits,
        "in_order": message.in_order,
        "notice_id": message.notice_id,
        "state": SENDING if lease else WAITING,
        "due_at": now_ms if message.not_before is None else epoch_ms(message.not_before),
        "expires_at": epoch_ms(message.expires_at) if message.expires_at else None,
        "tries": 1 if lease else 0,
        "unsure": False,
        "owner": lease.owner if lease else None,
        "lease_until": lease.until_ms if lease else None,
        "created_at": now_ms,
    }


async def dead(conn: AsyncConnection, limit: int = 100) -> list[DeadLetter]:
    """The newest messages that were given up."""
    query = select(outbox).where(outbox.c.state == DEAD).order_by(outbox.c.id.desc()).limit(limit)
    rows = (await conn.execute(query)).all()
    return [DeadLetter(row.id, row.chat_id, row.method, row.tries, row.error or "", row.created_at) for row in rows]


async def requeue(conn: AsyncConnection, number: int, now_ms: int) -> bool:
    """Send a dead message again; False when there is no such one. It stays `unsure` if it was."""
    is_it = (outbox.c.id == number) & (outbox.c.state == DEAD)
    change = update(outbox).where(is_it).values(state=WAITING, tries=0, due_at=now_ms, expires_at=None, error=None)
    return bool((await conn.execute(change)).rowcount)
