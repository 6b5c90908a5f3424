"""Updates to be handled: `waiting` → `done`, or `dead` after too many tries.

Handling is one transaction, so there is no lease: the handling process holds the row's lock (SQLite: the only writer;
PostgreSQL: FOR UPDATE SKIP LOCKED), and a crash frees the row. A row is taken only when no earlier row of the same
chat waits. The body is erased when the row is done: no merchant's words are kept.

A key that is known is an update that comes again, unless what is known of the two tells them apart: a Bot API server
that lost its data counts anew, and its updates are not those of before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, exists, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import constant, upsert
from storage.database.prepared import Prepared, Rows
from storage.schema import chats, inbox

WAITING, DONE, DEAD = "waiting", "done", "dead"
CLOCKS_DIFFER_MS = 60_000
"""So much may the clock of this machine be behind Telegram's."""

_IS_WAITING = inbox.c.state == constant(WAITING)


class Unreadable(ValueError):
    """No try will ever handle the update; the message says why, without a word of the update."""


class NotFirstError(Exception):
    """Something is to be done before the update is handled."""


@dataclass(frozen=True)
class Arrival:
    """A new update. `key`: unique; `body`: JSON text; `error`: the reason why handling is impossible.

    `sent_at`: when its message was written (epoch ms), None when nobody knows.
    """

    key: int
    chat_id: int
    body: str | None
    error: str | None = None
    sent_at: int | None = None


@dataclass(frozen=True)
class Waiting:
    """A row to be handled; `chat_state` None: nothing special known of the chat."""

    id: int
    chat_id: int
    body: str
    tries: int
    chat_state: str | None


@dataclass(frozen=True)
class DeadUpdate:
    """An update given up, as operators see the row: without the merchant's words."""

    id: int
    key: int
    chat_id: int
    tries: int
    error: str
    received_at: int


async def add(conn: AsyncConnection, arrivals: Sequence[Arrival], now_ms: int) -> int:
    """Keep new updates, ignoring those that come again; the count of new rows."""
    new = await _new(conn.dialect.name).rows_of_each(conn, [_row(one, WAITING, now_ms) for one in arrivals])
    others = await _others(conn, arrivals, new, now_ms)
    for one in others:
        await _free.change(conn, {"known": one.key})
    more = await _new(conn.dialect.name).rows_of_each(conn, [_row(one, WAITING, now_ms) for one in others])
    return len(new) + len(more)


async def _others(conn: AsyncConnection, arrivals: Sequence[Arrival], new: Rows, now_ms: int) -> list[Arrival]:
    """The arrivals whose key is that of another update: of another chat, or received before this one was written."""
    if len(new) == len(arrivals):
        return []
    keys = {key for _, key, *_ in new}
    return [one for one in arrivals if one.key not in keys and await _is_another(conn, one, now_ms)]


async def _is_another(conn: AsyncConnection, one: Arrival, now_ms: int) -> bool:
    """Whether the key is that of another update. By a clock that is behind the message nobody can tell of instants."""
    for chat_id, received_at in await _known.rows(conn, {"known": one.key}):
        is_later = one.sent_at is not None and received_at + CLOCKS_DIFFER_MS < one.sent_at <= now_ms
        return chat_id != one.chat_id or is_later
    return False


async def add_handled(conn: AsyncConnection, arrivals: Sequence[Arrival], now_ms: int) -> list[Waiting]:
    """New updates among the arrivals (each of another chat), written as done, for the caller to handle at once.

    Raises NotFirstError when a chat has an earlier waiting update, or a key is that of another update.
    """
    rows = [{**_row(one, DONE, now_ms), "body": None} for one in arrivals]
    bodies = {one.key: one.body or "" for one in arrivals}
    taken = await _new(conn.dialect.name).rows_of_each(conn, rows)
    if any(is_behind for *_, is_behind in taken) or await _others(conn, arrivals, taken, now_ms):
        raise NotFirstError
    return [Waiting(number, chat_id, bodies[key], 0, state) for number, key, chat_id, state, _ in taken]


def _row(one: Arrival, state: str, now_ms: int) -> dict[str, Any]:
    return {
        "key": one.key,
        "chat_id": one.chat_id,
        "body": one.body,
        "state": DEAD if one.error else state,
        "error": one.error,
        "due_at": now_ms,
        "received_at": now_ms,
        "tries": 0,
    }


_IS_BEHIND = (
    "EXISTS (SELECT 1 FROM inbox AS earlier WHERE earlier.chat_id = inbox.chat_id AND earlier.state = 'waiting')"
)
_CHAT_STATE = "(SELECT chats.state FROM chats WHERE chats.chat_id = inbox.chat_id)"


@cache
def _new(dialect: str) -> Prepared:
    """An INSERT of new keys that returns (id, key, chat, chat's state, whether an earlier update waits)."""
    known: tuple[Any, ...] = (
        literal_column(_CHAT_STATE).label("chat_state"),
        literal_column(_IS_BEHIND).label("is_behind"),
    )
    statement = upsert(dialect, inbox).on_conflict_do_nothing(index_elements=["key"])
    names = ("key", "chat_id", "body", "state", "error", "due_at", "received_at", "tries")
    return Prepared(statement.returning(inbox.c.id, inbox.c.key, inbox.c.chat_id, *known), names)


_earlier = inbox.alias("earlier")
_next_updates = Prepared(
    select(inbox.c.id, inbox.c.chat_id, inbox.c.body, inbox.c.tries, chats.c.state)
    .outerjoin(chats, chats.c.chat_id == inbox.c.chat_id)
    .where(
        _IS_WAITING,
        inbox.c.due_at <= bindparam("now_ms"),
        ~exists().where(
            _earlier.c.chat_id == inbox.c.chat_id,
            _earlier.c.state == constant(WAITING),
            _earlier.c.id < inbox.c.id,
        ),
    )
    .order_by(inbox.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True, of=inbox)
)
_done = Prepared(
    update(inbox)
    .where(inbox.c.id == bindparam("number"), _IS_WAITING)
    .values(state=DONE, body=None, error=None, done_at=bindparam("now_ms"))
)


_known = Prepared(select(inbox.c.chat_id, inbox.c.received_at).where(inbox.c.key == bindparam("known")))
_lowest = select(func.min(_earlier.c.key)).scalar_subquery()
_free = Prepared(
    update(inbox)
    .where(inbox.c.key == bindparam("known"))
    .values(key=case((_lowest < 0, _lowest), else_=0) - inbox.c.id)
)
"""Gives a row a key that no update has."""


async def next_updates(conn: AsyncConnection, now_ms: int, limit: int) -> list[Waiting]:
    """The earliest waiting update of each chat, in order of arrival, locked until the transaction ends."""
    return [Waiting(*row) for row in await _next_updates.rows(conn, {"now_ms": now_ms, "most": limit})]


async def done(conn: AsyncConnection, ids: Sequence[int], now_ms: int) -> None:
    """Mark waiting rows as done and erase the bodies."""
    await _done.change_each(conn, [{"number": number, "now_ms": now_ms} for number in ids])


async def done_now(conn: AsyncConnection, number: int, now_ms: int) -> bool:
    """Mark a row as done; False when no longer waiting."""
    return bool(await _done.change(conn, {"number": number, "now_ms": now_ms}))


async def failed(conn: AsyncConnection, row_id: int, error: str, due_at: int) -> None:
    """Count a try of a waiting row; the row waits until `due_at`, and later rows of the chat with the row."""
    change = update(inbox).where(inbox.c.id == row_id, _IS_WAITING)
    await conn.execute(change.values(tries=inbox.c.tries + 1, error=error, due_at=due_at))


async def mark_dead(conn: AsyncConnection, row_id: int, error: str) -> bool:
    """Give a waiting row up until an operator requeues; False when it is no longer waiting."""
    change = update(inbox).where(inbox.c.id == row_id, _IS_WAITING)
    return bool((await conn.execute(change.values(tries=inbox.c.tries + 1, error=error, state=DEAD))).rowcount)


async def dead(conn: AsyncConnection, limit: int = 100) -> list[DeadUpdate]:
    """Updates given up, the newest first."""
    query = select(inbox).where(inbox.c.state == DEAD).order_by(inbox.c.id.desc()).limit(limit)
    rows = (await conn.execute(query)).all()
    return [DeadUpdate(row.id, row.key, row.chat_id, row.tries, row.error or "", row.received_at) for row in rows]


async def requeue(conn: AsyncConnection, row_id: int, now_ms: int) -> bool:
    """Let a dead row wait again, from the first try; False without such a row, or without a body."""
    is_it = and_(inbox.c.id == row_id, inbox.c.state == DEAD, inbox.c.body.is_not(None))
    change = update(inbox).where(is_it).values(state=WAITING, tries=0, due_at=now_ms)
    return bool((await conn.execute(change)).rowcount)
