"""What operators did: in a chat, or on the command line. Ids and names of actions, never what a merchant wrote."""

from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import audit

LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Act:
    """`operator`: the chat of whoever did it, None for the command line. `at`: ms, UTC. `subject`: on what, by id."""

    at: int
    operator: int | None
    action: str
    subject: str


async def record(conn: AsyncConnection, operator: int | None, action: str, subject: str, now_ms: int) -> None:
    """Write down that the operator did this, in the transaction in which it is done; a long subject is cut."""
    values = {"at": now_ms, "operator": operator, "action": action, "subject": subject[:LONGEST_SUBJECT]}
    await conn.execute(insert(audit).values(values))


async def listed(conn: AsyncConnection, limit: int = 100) -> list[Act]:
    """The newest acts, the newest first."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    return [Act(row.at, row.operator, row.action, row.subject) for row in (await conn.execute(query)).all()]
