"""A whole file of scores: set aside first, then stored day by day, some thousand shops a transaction.

    for batch in file.batches():
        async with conn.begin(): await stage(conn, batch)          # nobody else is kept waiting: a temporary table
    found = await compare(conn, incoming)                          # what storing it would do
    async for part in portions(conn):
        async with conn.begin(): await store(conn, incoming, part)

All on one connection. Storing is the same again however often it is done, so a file that was cut off half way is
finished by giving it again. The newest day of a shop comes last, so that `newest` is right at every step.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.levels import points
from rules.told import Source
from storage import bulk
from storage import scorefile_sql as sql

SHOPS_A_PORTION: Final = 25_000
CORRECTIONS_KEPT: Final = 20

Row = tuple[str, date, int, int | None]
"""Shop id, day, hundredths of a point, closings or None."""


@dataclass(frozen=True)
class Incoming:
    """What all rows of a file share: the score that they give, on which scale, and when they came (epoch ms)."""

    fact: str
    scale: str
    now_ms: int
    source: Source = Source.FEED


@dataclass(frozen=True)
class Portion:
    """The shops from `first` to `last`, by id, of one day."""

    day: int
    first: str
    last: str


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

    rows: int = 0
    new: int = 0
    corrected: int = 0
    registered: int = 0
    corrections: list[Correction] = field(default_factory=list)

    @property
    def same(self) -> int:
        """Rows that were known just so."""
        return self.rows - self.new - self.corrected


async def stage(conn: AsyncConnection, rows: Sequence[Row]) -> None:
    """Set these rows aside; one that is there already is left alone."""
    numbered = [(ref, day.toordinal(), score, closures) for ref, day, score, closures in rows]
    await bulk.put(conn, "staged", ("ref", "day", "score", "closures"), numbered, unless_known=True)


async def begin(conn: AsyncConnection) -> None:
    """Make room for one file, and forget the one before."""
    columns = "ref VARCHAR(64) NOT NULL, day INTEGER NOT NULL, score INTEGER NOT NULL, closures INTEGER"
    rowid = " WITHOUT ROWID" if conn.dialect.name == "sqlite" else ""
    await conn.exec_driver_sql(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS staged ({columns}, PRIMARY KEY (day, ref)){rowid}"
    )
    await conn.exec_driver_sql("DELETE FROM staged")


async def portions(conn: AsyncConnection) -> AsyncIterator[Portion]:
    """What was set aside, in portions, the oldest day first. Each query is a transaction of its own."""
    day, ref = 0, ""
    while True:
        async with conn.begin():
            found = await _next(conn, day, ref)
        if found is None:
            return
        yield found
        day, ref = found.day, found.last


async def _next(conn: AsyncConnection, day: int, ref: str) -> Portion | None:
    given = {"day": day, "ref": ref, "most": SHOPS_A_PORTION}
    first, last = (await conn.execute(text(sql.NEXT_REFS), given)).one()
    if first is None:
        later = (await conn.execute(text(sql.NEXT_DAY), given)).scalar()
        return None if later is None else await _next(conn, later, "")
    return Portion(day, first, last)


async def compare(conn: AsyncConnection, incoming: Incoming) -> Stored:
    """What storing would do; nothing is changed."""
    given = _given(incoming)
    counted = (await conn.execute(text(sql.COUNTS), given)).one()
    found = Stored(counted.total, counted.fresh, counted.corrected)
    found.registered = (await conn.execute(text(sql.UNKNOWN_SHOPS), given)).scalar() or 0
    found.corrections = await _corrections(conn, sql.CORRECTIONS, given)
    return found


async def store(conn: AsyncConnection, incoming: Incoming, part: Portion, stored: Stored) -> None:
    """Store one portion, adding to `stored` what that did."""
    given = _given(incoming) | {"day": part.day, "first": part.first, "last": part.last}
    stored.registered += (await conn.execute(text(sql.REGISTER), given)).rowcount
    is_known = (await conn.execute(text(sql.DAY_IS_KNOWN), given)).scalar() is not None
    corrections = await _corrections(conn, sql.CORRECTIONS_IN_PART, given) if is_known else []
    changed = (await conn.execute(text(sql.PUT_SCORES), given)).rowcount
    await conn.execute(text(sql.PUT_NEWEST), given)
    if (await conn.execute(text(sql.HAS_CLOSURES), given)).scalar() is not None:
        await conn.execute(text(sql.PUT_CLOSURES), given)
        await conn.execute(text(sql.FIRST_CLOSINGS), given)
    stored.rows += (await conn.execute(text(sql.COUNT_PART), given)).scalar() or 0
    stored.corrected += len(corrections)
    stored.new += changed - len(corrections)
    stored.corrections = (stored.corrections + corrections)[:CORRECTIONS_KEPT]


async def unnamed(conn: AsyncConnection) -> int:
    """How many shops of this file have no name."""
    return (await conn.execute(text(sql.UNNAMED))).scalar() or 0


async def _corrections(conn: AsyncConnection, query: str, given: Mapping[str, Any]) -> list[Correction]:
    rows = (await conn.execute(text(query), dict(given))).all()
    return [Correction(row.ref, date.fromordinal(row.day), points(row.before), points(row.after)) for row in rows]


def _given(incoming: Incoming) -> dict[str, Any]:
    return {
        "fact": incoming.fact,
        "scale": incoming.scale,
        "source": incoming.source.value,
        "now": incoming.now_ms,
        "most": CORRECTIONS_KEPT,
    }
