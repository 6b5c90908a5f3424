"""A whole file of scores: put aside in a temporary table, then stored, some ten thousand rows a transaction.

All on one connection. Storing the same file twice changes nothing, so that a file that was cut off half way is finished
by giving the file again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.lines import points
from rules.sources import Source
from storage import score_files_sql as sql
from storage.database import bulk

ROWS_A_PORTION: Final = 25_000
CORRECTIONS_KEPT: Final = 20

Row = tuple[str, date, int, int | None]
"""Shop id, day, hundredths of a point, closings or None."""


@dataclass(frozen=True)
class Incoming:
    """What all rows of a file share: the score that they give, on which scale, and when they came (epoch ms)."""

    fact: str
    scale: str
    now_ms: int

    @property
    def given(self) -> dict[str, Any]:
        values = {"fact": self.fact, "scale": self.scale, "source": Source.FEED.value, "now": self.now_ms}
        return values | {"most": CORRECTIONS_KEPT}


@dataclass(frozen=True)
class Correction:
    """A row that was known with another score."""

    ref: str
    day: date
    before: Decimal
    after: Decimal


@dataclass
class Stored:
    """What storing did, or would do. `registered`: shops not known before. `corrections`: the first of them."""

    new: int = 0
    corrected: int = 0
    registered: int = 0
    corrections: list[Correction] = field(default_factory=list)


async def begin(conn: AsyncConnection) -> None:
    """Make room for one file, and forget the one before."""
    for statement in (sql.STAGED, sql.PART, "DELETE FROM staged"):
        await conn.exec_driver_sql(statement)


async def stage(conn: AsyncConnection, rows: Sequence[Row], after: int) -> int:
    """Set these rows aside, numbered from `after` + 1 on; the last number."""
    numbered = [
        (n, ref, day.toordinal(), score, closures) for n, (ref, day, score, closures) in enumerate(rows, after + 1)
    ]
    await bulk.put(conn, "staged", ("n", "ref", "day", "score", "closures"), numbered)
    return after + len(rows)


def portions(last: int) -> list[range]:
    """The numbers of the rows that are stored together."""
    return [range(first, min(first + ROWS_A_PORTION, last + 1)) for first in range(1, last + 1, ROWS_A_PORTION)]


async def compare(conn: AsyncConnection, incoming: Incoming) -> Stored:
    """What storing would do; nothing is changed."""
    counted = (await conn.execute(text(sql.COUNTS), incoming.given)).one()
    registered = (await conn.execute(text(sql.UNKNOWN_SHOPS))).scalar() or 0
    corrections = await _corrections(conn, sql.CORRECTIONS, incoming.given)
    return Stored(counted.total - counted.known, counted.corrected, registered, corrections)


async def store(conn: AsyncConnection, incoming: Incoming, rows: range, stored: Stored) -> None:
    """Store one portion, adding to `stored` what that did. An older day goes before a newer one."""
    once = sql.ONCE if conn.dialect.name == "postgresql" else ""
    await conn.exec_driver_sql("DELETE FROM part")
    await conn.execute(text(sql.FILL_PART.format(once=once)), {"first": rows[0], "last": rows[-1]})
    stored.registered += (await conn.execute(text(sql.REGISTER), incoming.given)).rowcount
    await conn.execute(text(sql.NUMBER))  # also when somebody else has registered them meanwhile
    for day, count, closures in (await conn.execute(text(sql.DAYS))).all():
        await _store_day(conn, incoming.given | {"day": day}, count, stored)
        if closures:
            await conn.execute(text(sql.PUT_CLOSURES), {"day": day})
            await conn.execute(text(sql.FIRST_CLOSINGS), {"day": day})


async def _store_day(conn: AsyncConnection, given: dict[str, Any], count: int, stored: Stored) -> None:
    is_known = (await conn.execute(text(sql.DAY_IS_KNOWN), given)).scalar() is not None
    corrections = await _corrections(conn, sql.CORRECTIONS_IN_PART, given) if is_known else []
    changed = (await conn.execute(text(sql.PUT_SCORES), given)).rowcount
    newer = (await conn.execute(text(sql.PUT_NEWEST), given)).rowcount
    if newer < count:
        await conn.execute(text(sql.RAISE_HIGHEST), given)
    stored.corrected += len(corrections)
    stored.new += changed - len(corrections)
    stored.corrections = (stored.corrections + corrections)[:CORRECTIONS_KEPT]


async def unnamed(conn: AsyncConnection) -> int:
    """How many of the operator's shops have no name."""
    return (await conn.execute(text(sql.UNNAMED))).scalar() or 0


async def _corrections(conn: AsyncConnection, query: str, given: dict[str, Any]) -> list[Correction]:
    rows = (await conn.execute(text(query), given)).all()
    return [Correction(row.ref, date.fromordinal(row.day), points(row.before), points(row.after)) for row in rows]
