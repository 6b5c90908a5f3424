"""Finished checks: the answers of a merchant and the report that came of them."""

from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import checks


@dataclass(frozen=True)
class KeptCheck:
    """`answers` and `report` are JSON text; `on_day` is an ISO day of the merchant's zone."""

    edition: str
    answers: str
    report: str
    on_day: str


async def keep(conn: AsyncConnection, chat_id: int, check: KeptCheck, now_ms: int) -> None:
    """Add this check to the chat's."""
    values = {"edition": check.edition, "answers": check.answers, "report": check.report, "on_day": check.on_day}
    await conn.execute(insert(checks).values(chat_id=chat_id, created_at=now_ms, **values))


async def last(conn: AsyncConnection, chat_id: int) -> KeptCheck | None:
    """The chat's newest check, None if there was none."""
    query = select(checks).where(checks.c.chat_id == chat_id).order_by(checks.c.id.desc()).limit(1)
    row = (await conn.execute(query)).one_or_none()
    return KeptCheck(row.edition, row.answers, row.report, row.on_day) if row else None
