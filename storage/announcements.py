"""Announcements of operators to all merchants, to the followers of shops at a standing, or of one shop: once to each
chat.

An announcement is `draft` (the text is awaited), `shown` (a preview), `sending` → `done`, `stopping` → `stopped`, or
`dropped`. Confirming settles the recipients: a `planned` row for each chat. Then some hundred at a time are put into
the outbox; the row is `queued` in the very transaction that writes the outbox row, and keeps the outbox row's number.
So a crash between any two steps leaves no chat out and tells none twice. In the end both rows have the same state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Edition
from storage import audiences
from storage.audiences import Audience
from storage.database.dialect import constant
from storage.outbox import DROPPED, SENDING, SENT, WAITING
from storage.schema import announcement_chats as told
from storage.schema import announcements, outbox

DRAFT, SHOWN, UNDER_WAY, DONE = "draft", "shown", "sending", "done"
STOPPING, STOPPED = "stopping", "stopped"
CONFIRMED: Final = (UNDER_WAY, STOPPING, STOPPED, DONE)
PLANNED, QUEUED = "planned", "queued"
LONGEST: Final = 900
"""Characters of an announcement."""

DRAFT_LASTS_MS: Final = 30 * 60_000
"""For how long a text typed by the operator is taken for the announcement that was begun."""


@dataclass(frozen=True)
class Announcement:
    """An announcement. `operator`: the author's chat, None for the command line. `of_shop`: the shop of SHOP."""

    id: int
    operator: int | None
    audience: Audience
    text: str
    state: str
    of_shop: int | None = None


@dataclass(frozen=True)
class Progress:
    """Counts of chats: all, told, and not told for good (blocked, given up or stopped)."""

    total: int
    sent: int
    unsent: int

    @property
    def open(self) -> int:
        return self.total - self.sent - self.unsent


async def begin(  # noqa: PLR0917  (what an announcement is made of)
    conn: AsyncConnection,
    operator: int | None,
    audience: Audience,
    now_ms: int,
    text: str = "",
    of_shop: int | None = None,
) -> int:
    """The number of a new announcement. Drops the operator's earlier unfinished announcements."""
    unfinished = announcements.c.state.in_((DRAFT, SHOWN)) & announcements.c.operator.is_not_distinct_from(operator)
    await conn.execute(update(announcements).where(unfinished).values(state=DROPPED))
    values = {"operator": operator, "audience": audience.value, "text": text, "created_at": now_ms, "of_shop": of_shop}
    query = insert(announcements).values(state=SHOWN if text else DRAFT, **values).returning(announcements.c.id)
    return int((await conn.execute(query)).scalar_one())


async def draft_of(conn: AsyncConnection, operator: int, now_ms: int) -> Announcement | None:
    """The operator's newest draft begun within DRAFT_LASTS_MS, None without."""
    is_it = (announcements.c.operator == operator) & (announcements.c.state == DRAFT)
    is_fresh = announcements.c.created_at >= now_ms - DRAFT_LASTS_MS
    query = select(announcements).where(is_it, is_fresh).order_by(announcements.c.id.desc()).limit(1)
    return _one((await conn.execute(query)).one_or_none())


async def drop_draft(conn: AsyncConnection, operator: int) -> None:
    """Wait no longer for the text of the operator's announcement."""
    its = (announcements.c.operator == operator, announcements.c.state == DRAFT)
    await conn.execute(update(announcements).where(*its).values(state=DROPPED))


async def write(conn: AsyncConnection, number: int, text: str) -> None:
    """Give the draft a text."""
    its = (announcements.c.id == number, announcements.c.state == DRAFT)
    await conn.execute(update(announcements).where(*its).values(text=text, state=SHOWN))


async def by_id(conn: AsyncConnection, number: int) -> Announcement | None:
    """The announcement numbered `number`, None if unknown."""
    return _one((await conn.execute(select(announcements).where(announcements.c.id == number))).one_or_none())


async def listed(conn: AsyncConnection, limit: int = 10) -> list[Announcement]:
    """Confirmed announcements, the newest first."""
    query = select(announcements).where(announcements.c.state.in_(CONFIRMED))
    rows = (await conn.execute(query.order_by(announcements.c.id.desc()).limit(limit))).all()
    return [_announcement(row) for row in rows]


async def confirm(conn: AsyncConnection, number: int, editions: Sequence[Edition], now_ms: int) -> int | None:
    """Settle the recipients and start sending; the count of chats, None unless the announcement was `shown`."""
    its = (announcements.c.id == number, announcements.c.state == SHOWN)
    change = update(announcements).where(*its).values(state=UNDER_WAY, look_at=now_ms)
    row = (await conn.execute(change.returning(announcements.c.audience, announcements.c.of_shop))).one_or_none()
    if row is None:
        return None
    reached = audiences.chats_of(editions, Audience(row.audience), row.of_shop).subquery()
    planned = select(literal(number), reached.c.chat_id, literal(PLANNED))
    plan = insert(told).from_select(("announcement_id", "chat_id", "state"), planned)
    return int((await conn.execute(plan)).rowcount)


async def drop(conn: AsyncConnection, number: int) -> bool:
    """Drop an announcement before the confirmation; False when too late."""
    its = (announcements.c.id == number, announcements.c.state.in_((DRAFT, SHOWN)))
    return bool((await conn.execute(update(announcements).where(*its).values(state=DROPPED))).rowcount)


async def stop(conn: AsyncConnection, number: int, now_ms: int) -> bool:
    """Send no more than the calls under way; False when the announcement is not being sent."""
    its = (announcements.c.id == number, announcements.c.state == UNDER_WAY)
    if not (await conn.execute(update(announcements).where(*its).values(state=STOPPING, look_at=0))).rowcount:
        return False
    await conn.execute(update(told).where(*_in(number, PLANNED)).values(state=DROPPED))
    numbers = select(told.c.number).where(*_in(number, QUEUED))
    waits = (outbox.c.id.in_(numbers), outbox.c.state == constant(WAITING))
    await conn.execute(update(outbox).where(*waits).values(state=DROPPED, payload=None, done_at=now_ms))
    return True


async def stop_all(conn: AsyncConnection, now_ms: int) -> list[int]:
    """Stop every announcement under way; the numbers."""
    rows = (await conn.execute(select(announcements.c.id).where(announcements.c.state == UNDER_WAY))).scalars()
    return [number for number in list(rows) if await stop(conn, number, now_ms)]


async def take(conn: AsyncConnection, now_ms: int, again_ms: int) -> Announcement | None:
    """An announcement under way and due, reserved for the caller until `again_ms` (epoch ms); None without."""
    query = _next.with_for_update(skip_locked=True)
    row = (await conn.execute(query, {"now_ms": now_ms})).one_or_none()
    if row is None:
        return None
    await conn.execute(update(announcements).where(announcements.c.id == row.id).values(look_at=again_ms))
    return _announcement(row)


_next = (
    select(announcements)
    .where(
        announcements.c.state.in_((constant(UNDER_WAY), constant(STOPPING))),
        announcements.c.look_at <= bindparam("now_ms"),
    )
    .order_by(announcements.c.look_at)
    .limit(1)
    .execution_options(quick=True)
)


async def put_off(conn: AsyncConnection, number: int, until_ms: int) -> None:
    """Go on with the announcement at `until_ms` (epoch ms) and not before, so that the others go on."""
    await conn.execute(update(announcements).where(announcements.c.id == number).values(look_at=until_ms))


async def settle(conn: AsyncConnection, number: int) -> None:
    """Copy the final states of outbox rows to the announcement's queued chats."""
    its = outbox.c.id == told.c.number
    is_open = exists().where(its, outbox.c.state.in_((WAITING, SENDING)))
    became = func.coalesce(select(outbox.c.state).where(its).scalar_subquery(), SENT)
    await conn.execute(update(told).where(*_in(number, QUEUED), ~is_open).values(state=became))


async def next_chats(conn: AsyncConnection, number: int, most_queued: int) -> Sequence[int]:
    """The next planned chats, as many as keep the count of queued messages within `most_queued`."""
    queued = (await conn.execute(select(func.count()).select_from(told).where(*_in(number, QUEUED)))).scalar() or 0
    query = select(told.c.chat_id).where(*_in(number, PLANNED)).order_by(told.c.chat_id)
    return (await conn.execute(query.limit(max(0, most_queued - queued)))).scalars().all()


async def queued(conn: AsyncConnection, number: int, numbers: Mapping[int, int]) -> None:
    """Mark chats as queued; `numbers`: chat → number of the message in the outbox."""
    if numbers:
        rows = [{"chat": chat_id, "row": row_id} for chat_id, row_id in numbers.items()]
        is_it = and_(told.c.announcement_id == number, told.c.chat_id == bindparam("chat"))
        await conn.execute(update(told).where(is_it).values(state=QUEUED, number=bindparam("row")), rows)


async def progress(conn: AsyncConnection, number: int) -> Progress:
    """The announcement's progress."""
    query = select(told.c.state, func.count()).where(told.c.announcement_id == number).group_by(told.c.state)
    by_state = {row.state: int(row[1]) for row in (await conn.execute(query)).all()}
    total, ahead = sum(by_state.values()), by_state.get(PLANNED, 0) + by_state.get(QUEUED, 0)
    sent = by_state.get(SENT, 0)
    return Progress(total, sent, total - sent - ahead)


async def shown(conn: AsyncConnection, number: int) -> int | None:
    """Epoch ms at which the progress was last shown, None if never."""
    return (await conn.execute(select(announcements.c.shown_at).where(announcements.c.id == number))).scalar()


async def show(conn: AsyncConnection, number: int, now_ms: int) -> None:
    """Note that the progress was shown at `now_ms`."""
    await conn.execute(update(announcements).where(announcements.c.id == number).values(shown_at=now_ms))


async def end(conn: AsyncConnection, number: int) -> str:
    """Close a finished announcement; the new state, `done` or `stopped`."""
    state = case((announcements.c.state == STOPPING, STOPPED), else_=DONE)
    change = update(announcements).where(announcements.c.id == number).values(state=state)
    return str((await conn.execute(change.returning(announcements.c.state))).scalar_one())


def _in(number: int, state: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return told.c.announcement_id == number, told.c.state == state


def _one(row: Row[Any] | None) -> Announcement | None:
    return None if row is None else _announcement(row)


def _announcement(row: Row[Any]) -> Announcement:
    return Announcement(row.id, row.operator, Audience(row.audience), row.text, row.state, row.of_shop)
