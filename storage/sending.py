"""The outbox on delivery's side: next messages, leases, results of calls.

A row is leased before the call and marked after. When a lease runs out the call may have taken effect: the row waits
again, now `unsure`, and the repeat is marked as a repeat. Rows of a chat go out in order, one at a time: by lane, then
by the instant due, then by number.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import constant
from storage.database.prepared import Prepared
from storage.instants import epoch_ms
from storage.outbox import DEAD, DROPPED, SENDING, SENT, WAITING, Lane, Lease, Message
from storage.schema import chats, outbox


@dataclass(frozen=True)
class Methods:
    """Properties of a channel's methods. `channel`: name in the outbox; `new_message`: puts a text into the chat.

    `repeatable`: prefixes of the methods for which a second call does no more than the first.
    """

    channel: str
    new_message: str
    repeatable: tuple[str, ...]

    def marks_repeats(self, method: str) -> bool:
        """Whether a second call puts a second message into the chat, to be marked as a repeat."""
        return not method.startswith(self.repeatable)

    def mark_repeats(self) -> ColumnElement[bool]:
        """`marks_repeats` of an outbox row, in SQL."""
        return not_(or_(*(outbox.c.method.startswith(start) for start in self.repeatable)))


@dataclass(frozen=True)
class LeasedMessage:
    """A row leased to this process. `target`: the network's id of the message to edit, None when not known.

    `notice_id`: the notice from which the words are made on sending. `refusals`: how often the network refused the
    message in words that are not known. `called_at`: epoch ms of the first call that reached the network.
    """

    id: int
    chat_id: int
    lane: Lane
    method: str
    payload: dict[str, Any] = field(hash=False)
    numbered: bool
    edits: str | None
    unsure: bool
    tries: int
    expires_at: int | None
    target: int | None = None
    notice_id: int | None = None
    in_order: bool = True
    refusals: int = 0
    called_at: int = 0


@dataclass(frozen=True)
class NextMessage:
    """The next row of a chat in a lane, not leased yet; `chat_state` None: nothing special known of the chat."""

    id: int
    chat_id: int
    lane: Lane
    method: str
    chat_state: str | None
    in_order: bool = True


def leased(row_id: int, message: Message, now_ms: int) -> LeasedMessage:
    """The leased row of a message just enqueued."""
    return LeasedMessage(
        id=row_id,
        chat_id=message.chat_id,
        lane=message.lane,
        method=message.method,
        payload=dict(message.payload),
        numbered=message.numbered,
        edits=message.edits,
        unsure=False,
        tries=1,
        expires_at=epoch_ms(message.expires_at) if message.expires_at else None,
        notice_id=message.notice_id,
        in_order=message.in_order,
        called_at=now_ms,
    )


async def next_messages(conn: AsyncConnection, channel: str, now_ms: int, limit: int) -> list[NextMessage]:
    """The next due row of each unpaused chat of the channel, by lane and due time; `limit` a lane."""
    rows = await _next_messages.rows(conn, {"channel": channel, "now_ms": now_ms, "most": limit})
    return [
        NextMessage(number, chat_id, Lane(lane), method, state, bool(in_order))
        for number, chat_id, lane, method, state, in_order in rows
    ]


def _next_of(lane: Lane) -> Any:
    before, now_ms = outbox.alias("before"), bindparam("now_ms", type_=BigInteger)
    is_first = tuple_(before.c.due_at, before.c.id) < tuple_(outbox.c.due_at, outbox.c.id)
    is_before = or_(before.c.lane < outbox.c.lane, and_(before.c.lane == outbox.c.lane, is_first))
    is_behind = exists().where(
        before.c.chat_id == outbox.c.chat_id,
        before.c.channel == outbox.c.channel,
        before.c.state.in_((constant(WAITING), constant(SENDING))),
        before.c.in_order,
        before.c.id != outbox.c.id,
        or_(before.c.state == constant(SENDING), and_(before.c.due_at <= now_ms, is_before)),
    )
    found = (
        select(outbox.c.id, outbox.c.chat_id, outbox.c.lane, outbox.c.method, chats.c.state, outbox.c.in_order)
        .outerjoin(chats, chats.c.chat_id == outbox.c.chat_id)
        .where(outbox.c.state == constant(WAITING), outbox.c.lane == int(lane), outbox.c.due_at <= now_ms)
        .where(outbox.c.channel == bindparam("channel"))
        .where(or_(chats.c.paused_until.is_(None), chats.c.paused_until <= now_ms))
        .where(or_(~outbox.c.in_order, ~is_behind))
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(bindparam("most", type_=Integer))
    )
    return select(found.subquery())


_next_messages = Prepared(union_all(*(_next_of(lane) for lane in Lane)))


async def claim(conn: AsyncConnection, ids: Sequence[int], lease: Lease, now_ms: int) -> list[LeasedMessage]:
    """The rows still waiting, now leased, in the order of `ids`. Raises ValueError for a payload that is no JSON."""
    given = {"ids": ids, "owner_id": lease.owner, "until_ms": lease.until_ms, "now_ms": now_ms}
    rows = {row.id: _leased(row) for row in (await conn.execute(_claim, given)).all()}
    return await with_targets(conn, [rows[row_id] for row_id in ids if row_id in rows])


_claim = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state == WAITING)
    .values(state=SENDING, owner=bindparam("owner_id"), lease_until=bindparam("until_ms"), tries=outbox.c.tries + 1)
    .values(called_at=func.coalesce(outbox.c.called_at, bindparam("now_ms", type_=BigInteger)))
    .returning(outbox)
    .execution_options(quick=True)
)


def _leased(row: Row[Any]) -> LeasedMessage:
    known = ("id", "chat_id", "method", "numbered", "edits", "unsure", "tries", "expires_at", "notice_id", "in_order")
    kept = {name: getattr(row, name) for name in (*known, "refusals", "called_at")}
    payload = json.loads(row.payload or "null")
    if not isinstance(payload, dict):
        raise ValueError(f"message {row.id}: the payload is no JSON object")
    return LeasedMessage(lane=Lane(row.lane), payload=payload, **kept)


async def with_targets(conn: AsyncConnection, messages: Sequence[LeasedMessage]) -> list[LeasedMessage]:
    """The messages, edits with the network's id of the message to edit, where known."""
    names = {(one.chat_id, one.edits) for one in messages if one.edits}
    if not names:
        return list(messages)
    query = select(outbox.c.chat_id, outbox.c.key, outbox.c.message_id).where(
        tuple_(outbox.c.chat_id, outbox.c.key).in_(names), outbox.c.message_id.is_not(None)
    )
    rows = (await conn.execute(query.order_by(outbox.c.id))).all()
    targets = {(row.chat_id, row.key): row.message_id for row in rows}
    return [replace(one, target=targets.get((one.chat_id, one.edits))) for one in messages]


async def sent(conn: AsyncConnection, results: Sequence[tuple[int, int | None]], now_ms: int) -> None:
    """Mark calls as sent and erase the payloads; `results`: (number, the network's id of the message)."""
    rows = [{"number": number, "telegram_id": telegram_id, "now_ms": now_ms} for number, telegram_id in results]
    await _sent.change_each(conn, rows)


_sent = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("number"))
    .values(state=SENT, message_id=bindparam("telegram_id"), payload=None, error=None, owner=None)
    .values(done_at=bindparam("now_ms"))
)


async def retry(
    conn: AsyncConnection,
    number: int,
    error: str,
    *,
    unsure: bool = False,
    is_reached: bool = True,
    is_refused: bool = False,
    due_at: int | None = None,
) -> None:
    """Let the message wait for another call; `unsure`: the call may have taken effect.

    A first call that did not reach the network (`is_reached` False) makes the message no older. `is_refused`: in words
    that are not known; counted. `due_at`: epoch ms of the next call at the earliest; meanwhile later messages go.
    """
    values: dict[str, Any] = {"state": WAITING, "error": error, "unsure": or_(outbox.c.unsure, literal(unsure))}
    if not is_reached:
        values["called_at"] = case((or_(outbox.c.unsure, outbox.c.refusals > 0), outbox.c.called_at))
    if is_refused:
        values["refusals"] = outbox.c.refusals + 1
    if due_at is not None:
        values["due_at"] = due_at
    await _set(conn, number, **values)


async def resend_as_new(conn: AsyncConnection, number: int, method: str) -> None:
    """Let an edit of a message that is gone wait as a new message by `method`, under the same key."""
    await _set(conn, number, state=WAITING, method=method, key=outbox.c.edits, edits=None)


async def resend_plainer(
    conn: AsyncConnection, number: int, method: str, payload: Mapping[str, Any], error: str
) -> None:
    """Let a refused message wait in a plainer form by `method`; an edit sent as a new message takes over the key."""
    is_same = outbox.c.method == method
    names = {
        "key": case((is_same, outbox.c.key), else_=func.coalesce(outbox.c.edits, outbox.c.key)),
        "edits": case((is_same, outbox.c.edits)),
    }
    values = {"method": method, "payload": json.dumps(dict(payload)), "refusals": outbox.c.refusals + 1, "error": error}
    await _set(conn, number, state=WAITING, **names, **values)


async def mark_dead(conn: AsyncConnection, number: int, error: str, now_ms: int, *, unsure: bool = False) -> None:
    """Set the message aside until an operator requeues; `unsure`: the call may have taken effect."""
    is_unsure = or_(outbox.c.unsure, literal(unsure))
    await _set(conn, number, state=DEAD, error=error, done_at=now_ms, unsure=is_unsure)


async def drop(conn: AsyncConnection, number: int, now_ms: int) -> None:
    """Drop a message of no more use; the payload is erased."""
    await _set(conn, number, state=DROPPED, payload=None, done_at=now_ms)


async def _set(conn: AsyncConnection, number: int, **values: object) -> None:
    await conn.execute(update(outbox).where(outbox.c.id == number).values(owner=None, **values))


async def release(conn: AsyncConnection, methods: Methods, now_ms: int, *, everything: bool = False) -> int:
    """Count of the channel's rows now waiting again: expired leases, or all (when no other process sends)."""
    return await _release(conn, methods, literal(True) if everything else outbox.c.lease_until <= now_ms)


async def release_owned(conn: AsyncConnection, methods: Methods, owner: str) -> int:
    """Count of the channel's rows leased to `owner`, now waiting again because the owner stops."""
    return await _release(conn, methods, outbox.c.owner == owner)


async def release_unused(conn: AsyncConnection, owner: str, under_way: Collection[int]) -> None:
    """Let the owner's leased rows wait again unless under way, after a lease of unknown success."""
    its = (outbox.c.owner == owner, outbox.c.id.not_in(under_way))
    change = update(outbox).where(outbox.c.state == constant(SENDING), *its).values(state=WAITING, owner=None)
    await conn.execute(change)


async def _release(conn: AsyncConnection, methods: Methods, which: ColumnElement[bool]) -> int:
    values = {"state": WAITING, "owner": None, "unsure": or_(outbox.c.unsure, methods.mark_repeats())}
    its = (outbox.c.state == constant(SENDING), outbox.c.channel == methods.channel, which)
    return int((await conn.execute(update(outbox).where(*its).values(values))).rowcount)


async def replies_wait(conn: AsyncConnection, channel: str) -> bool:
    """Whether any reply of the channel waits, due or not."""
    return bool(await _waiting_reply.rows(conn, {"channel": channel}))


_waiting_reply = Prepared(
    select(outbox.c.id)
    .where(outbox.c.state == constant(WAITING), outbox.c.lane == int(Lane.REPLY))
    .where(outbox.c.channel == bindparam("channel"))
    .limit(1)
)
