"""Writes the decisions on a chunk of followers: states, notices with their items, and outbox rows.

Many followers share an outcome, so outcomes are written once, beside a list of followers; joins do the rest.
"""

# ruff: noqa: S608  (pieces of our own, no input)

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple, get_type_hints

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, Table, delete, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateTable

from storage.database import bulk
from storage.notices import AHEAD_MS, ITEM_COLUMNS, KEY, Item, item_row
from storage.outbox import WAITING, Lane
from storage.schema import WATCH_STATE


class ChunkDecision(NamedTuple):
    """The outcome of a combination of evidence. `state`: the values to keep, None when nothing changed."""

    number: int
    state: tuple[Any, ...] | None
    item: Item | None


class Judged(NamedTuple):
    """A follower's outcome, and the notice that tells of the outcome, if any."""

    chat_id: int
    shop_id: int
    outcome: int
    notice_id: int | None


class Made(NamedTuple):
    """A new notice. `due_at`: epoch ms; urgent notices go before all else due. `corrects`: another notice's number."""

    notice_id: int
    chat_id: int
    is_urgent: bool
    due_at: int
    corrects: int | None = None


@dataclass
class Verdicts:
    """All decisions of a chunk. `ahead`: items of chats' own checks, by notice."""

    day: date
    edition: str
    is_late: bool
    outcomes: Collection[ChunkDecision] = ()
    judged: list[Judged] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    ahead: list[tuple[int, Item]] = field(default_factory=list)


async def write(conn: AsyncConnection, verdicts: Verdicts, now_ms: int) -> None:
    """Write a chunk's decisions, in the transaction that judged."""
    given = {"day": verdicts.day.toordinal(), "edition": verdicts.edition, "late": verdicts.is_late, "now": now_ms}
    if verdicts.judged:
        await _share(conn, verdicts)
        await conn.execute(text(KEEP_STATES))
    if verdicts.made:
        await _fill(conn, MADE, verdicts.made)
        await conn.execute(text(MAKE_NOTICES), given)
        await conn.execute(text(MAKE_LETTERS), {"now": now_ms})
    if verdicts.judged:
        await conn.execute(text(MAKE_ITEMS))
    names = tuple(column.name for column in ITEM_COLUMNS)
    await bulk.put(conn, "notice_items", names, [item_row(number, item) for number, item in verdicts.ahead])


async def _share(conn: AsyncConnection, verdicts: Verdicts) -> None:
    unchanged = (None,) * len(WATCH_STATE)
    nothing = (None,) * len(TOLD)
    rows = [
        (one.number, one.state is not None, *(one.state or unchanged), *(_told(one.item) if one.item else nothing))
        for one in verdicts.outcomes
    ]
    await _fill(conn, OUTCOMES, rows)
    await _fill(conn, JUDGED, verdicts.judged)


def _told(item: Item) -> tuple[Any, ...]:
    return item_row(0, item)[-len(TOLD) :]


async def _fill(conn: AsyncConnection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Put the rows into the temporary table, in place of earlier rows."""
    for statement in (CreateTable(table, if_not_exists=True), delete(table)):
        await conn.execute(statement, execution_options={"quick": True})
    await bulk.put(conn, table.name, tuple(column.name for column in table.c), rows)


def _temporary(name: str, *columns: Column[Any]) -> Table:
    """A table seen by one connection."""
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])


def _columns(row: type) -> Iterator[Column[Any]]:
    """A column for each field of a NamedTuple of numbers and booleans."""
    for name, kind in get_type_hints(row).items():
        yield Column(name, Boolean if kind is bool else BigInteger)


TOLD: Final = tuple(column for column in ITEM_COLUMNS if not column.primary_key)
MADE: Final = _temporary("made", *_columns(Made))
JUDGED: Final = _temporary("judged", *_columns(Judged))
OUTCOMES: Final = _temporary(
    "outcomes",
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("changes", Boolean),
    *(Column(one.name, one.type) for one in WATCH_STATE),
    *(Column(f"told_{one.name}", one.type) for one in TOLD),
)

KEEP_STATES: Final = f"""
    UPDATE follows SET {", ".join(f"{one.name} = outcomes.{one.name}" for one in WATCH_STATE)}
    FROM judged JOIN outcomes ON outcomes.number = judged.outcome
    WHERE follows.shop_id = judged.shop_id AND follows.chat_id = judged.chat_id AND outcomes.changes"""
MAKE_NOTICES: Final = """
    INSERT INTO notices (id, chat_id, day, edition, is_urgent, is_late, made_at, due_at, corrects)
    SELECT notice_id, chat_id, CAST(:day AS INTEGER), CAST(:edition AS VARCHAR(64)), is_urgent,
        CAST(:late AS BOOLEAN), CAST(:now AS BIGINT), due_at, corrects
    FROM made ORDER BY notice_id"""
MAKE_LETTERS: Final = f"""
    INSERT INTO outbox (chat_id, lane, method, payload, numbered, key, in_order, notice_id, state, due_at, tries,
        unsure, created_at)
    SELECT chat_id, {int(Lane.WARNING)}, 'sendMessage', '{{}}', true, '{KEY}' || notice_id, true, notice_id,
        '{WAITING}', CASE WHEN is_urgent THEN due_at - {AHEAD_MS} ELSE due_at END, 0, false, CAST(:now AS BIGINT)
    FROM made ORDER BY notice_id"""
MAKE_ITEMS: Final = f"""
    INSERT INTO notice_items (notice_id, shop_id, subject, {", ".join(one.name for one in TOLD)})
    SELECT judged.notice_id, judged.shop_id, '', {", ".join(f"outcomes.told_{one.name}" for one in TOLD)}
    FROM judged JOIN outcomes ON outcomes.number = judged.outcome WHERE judged.notice_id IS NOT NULL"""
