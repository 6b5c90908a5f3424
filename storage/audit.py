"""Acts of operators, in a chat or on the command line: ids and names of actions, never a merchant's words."""

from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import audit

LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Act:
    """An act. `operator`: the operator's chat, None for the command line. `at`: epoch ms. `subject`: an id."""

    at: int
    operator: int | None
    action: str
    subject: str


async def record(conn: AsyncConnection, operator: int | None, action: str, subject: str, now_ms: int) -> None:
    """Write an act down, in the transaction of the act itself; a long subject is cut."""
    values = {"at": now_ms, "operator": operator, "action": action, "subject": subject[:LONGEST_SUBJECT]}
    await conn.execute(insert(audit).values(values))


async def operators(conn: AsyncConnection) -> set[int]:
    """The chats of operators who did anything that is still written down."""
    query = select(audit.c.operator).where(audit.c.operator.is_not(None)).distinct()
    return set((await conn.execute(query)).scalars())


async def listed(conn: AsyncConnection, limit: int = 100) -> list[Act]:
    """Acts, the newest first."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    return [Act(row.at, row.operator, row.action, row.subject) for row in (await conn.execute(query)).all()]
