"""Messages to be sent: `waiting` → `sending` (leased) → `sent`; or `muted` (chat blocked), `dropped` (late), `dead`,
`recalled` (by an operator, see `storage.withdrawals`).

This module puts messages in and serves operators; `storage.sending` is delivery's side.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.prepared import Prepared
from storage.instants import epoch_ms
from storage.schema import outbox

WAITING, SENDING, SENT, MUTED, DROPPED, DEAD = "waiting", "sending", "sent", "muted", "dropped", "dead"
RECALLED = "recalled"


class Lane(IntEnum):
    """Precedence of messages: a lower lane goes first."""

    REPLY = 0
    WARNING = 1
    BULK = 2


@dataclass(frozen=True)
class Message:
    """A call of the chat's network. `payload` has no chat_id: the row's chat may change when a group moves.

    in_order    False for a call that puts nothing into the chat: such a call neither waits nor is waited for
    numbered    the delivered text carries the row's number
    key         a name by which later messages of the chat refer to the message
    edits       the key of an earlier message of the chat, whose Telegram id is filled in on sending;
                an edit of a message that is gone is sent as a new message under the same key
    not_before  the earliest instant of sending, None for at once
    expires_at  the message is dropped after this instant, None for never
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
    """The sending process, and until when (epoch ms) no other process may send."""

    owner: str
    until_ms: int


@dataclass(frozen=True)
class DeadLetter:
    """A message given up, as operators see the row: without the text."""

    id: int
    chat_id: int
    method: str
    tries: int
    error: str
    created_at: int


async def enqueue(
    conn: AsyncConnection, messages: Sequence[Message], now_ms: int, lease: Lease | None = None
) -> list[int]:
    """Numbers of the messages, kept for sending in order. With a lease the owner sends at once.

    A message that can't be written (`is_writable`) is set aside without its text, and the others go on.
    """
    if not messages:
        return []
    rows = [_row_or_dead(message, now_ms, lease) for message in messages]
    return [number for (number,) in await _insert(frozenset(rows[0])).rows_of_each(conn, rows)]


@cache
def _insert(names: frozenset[str]) -> Prepared:
    return Prepared(insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True), names)


async def is_known(conn: AsyncConnection, chat_id: int, key: str) -> bool:
    """Whether the outbox has a message of this key for the chat, sent or not."""
    query = select(outbox.c.id).where(outbox.c.chat_id == chat_id, outbox.c.key == key).limit(1)
    return (await conn.execute(query)).scalar() is not None


def is_writable(message: Message) -> bool:
    """Whether every database takes the message."""
    try:
        return not _fault(_row(message, 0, None))
    except Exception:
        return False


def _row_or_dead(message: Message, now_ms: int, lease: Lease | None) -> dict[str, Any]:
    """The message's row; of one that can't be written, a row that says so to operators."""
    try:
        row = _row(message, now_ms, lease)
        fault = _fault(row)
    except Exception as error:
        fault = error_name(error)
        row = _row(replace(message, payload={}, not_before=None, expires_at=None), now_ms, lease)
    if not fault:
        return row | {"error": None, "done_at": None}
    fitting = {name: row[name] if _fits(name, row[name]) else _INSTEAD.get(name) for name in (*_NUMBERS, *_LENGTHS)}
    dead = {"state": DEAD, "payload": None, "error": f"can't be written: {fault}", "done_at": now_ms}
    return row | fitting | dead | {"owner": None, "lease_until": None, "called_at": None}


def error_name(error: Exception) -> str:
    """The class of an error: a text of it may hold a merchant's words."""
    return type(error).__name__


def _fault(row: Mapping[str, Any]) -> str:
    """What of the row a database would refuse, empty if nothing."""
    return next((f"{name} does not fit" for name in (*_NUMBERS, *_LENGTHS) if not _fits(name, row[name])), "")


def _fits(name: str, value: Any) -> bool:
    """Whether the column takes the value."""
    if value is None:
        return True
    if name in _NUMBERS:
        return isinstance(value, int) and -(2**63) <= value < 2**63
    return len(value) <= _LENGTHS[name] and str(value).isprintable()


_INSTEAD: Final = {"chat_id": 0, "method": "?", "due_at": 0}
"""In place of what does not fit into a column that must have a value."""

_NUMBERS: Final = ("chat_id", "notice_id", "due_at", "expires_at")
_LENGTHS: Final = {"method": 32, "key": 64, "edits": 64}


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
        "called_at": now_ms if lease else None,
        "created_at": now_ms,
    }


async def dead(conn: AsyncConnection, limit: int = 100) -> list[DeadLetter]:
    """Messages given up, the newest first."""
    query = select(outbox).where(outbox.c.state == DEAD).order_by(outbox.c.id.desc()).limit(limit)
    rows = (await conn.execute(query)).all()
    return [DeadLetter(row.id, row.chat_id, row.method, row.tries, row.error or "", row.created_at) for row in rows]


async def requeue(conn: AsyncConnection, number: int, now_ms: int) -> bool:
    """Let a dead message wait again, `unsure` as before; False without such a message, or when its words are lost."""
    is_it = (outbox.c.id == number) & (outbox.c.state == DEAD)
    anew = {"tries": 0, "refusals": 0, "called_at": None, "done_at": None, "expires_at": None, "error": None}
    change = update(outbox).where(is_it, has_words()).values(state=WAITING, due_at=now_ms, payload=words(), **anew)
    return bool((await conn.execute(change)).rowcount)


def has_words() -> ColumnElement[bool]:
    """Whether the row can be sent: with its payload, or as a notice."""
    return or_(outbox.c.payload.is_not(None), outbox.c.notice_id.is_not(None))


def words() -> ColumnElement[str]:
    """The row's payload; a notice's words are made on sending."""
    return func.coalesce(outbox.c.payload, "{}")
