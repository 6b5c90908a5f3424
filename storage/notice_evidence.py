"""Fates of notices, for operators: counts by state of a day, and the proof of any notice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, Select, and_, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import notices as kept
from storage.notices import KEY, Notice
from storage.outbox import DEAD, DROPPED, MUTED, RECALLED, SENDING, SENT, WAITING
from storage.schema import notices, outbox


class Fate(StrEnum):
    """The fate of a notice. `waiting`: for the chat's hour; `due`: for a turn, or for Telegram."""

    WAITING = "waiting"
    DUE = "due"
    SENT = "sent"
    FAILED = "failed"
    MUTED = "muted"
    DROPPED = "dropped"
    RECALLED = "recalled"


UNDELIVERED: Final = frozenset({Fate.FAILED, Fate.MUTED})
"""The chat did not get the notice, and will not by itself."""

STATES: Final = {
    SENT: Fate.SENT,
    MUTED: Fate.MUTED,
    DROPPED: Fate.DROPPED,
    RECALLED: Fate.RECALLED,
    DEAD: Fate.FAILED,
}


@dataclass(frozen=True)
class Evidence:
    """A notice with the outbox row. Instants are epoch ms.

    `number`: as the merchant reads under the message. `message_id`: Telegram's. `is_unsure`: an earlier call may have
    taken effect, so that the message says "repeat". `sent_at` None: not sent (yet).
    """

    notice: Notice
    fate: Fate
    number: int
    tries: int
    is_unsure: bool
    sent_at: int | None
    message_id: int | None
    error: str | None


def told(*columns: Any) -> Select[Any]:
    """Select from notices joined with outbox rows, by the key of each notice's message."""
    name = literal(KEY).op("||")(notices.c.id)
    its = and_(outbox.c.chat_id == notices.c.chat_id, outbox.c.key == name, outbox.c.notice_id == notices.c.id)
    return select(*columns).select_from(notices.join(outbox, its))


def fate_at(now_ms: int) -> Any:
    """The fate of the notice of a row of `told`, as SQL."""
    is_open = outbox.c.state.in_((WAITING, SENDING))
    by_state = [(outbox.c.state == state, fate.value) for state, fate in STATES.items()]
    return case((and_(is_open, notices.c.due_at > now_ms), Fate.WAITING.value), *by_state, else_=Fate.DUE.value)


async def counts(conn: AsyncConnection, day: date, now_ms: int) -> dict[Fate, int]:
    """Count of the day's notices by fate, zeros included."""
    fate = fate_at(now_ms).label("fate")
    rows = (await conn.execute(told(fate, func.count()).where(notices.c.day == day).group_by("fate"))).all()
    return dict.fromkeys(Fate, 0) | {Fate(name): count for name, count in rows}


async def newest(
    conn: AsyncConnection, day: date, now_ms: int, fate: Fate | None = None, limit: int = 20
) -> list[Evidence]:
    """The newest notices of the day, of one fate or of any."""
    query = _proof(now_ms).where(notices.c.day == day)
    if fate is not None:
        query = query.where(fate_at(now_ms) == fate.value)
    return await _proved(conn, (await conn.execute(query.order_by(notices.c.id.desc()).limit(limit))).all())


async def of(conn: AsyncConnection, notice_id: int, now_ms: int) -> Evidence | None:
    """The proof of a notice, None for an unknown or deleted number."""
    found = await _proved(conn, (await conn.execute(_proof(now_ms).where(notices.c.id == notice_id))).all())
    return found[0] if found else None


def _proof(now_ms: int) -> Select[Any]:
    return told(outbox, notices.c.id.label("its_id"), fate_at(now_ms).label("fate"))


async def _proved(conn: AsyncConnection, rows: Iterable[Row[Any]]) -> list[Evidence]:
    found = list(rows)
    told = await kept.load(conn, [row.its_id for row in found])
    return [_evidence(told[row.its_id], row) for row in found]


def _evidence(notice: Notice, row: Row[Any]) -> Evidence:
    return Evidence(
        notice=notice,
        fate=Fate(row.fate),
        number=row.id,
        tries=row.tries,
        is_unsure=row.unsure,
        sent_at=row.done_at if row.state == SENT else None,
        message_id=row.message_id,
        error=row.error,
    )
