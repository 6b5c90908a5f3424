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
    """A text with the count of times asked. `nearest`: the closest topics, best first; `last_at`: epoch ms."""

    text: str
    nearest: tuple[str, ...]
    times: int
    last_at: int


def masked(text: str) -> str:
    """The text, shortened, with numbers of six digits or more struck out: a number may be personal."""
    return _NUMBER.sub("******", unicodedata.normalize("NFKC", text))[:LONGEST]


async def keep(conn: AsyncConnection, text: str, nearest: tuple[str, ...], now_ms: int) -> None:
    """Keep a question, masked."""
    await _keep.change(conn, {"text": masked(text), "nearest": " ".join(nearest), "asked_at": now_ms})


_keep = Prepared(insert(unanswered), ("text", "nearest", "asked_at"))


async def listed(conn: AsyncConnection, now_ms: int, limit: int) -> list[Unanswered]:
    """The questions of the last 30 days, the most frequent first, then the newest."""
    times, last_at = func.count(), func.max(unanswered.c.asked_at)
    query = (
        select(unanswered.c.text, func.max(unanswered.c.nearest), times, last_at)
        .where(unanswered.c.asked_at >= now_ms - KEPT_MS)
        .group_by(unanswered.c.text)
        .order_by(times.desc(), last_at.desc())
        .limit(limit)
    )
    rows = (await conn.execute(query)).all()
    return [Unanswered(text, tuple(nearest.split()), count, at) for text, nearest, count, at in rows]
