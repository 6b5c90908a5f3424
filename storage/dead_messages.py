"""Messages set aside, for telling operators: all since the last telling, merged, each end of a message once.

A warning of a closing is told by `storage.undelivered`, with the shop. The message that tells is never told of itself.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import constant, upsert
from storage.outbox import DEAD, Lane
from storage.schema import notices, outbox
from storage.schema import reminders as told

ABOUT: Final = "set aside "
KEY: Final = "set-aside"
"""The key of the messages that tell."""

MOST: Final = 1_000
LOOKED_BACK_MS: Final = 2 * 86_400_000
"""What was set aside longer ago was no news any more."""

REASONS: Final = 3


@dataclass(frozen=True)
class DeadMessages:
    """Counts by lane, and the most frequent reasons with the count of each."""

    lanes: dict[Lane, int]
    reasons: Sequence[tuple[str, int]]

    @property
    def count(self) -> int:
        return sum(self.lanes.values())


async def take(conn: AsyncConnection, now_ms: int) -> DeadMessages | None:
    """What was set aside and not told by any process; counts as told. None when there is nothing."""
    found = {_about(row): row for row in await _untold(conn, now_ms)}
    if not found:
        return None
    rows = [{"about": about, "told_at": now_ms} for about in found]
    statement = upsert(conn.dialect.name, told).values(rows).on_conflict_do_nothing().returning(told.c.about)
    taken = [found[about] for about in (await conn.execute(statement)).scalars()]
    if not taken:
        return None
    lanes = Counter(Lane(row.lane) for row in taken)
    return DeadMessages({lane: lanes[lane] for lane in Lane if lanes[lane]}, _reasons(taken))


def _reasons(rows: Sequence[Any]) -> list[tuple[str, int]]:
    return Counter(row.error or "" for row in rows).most_common(REASONS)


def _about(row: Any) -> str:
    """The name of this end of the message among what operators were told."""
    return f"{ABOUT}{row.id} {row.done_at}"


async def _untold(conn: AsyncConnection, now_ms: int) -> list[Any]:
    name = literal(ABOUT).op("||")(outbox.c.id).op("||")(" ").op("||")(outbox.c.done_at)
    is_urgent = exists().where(notices.c.id == outbox.c.notice_id, notices.c.is_urgent)
    is_new = (outbox.c.state == constant(DEAD), outbox.c.done_at >= now_ms - LOOKED_BACK_MS)
    query = select(outbox.c.id, outbox.c.done_at, outbox.c.lane, func.substr(outbox.c.error, 1, 120).label("error"))
    query = query.where(*is_new, ~is_urgent, or_(outbox.c.key.is_(None), outbox.c.key != KEY))
    query = query.where(~exists().where(told.c.about == name)).order_by(outbox.c.id).limit(MOST)
    return list((await conn.execute(query)).all())
