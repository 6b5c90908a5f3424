"""The shops of staged rows (`storage.score_files`): which are not registered, and what becomes of their rows.

Rows of unknown shops are listed, then either left out or stored after `register`, the only way in for a new shop of a
feed. Names come from the file; None for a shop that the file does not name.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import Source
from storage.database import bulk

NAMED: Final = "CREATE TEMPORARY TABLE IF NOT EXISTS named (ref VARCHAR(64) PRIMARY KEY, name TEXT NOT NULL)"
WITHDRAWN: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS withdrawn
    (ref VARCHAR(64) NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (ref, day))"""
WITHDRAW: Final = (
    "DELETE FROM staged WHERE EXISTS (SELECT 1 FROM withdrawn AS w WHERE w.ref = staged.ref AND w.day = staged.day)"
)
UNKNOWN: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS unregistered
    (n INTEGER NOT NULL, ref VARCHAR(64) PRIMARY KEY, scores INTEGER NOT NULL)"""
FILL_UNKNOWN: Final = """
    INSERT INTO unregistered SELECT min(staged.n), staged.ref, count(*) FROM staged
    WHERE NOT EXISTS (SELECT 1 FROM shops WHERE shops.ref = staged.ref) GROUP BY staged.ref"""
LEAVE_OUT: Final = "DELETE FROM staged WHERE ref IN (SELECT ref FROM unregistered)"
REGISTER: Final = """
    INSERT INTO shops (ref, name, source, created_at)
    SELECT unregistered.ref, named.name, CAST(:source AS VARCHAR(8)), CAST(:now AS BIGINT)
    FROM unregistered LEFT JOIN named ON named.ref = unregistered.ref WHERE true ORDER BY unregistered.n
    ON CONFLICT (ref) DO NOTHING"""
NAME: Final = """
    UPDATE shops SET name = named.name FROM named WHERE shops.ref = named.ref AND shops.name IS NULL"""
UNNAMED: Final = "SELECT count(*) FROM shops WHERE ref IS NOT NULL AND name IS NULL"


@dataclass(frozen=True)
class Unknown:
    """Ids of shops that are not registered, in the order of the file, and how many scores are theirs."""

    refs: tuple[str, ...] = ()
    scores: int = 0


async def withdraw(conn: AsyncConnection, told: Collection[tuple[str, date]]) -> int:
    """Take the staged rows of these shops and days out again; the number of rows."""
    if not told:
        return 0
    for statement in (WITHDRAWN, "DELETE FROM withdrawn"):
        await conn.exec_driver_sql(statement)
    await bulk.put(conn, "withdrawn", ("ref", "day"), [(ref, day.toordinal()) for ref, day in told])
    return (await conn.execute(text(WITHDRAW))).rowcount


async def unknown(conn: AsyncConnection) -> Unknown:
    """The staged shops that are not registered; keeps them for the two functions below."""
    for statement in (UNKNOWN, "DELETE FROM unregistered", FILL_UNKNOWN):
        await conn.exec_driver_sql(statement)
    rows = (await conn.execute(text("SELECT ref, scores FROM unregistered ORDER BY n"))).all()
    return Unknown(tuple(row[0] for row in rows), sum(row[1] for row in rows))


async def leave_out_unknown(conn: AsyncConnection) -> None:
    """Take the staged rows of unknown shops out."""
    await conn.execute(text(LEAVE_OUT))


async def register(conn: AsyncConnection, names: Mapping[str, str], now_ms: int) -> int:
    """Register the unknown shops of the staged rows and give shops without a name the file's; how many are new."""
    for statement in (NAMED, "DELETE FROM named"):
        await conn.exec_driver_sql(statement)
    await bulk.put(conn, "named", ("ref", "name"), list(names.items()))
    added = (await conn.execute(text(REGISTER), {"source": Source.FEED.value, "now": now_ms})).rowcount
    await conn.execute(text(NAME))
    return added


async def unnamed(conn: AsyncConnection) -> int:
    """Count of the operator's shops without a name."""
    return (await conn.execute(text(UNNAMED))).scalar() or 0
