"""Questions not understood, for operators to add phrasings. Masked, without a chat, for 30 days."""

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.prepared import Prepared
from storage.schema import unanswered

KEPT_DAYS = 30
KEPT_MS = KEPT_DAYS * 86_400_000
LONGEST = 200
_NUMBER = re.compile(r"\d(?:[\s-]?\d){5,}")


@dataclass(frozen=True)
class Unanswered:
    """A text with the count of times asked. `nearest`: the closest topics, best first; `last_at`: epoch ms.

    `got`: the kind of the newest reply (`rules.reading.AnswerKind`), None for one of before that was kept.
    """

    text: str
    nearest: tuple[str, ...]
    times: int
    last_at: int
    got: str | None = None


def masked(text: str) -> str:
    """The text, shortened, with numbers of six digits or more struck out: a number may be personal."""
    return _NUMBER.sub("******", unicodedata.normalize("NFKC", text))[:LONGEST]


async def keep(conn: AsyncConnection, text: str, nearest: tuple[str, ...], now_ms: int, got: str | None = None) -> None:
    """Keep a question, masked, with the kind of reply that was given."""
    row = {"text": masked(text), "nearest": " ".join(nearest), "asked_at": now_ms, "got": got}
    await _keep.change(conn, row)


_keep = Prepared(insert(unanswered), ("text", "nearest", "asked_at", "got"))


async def listed(conn: AsyncConnection, now_ms: int, limit: int) -> list[Unanswered]:
    """The questions of the last 30 days, the most frequent first, then the newest; each as answered last."""
    times, last_at = func.count(), func.max(unanswered.c.asked_at)
    asked = (
        select(times.label("times"), last_at.label("last_at"), func.max(unanswered.c.id).label("newest"))
        .where(unanswered.c.asked_at >= now_ms - KEPT_MS)
        .group_by(unanswered.c.text)
        .order_by(times.desc(), last_at.desc())
        .limit(limit)
        .subquery()
    )
    query = select(unanswered, asked.c.times, asked.c.last_at).join(asked, asked.c.newest == unanswered.c.id)
    rows = (await conn.execute(query.order_by(asked.c.times.desc(), asked.c.last_at.desc()))).all()
    return [Unanswered(row.text, tuple(row.nearest.split()), row.times, row.last_at, row.got) for row in rows]
