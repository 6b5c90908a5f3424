"""Writing down what judging a chunk of followers came to: states, notices, what is in them, and their outbox rows.

Many followers share an outcome, so the outcomes are written once, beside a list of who has which; joins do the rest.
"""

# ruff: noqa: S608  (pieces of our own, no input)

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.daily_check.evidence import STATE_COLUMNS
from storage.database import bulk
from storage.notices import AHEAD_MS, ITEM_COLUMNS, KEY, Item, item_row
from storage.outbox import WAITING, Lane


class ChunkDecision(NamedTuple):
    """What came of one combination of what decides. `state`: the values to keep, None when nothing changed."""

    number: int
    state: tuple[Any, ...] | None
    item: Item | None


class Judged(NamedTuple):
    """The outcome for one follower, and the notice that tells of it, if any."""

    chat_id: int
    shop_id: int
    outcome: int
    notice_id: int | None


class Made(NamedTuple):
    """A new notice. `due_at`: epoch ms; what is urgent goes before everything else that is due."""

    notice_id: int
    chat_id: int
    is_urgent: bool
    due_at: int


@dataclass
class Verdicts:
    """All of a chunk. `ahead`: items of chats' own checks, by notice."""

    day: date
    edition: str
    is_late: bool
    outcomes: Collection[ChunkDecision] = ()
    judged: list[Judged] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    ahead: list[tuple[int, Item]] = field(default_factory=list)


async def write(conn: AsyncConnection, verdicts: Verdicts, now_ms: int) -> None:
    """Keep all of it: in the transaction in which it was judged."""
    given = {"day": verdicts.day.toordinal(), "edition": verdicts.edition, "late": verdicts.is_late, "now": now_ms}
    if verdicts.judged:
        await _share(conn, verdicts)
        await conn.execute(text(KEEP_STATES))
    if verdicts.made:
        await _fill(conn, "made", MADE, Made._fields, verdicts.made)
        await conn.execute(text(MAKE_NOTICES), given)
        await conn.execute(text(MAKE_LETTERS), {"now": now_ms})
    if verdicts.judged:
        await conn.execute(text(MAKE_ITEMS))
    await bulk.put(conn, "notice_items", ITEM_COLUMNS, [item_row(number, item) for number, item in verdicts.ahead])


async def _share(conn: AsyncConnection, verdicts: Verdicts) -> None:
    unchanged = (None,) * len(STATE_COLUMNS)
    nothing = (None,) * len(TOLD)
    rows = [
        (one.number, one.state is not None, *(one.state or unchanged), *(_told(one.item) if one.item else nothing))
        for one in verdicts.outcomes
    ]
    await _fill(conn, "outcomes", OUTCOMES, ("number", "changes", *STATE_COLUMNS, *TOLD_NAMES), rows)
    await _fill(conn, "judged", JUDGED, Judged._fields, verdicts.judged)


def _told(item: Item) -> tuple[Any, ...]:
    return item_row(0, item)[3:]


async def _fill(
    conn: AsyncConnection, table: str, columns: str, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    for statement in (f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns})", f"DELETE FROM {table}"):
        await conn.exec_driver_sql(statement, execution_options={"quick": True})
    await bulk.put(conn, table, names, rows)


TOLD: Final = ITEM_COLUMNS[3:]
TOLD_NAMES: Final = tuple(f"told_{name}" for name in TOLD)

MADE: Final = "notice_id BIGINT, chat_id BIGINT, is_urgent BOOLEAN, due_at BIGINT"
JUDGED: Final = "chat_id BIGINT, shop_id BIGINT, outcome INTEGER, notice_id BIGINT"
OUTCOMES: Final = """
    number INTEGER PRIMARY KEY, changes BOOLEAN,
    judged_day INTEGER, level SMALLINT, line VARCHAR(64), told_on INTEGER, seen_level SMALLINT, seen_since INTEGER,
    is_far BOOLEAN, has_left BOOLEAN, is_swinging BOOLEAN, closings INTEGER, is_closed BOOLEAN,
    descent_fact VARCHAR(64), descent_ends_at INTEGER, stale_told BOOLEAN, is_awake BOOLEAN,
    told_reason VARCHAR(24), told_line VARCHAR(64), told_fact VARCHAR(64), told_hundredths INTEGER,
    told_score_day INTEGER, told_since INTEGER, told_closings INTEGER, told_in_alliance BOOLEAN,
    told_happens_on INTEGER, told_span_days INTEGER"""

KEEP_STATES: Final = f"""
    UPDATE follows SET {", ".join(f"{name} = outcomes.{name}" for name in STATE_COLUMNS)}
    FROM judged JOIN outcomes ON outcomes.number = judged.outcome
    WHERE follows.shop_id = judged.shop_id AND follows.chat_id = judged.chat_id AND outcomes.changes"""
MAKE_NOTICES: Final = """
    INSERT INTO notices (id, chat_id, day, edition, is_urgent, is_late, made_at, due_at)
    SELECT notice_id, chat_id, CAST(:day AS INTEGER), CAST(:edition AS VARCHAR(64)), is_urgent,
        CAST(:late AS BOOLEAN), CAST(:now AS BIGINT), due_at
    FROM made ORDER BY notice_id"""
MAKE_LETTERS: Final = f"""
    INSERT INTO outbox (chat_id, lane, method, payload, numbered, key, in_order, notice_id, state, due_at, tries,
        unsure, created_at)
    SELECT chat_id, {int(Lane.WARNING)}, 'sendMessage', '{{}}', true, '{KEY}' || notice_id, true, notice_id,
        '{WAITING}', CASE WHEN is_urgent THEN due_at - {AHEAD_MS} ELSE due_at END, 0, false, CAST(:now AS BIGINT)
    FROM made ORDER BY notice_id"""
MAKE_ITEMS: Final = f"""
    INSERT INTO notice_items (notice_id, shop_id, subject, {", ".join(TOLD)})
    SELECT judged.notice_id, judged.shop_id, '', {", ".join(f"outcomes.{name}" for name in TOLD_NAMES)}
    FROM judged JOIN outcomes ON outcomes.number = judged.outcome WHERE judged.notice_id IS NOT NULL"""
