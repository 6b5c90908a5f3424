"""A whole file of scores: staged in a temporary table, then stored, some ten thousand rows a transaction.

All on one connection. `storage.staged_shops` registers the shops. Storing the same file twice changes nothing, so that
a file cut off half way is finished by giving the file again.
"""

# ruff: noqa: S608  (pieces of our own, no input)

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Edition
from rules.sources import Source
from storage.database import bulk
from storage.scores import as_points

ROWS_A_PORTION: Final = 25_000
CORRECTIONS_KEPT: Final = 20

Row = tuple[str, date, int, int | None, int | None]
"""Shop id, day, number of the score in `Incoming.scores`, hundredths of a point (None: no score), closings or None."""

# The statements are the same for SQLite and PostgreSQL. Nothing in them comes from a file.
STAGED: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS staged
    (n INTEGER PRIMARY KEY, ref VARCHAR(64) NOT NULL, day INTEGER NOT NULL, fact INTEGER NOT NULL, score INTEGER,
    closures INTEGER)"""
PART: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS part
    (n INTEGER NOT NULL, shop_id BIGINT, ref VARCHAR(64) NOT NULL, day INTEGER NOT NULL, fact INTEGER NOT NULL,
    score INTEGER, closures INTEGER)"""

# PostgreSQL refuses to put the same row twice in one statement; two rows alike are allowed in a file.
FILL_PART: Final = """
    INSERT INTO part (n, shop_id, ref, day, fact, score, closures)
    SELECT {once} staged.n, shops.id, staged.ref, staged.day, staged.fact, staged.score, staged.closures
    FROM staged JOIN shops ON shops.ref = staged.ref WHERE staged.n BETWEEN :first AND :last"""
ONCE: Final = "DISTINCT ON (staged.ref, staged.day, staged.fact)"

DAYS: Final = """
    SELECT fact, day, count(*), count(closures) FROM part GROUP BY fact, day ORDER BY fact, day"""
DAY_IS_KNOWN: Final = "SELECT 1 FROM scores WHERE fact = :fact AND day = :day LIMIT 1"

# "No score" is NULL, and less than any: SQLite compares NULLs by other words than PostgreSQL.
DIFFERS: Final = "(coalesce(scores.hundredths, -1) <> coalesce(rows.score, -1) OR scores.scale <> :scale)"
CHANGES: Final = f"{DIFFERS} AND coalesce(scores.hundredths, rows.score) IS NOT NULL"
KNOWN_PART: Final = "scores.fact = :fact AND scores.day = rows.day AND scores.shop_id = rows.shop_id"
CORRECTIONS_IN_PART: Final = f"""
    SELECT DISTINCT rows.ref, rows.day, scores.hundredths AS before, rows.score AS after
    FROM part AS rows JOIN scores ON {KNOWN_PART}
    WHERE rows.fact = :number AND rows.day = :day AND {DIFFERS} ORDER BY rows.ref"""
PUT_SCORES: Final = """
    INSERT INTO scores (fact, day, shop_id, hundredths, scale, source, stored_at)
    SELECT CAST(:fact AS VARCHAR(64)), day, shop_id, score, CAST(:scale AS VARCHAR(16)),
        CAST(:source AS VARCHAR(8)), CAST(:now AS BIGINT)
    FROM part WHERE fact = :number AND day = :day
    ON CONFLICT (fact, day, shop_id) DO UPDATE
    SET hundredths = excluded.hundredths, scale = excluded.scale, source = excluded.source,
        stored_at = excluded.stored_at
    WHERE coalesce(scores.hundredths, -1) <> coalesce(excluded.hundredths, -1) OR scores.scale <> excluded.scale"""
PUT_NEWEST: Final = """
    INSERT INTO newest (shop_id, fact, day, hundredths, highest, scale, source, seen_at)
    SELECT shop_id, CAST(:fact AS VARCHAR(64)), day, score, score, CAST(:scale AS VARCHAR(16)),
        CAST(:source AS VARCHAR(8)), CAST(:now AS BIGINT)
    FROM part WHERE fact = :number AND day = :day
    ON CONFLICT (shop_id, fact) DO UPDATE SET
        day = excluded.day, hundredths = excluded.hundredths, scale = excluded.scale, source = excluded.source,
        seen_at = CASE WHEN excluded.day > newest.day THEN excluded.seen_at ELSE newest.seen_at END,
        highest = CASE WHEN newest.scale = excluded.scale
            AND coalesce(newest.highest, -1) > coalesce(excluded.hundredths, -1)
            THEN newest.highest ELSE excluded.hundredths END
    WHERE excluded.day > newest.day OR (excluded.day = newest.day
        AND (coalesce(newest.hundredths, -1) <> coalesce(excluded.hundredths, -1)
            OR excluded.scale <> newest.scale))"""
# An older row than the newest may still be the highest.
RAISE_HIGHEST: Final = """
    UPDATE newest SET highest = part.score FROM part
    WHERE part.fact = :number AND part.day = :day
        AND newest.shop_id = part.shop_id AND newest.fact = :fact AND newest.scale = :scale
        AND coalesce(newest.highest, -1) < part.score"""
PUT_CLOSURES: Final = """
    UPDATE shops SET closures = part.closures, closures_day = part.day,
        in_alliance = CASE WHEN shops.in_alliance AND part.closures > shops.closures THEN NULL
            ELSE shops.in_alliance END
    FROM part WHERE part.fact = :number AND part.day = :day AND shops.id = part.shop_id AND part.closures IS NOT NULL
        AND (shops.closures_day IS NULL OR shops.closures_day <= part.day)"""
COUNTS_IN_PART: Final = """
    SELECT DISTINCT part.ref, part.day, shops.closures AS before, part.closures AS after
    FROM part JOIN shops ON shops.id = part.shop_id
    WHERE part.fact = :number AND part.day = :day AND part.closures <> shops.closures
        AND (shops.closures_day IS NULL OR shops.closures_day <= part.day) ORDER BY part.ref"""
COUNTS_STAGED: Final = """
    SELECT ref, day, before, after FROM (
        SELECT staged.ref, staged.day, shops.closures AS before, staged.closures AS after,
            row_number() OVER (PARTITION BY staged.ref ORDER BY staged.day DESC, staged.n) AS place
        FROM staged JOIN shops ON shops.ref = staged.ref WHERE staged.closures IS NOT NULL
            AND (shops.closures_day IS NULL OR shops.closures_day <= staged.day)) AS ranked
    WHERE place = 1 AND before <> after ORDER BY ref"""
# A first known count is what a rise is told against.
FIRST_CLOSINGS: Final = """
    UPDATE follows SET closings = part.closures, is_awake = follows.is_awake OR part.closures > 0 FROM part
    WHERE part.fact = :number AND part.day = :day AND part.closures IS NOT NULL
        AND follows.shop_id = part.shop_id AND follows.closings IS NULL"""

KNOWN: Final = f"""
    (SELECT DISTINCT staged.ref, staged.day, staged.score, shops.id AS shop_id
    FROM staged JOIN shops ON shops.ref = staged.ref WHERE staged.fact = :number) AS rows JOIN scores ON {KNOWN_PART}"""
COUNTS: Final = f"""
    SELECT (SELECT count(*) FROM (SELECT DISTINCT ref, day FROM staged WHERE fact = :number) AS each) AS total,
        (SELECT count(*) FROM {KNOWN}) AS known,
        (SELECT count(*) FROM {KNOWN} WHERE {CHANGES}) AS corrected"""
CORRECTIONS: Final = f"""
    SELECT rows.ref, rows.day, scores.hundredths AS before, rows.score AS after
    FROM {KNOWN} WHERE {CHANGES} ORDER BY rows.day, rows.ref LIMIT :most"""
STAGED_SCORES: Final = "SELECT DISTINCT fact FROM staged ORDER BY fact"
SPANS: Final = """
    SELECT fact, count(score) AS scores, count(*) - count(score) AS without, min(day) AS first, max(day) AS last
    FROM staged GROUP BY fact ORDER BY fact"""
COUNT_SHOPS: Final = "SELECT count(DISTINCT ref) FROM staged"
COUNT_OF_SCORE: Final = "SELECT count(score) FROM staged WHERE fact = :number"
# A shop whose newest score is as low is known to be so low, and a row that is kept already changes nothing.
NEWLY_LOW: Final = """
    FROM staged LEFT JOIN shops ON shops.ref = staged.ref
    WHERE staged.fact = :number AND staged.score <= :low AND NOT EXISTS (SELECT 1 FROM newest
        WHERE newest.shop_id = shops.id AND newest.fact = :fact AND newest.scale = :scale AND newest.hundredths <= :low)
    AND NOT EXISTS (SELECT 1 FROM scores WHERE scores.shop_id = shops.id AND scores.fact = :fact
        AND scores.day = staged.day AND scores.scale = :scale AND scores.hundredths = staged.score)"""
COUNT_NEWLY_LOW: Final = f"SELECT count(*) {NEWLY_LOW}"
FIRST_NEWLY_LOW: Final = f"SELECT staged.ref {NEWLY_LOW} GROUP BY staged.ref ORDER BY min(staged.n) LIMIT :first"


@dataclass(frozen=True)
class Incoming:
    """The properties shared by all rows of a file: the scores with their scales, and epoch ms of arrival."""

    scores: tuple[tuple[str, str], ...]
    now_ms: int

    @classmethod
    def of(cls, edition: Edition, now_ms: int) -> "Incoming":
        """Rows with any of the scores that the edition declares, numbered in the edition's order."""
        return cls(tuple((fact.id, fact.scale) for fact in edition.scores), now_ms)

    def given(self, number: int) -> dict[str, Any]:
        """The values of the statements about one score."""
        fact, scale = self.scores[number]
        values = {"number": number, "fact": fact, "scale": scale, "source": Source.FEED.value, "now": self.now_ms}
        return values | {"most": CORRECTIONS_KEPT}


@dataclass(frozen=True)
class Correction:
    """A row known before with another score; None: no score."""

    ref: str
    day: date
    fact: str
    before: Decimal | None
    after: Decimal | None

    @property
    def is_of_nothing(self) -> bool:
        """Whether there was no score and is none: only the scale is another."""
        return self.before is None and self.after is None


@dataclass(frozen=True)
class CountChange:
    """Another count of closings by the system than the one known before."""

    ref: str
    day: date
    before: int
    after: int


@dataclass
class Stored:
    """Counts of scores stored, or that would be. `registered`: shops registered for them; `corrections`: the first few.

    `counted`: how often another count of closings took the place of one known before; `counts`: the first few.
    """

    new: int = 0
    corrected: int = 0
    registered: int = 0
    corrections: list[Correction] = field(default_factory=list)
    counted: int = 0
    counts: list["CountChange"] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """The staged rows of one score: how many have a score and how many say that there is none; first and last day."""

    fact: str
    scores: int
    without: int
    first: date
    last: date


async def begin(conn: AsyncConnection) -> None:
    """Make the temporary tables, empty."""
    for statement in (STAGED, PART, "DELETE FROM staged"):
        await conn.exec_driver_sql(statement)


async def stage(conn: AsyncConnection, rows: Sequence[Row], after: int) -> int:
    """Stage rows, numbered from `after` + 1 on; the last number."""
    numbered = [
        (n, ref, day.toordinal(), fact, score, closures)
        for n, (ref, day, fact, score, closures) in enumerate(rows, after + 1)
    ]
    await bulk.put(conn, "staged", ("n", "ref", "day", "fact", "score", "closures"), numbered)
    return after + len(rows)


def portions(last: int) -> list[range]:
    """Ranges of row numbers to be stored together."""
    return [range(first, min(first + ROWS_A_PORTION, last + 1)) for first in range(1, last + 1, ROWS_A_PORTION)]


async def compare(conn: AsyncConnection, incoming: Incoming) -> Stored:
    """The counts that storing would come to; nothing is changed."""
    stored = Stored()
    for number in (await conn.execute(text(STAGED_SCORES))).scalars().all():
        given = incoming.given(number)
        counted = (await conn.execute(text(COUNTS), given)).one()
        stored.new += counted.total - counted.known
        stored.corrected += counted.corrected
        stored.corrections += await _corrections(conn, CORRECTIONS, given)
    stored.corrections = stored.corrections[:CORRECTIONS_KEPT]
    await _note_counts(conn, COUNTS_STAGED, {}, stored)
    return stored


async def store(conn: AsyncConnection, incoming: Incoming, rows: range, stored: Stored) -> None:
    """Store a portion, score by score and older days first, and add the counts to `stored`.

    Rows of shops that are not registered are left out.
    """
    once = ONCE if conn.dialect.name == "postgresql" else ""
    await conn.exec_driver_sql("DELETE FROM part")
    await conn.execute(text(FILL_PART.format(once=once)), {"first": rows[0], "last": rows[-1]})
    for number, day, count, closures in (await conn.execute(text(DAYS))).all():
        given = incoming.given(number) | {"day": day}
        await _store_day(conn, given, count, stored)
        if closures:
            await _note_counts(conn, COUNTS_IN_PART, given, stored)
            await conn.execute(text(PUT_CLOSURES), given)
            await conn.execute(text(FIRST_CLOSINGS), given)


async def _store_day(conn: AsyncConnection, given: dict[str, Any], count: int, stored: Stored) -> None:
    is_known = (await conn.execute(text(DAY_IS_KNOWN), given)).scalar() is not None
    differing = await _corrections(conn, CORRECTIONS_IN_PART, given) if is_known else []
    changed = (await conn.execute(text(PUT_SCORES), given)).rowcount
    newer = (await conn.execute(text(PUT_NEWEST), given)).rowcount
    if newer < count:
        await conn.execute(text(RAISE_HIGHEST), given)
    corrections = [one for one in differing if not one.is_of_nothing]
    stored.corrected += len(corrections)
    stored.new += changed - len(differing)
    stored.corrections = (stored.corrections + corrections)[:CORRECTIONS_KEPT]


async def spans(conn: AsyncConnection, incoming: Incoming) -> tuple[Span, ...]:
    """What is staged, by score."""
    rows = (await conn.execute(text(SPANS))).all()
    days = [(date.fromordinal(row.first), date.fromordinal(row.last)) for row in rows]
    names = [incoming.scores[row.fact][0] for row in rows]
    return tuple(Span(name, row.scores, row.without, *span) for name, row, span in zip(names, rows, days, strict=True))


async def count_shops(conn: AsyncConnection) -> int:
    """How many shops are staged."""
    return (await conn.execute(text(COUNT_SHOPS))).scalar() or 0


async def count_of_score(conn: AsyncConnection, number: int) -> int:
    """How many staged scores have this number."""
    return (await conn.execute(text(COUNT_OF_SCORE), {"number": number})).scalar() or 0


async def newly_low(
    conn: AsyncConnection, incoming: Incoming, number: int, low: int, most: int
) -> tuple[int, tuple[str, ...]]:
    """How many staged scores of the number are up to `low` hundredths, though the shop's newest is not; first ids."""
    given = incoming.given(number) | {"low": low, "first": most}
    count = (await conn.execute(text(COUNT_NEWLY_LOW), given)).scalar() or 0
    return count, tuple((await conn.execute(text(FIRST_NEWLY_LOW), given)).scalars()) if count else ()


async def _note_counts(conn: AsyncConnection, query: str, given: dict[str, Any], stored: Stored) -> None:
    rows = (await conn.execute(text(query), given)).all()
    stored.counted += len(rows)
    found = [CountChange(row.ref, date.fromordinal(row.day), row.before, row.after) for row in rows]
    stored.counts = (stored.counts + found)[:CORRECTIONS_KEPT]


async def _corrections(conn: AsyncConnection, query: str, given: dict[str, Any]) -> list[Correction]:
    rows = (await conn.execute(text(query), given)).all()
    return [
        Correction(row.ref, date.fromordinal(row.day), given["fact"], as_points(row.before), as_points(row.after))
        for row in rows
    ]
