"""The platform's notices about the rules: which were seen, and which the operators were told."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import upsert
from storage.schema import rule_notices


async def see(conn: AsyncConnection, ids: Sequence[str], now_ms: int) -> None:
    """Note the notices; those seen before stay as they are."""
    if ids:
        rows = [{"id": one, "seen_at": now_ms} for one in ids]
        statement = upsert(conn.dialect.name, rule_notices).on_conflict_do_nothing(index_elements=["id"])
        await conn.execute(statement, rows)


async def take(conn: AsyncConnection, ids: Sequence[str], now_ms: int) -> frozenset[str]:
    """Those of the seen notices that nobody was told yet, noted as told now."""
    is_new = (rule_notices.c.id.in_(ids), rule_notices.c.told_at.is_(None))
    change = update(rule_notices).where(*is_new).values(told_at=now_ms)
    return frozenset((await conn.execute(change.returning(rule_notices.c.id))).scalars())


async def told(conn: AsyncConnection, ids: Sequence[str]) -> dict[str, int]:
    """The instant of telling (epoch ms) of those of the notices that were told."""
    query = select(rule_notices).where(rule_notices.c.id.in_(ids), rule_notices.c.told_at.is_not(None))
    return {row.id: row.told_at for row in (await conn.execute(query)).all()}
