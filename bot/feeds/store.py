"""Stores the rows of any feed: a whole file in portions, or some rows in one transaction.

Rows that would alarm many, or that look like another scale, are held first (`bot.feeds.hold`). Closings reach the
followers at once, at whatever hour. All other news waits for the day's check, and after the check is told at once too.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.feeds.file import ScoreFile
from bot.feeds.hold import Hold, why_held
from bot.feeds.news import tell, tell_apart
from bot.warnings.corrections import correct_stored
from bot.warnings.policy import WatchPolicy
from storage import score_files
from storage.daily_check import new_closings
from storage.schema import notices
from storage.score_files import Incoming, Row, Stored


@dataclass(frozen=True)
class Imported:
    """An import or a dry run. `stored` None: the file has problems, or is held for the reason in `hold`.

    `scores`: how many, a line may have several. `unnamed`: number of shops without a name. `unknown`: ids of shops that
    were not registered, with `import_rows`. `closings_told`: followers who hear of a closing at once;
    `corrections_told`: messages that correct what was told.
    """

    stored: Stored | None
    scores: int = 0
    unnamed: int = 0
    hold: Hold | None = None
    unknown: tuple[str, ...] = ()
    closings_told: int = 0
    corrections_told: int = 0


@dataclass(frozen=True)
class Terms:
    """How rows are stored. `watch`: whom to tell, None: nobody, and nothing is held.

    `dry_run`: only count. `is_sure`: an operator has said yes to what would be held.
    """

    watch: WatchPolicy | None = None
    dry_run: bool = False
    is_sure: bool = False


async def import_file(engine: AsyncEngine, file: ScoreFile, incoming: Incoming, terms: Terms) -> Imported:
    """Store the file, unless it is held; `file.problems` names the problems."""
    async with engine.connect() as conn:
        last = await _stage(conn, file.batches())
        return Imported(None) if file.problem_count else await _settled(conn, last, incoming, terms)


async def import_rows(engine: AsyncEngine, rows: Sequence[Row], incoming: Incoming, terms: Terms) -> Imported:
    """Store the rows of a file as `import_file` does."""
    async with engine.connect() as conn:
        last = await _stage(conn, iter([rows]))
        async with conn.begin():
            unknown = await score_files.unknown_shops(conn)
        return replace(await _settled(conn, last, incoming, terms), unknown=unknown)


async def _settled(conn: AsyncConnection, last: int, incoming: Incoming, terms: Terms) -> Imported:
    """Store the staged rows, hold them, or only count."""
    hold = None
    if terms.watch and not terms.is_sure:
        async with conn.begin():
            hold = await why_held(conn, terms.watch.edition, incoming, _today(terms.watch, incoming))
    if hold and not terms.dry_run:
        return Imported(None, last, hold=hold)
    stored, closings, corrections = Stored(), 0, 0
    if terms.dry_run:
        async with conn.begin():
            stored = await score_files.compare(conn, incoming)
    else:
        for rows in score_files.portions(last):
            async with conn.begin():
                await score_files.store(conn, incoming, rows, stored)
        if terms.watch:
            async with conn.begin():
                await _noted(conn, terms.watch, incoming, is_sure=terms.is_sure)
                corrections = await _correct(conn, terms.watch, stored, incoming.now_ms)
            closings = await tell_apart(conn, terms.watch, incoming)
    async with conn.begin():
        done = Imported(stored, last, await score_files.unnamed(conn), hold)
    return replace(done, closings_told=closings, corrections_told=corrections)


async def store_rows(
    conn: AsyncConnection, rows: Sequence[Row], incoming: Incoming, watch: WatchPolicy, *, is_sure: bool = False
) -> tuple[Stored, int] | Hold:
    """Store the rows inside the caller's transaction; the outcome, and how many followers hear of a closing at once.

    Or why the rows are held: then nothing is stored.
    """
    await score_files.begin(conn)
    last = await score_files.stage(conn, rows, 0)
    if not is_sure and (hold := await why_held(conn, watch.edition, incoming, _today(watch, incoming))):
        return hold
    stored = Stored()
    for portion in score_files.portions(last):
        await score_files.store(conn, incoming, portion, stored)
    await _noted(conn, watch, incoming, is_sure=is_sure)
    await _correct(conn, watch, stored, incoming.now_ms)
    return stored, await tell(conn, watch, incoming)


async def reach(conn: AsyncConnection, rows: Sequence[Row], incoming: Incoming, watch: WatchPolicy) -> int:
    """How many chats would hear of a closing at once if the rows were stored now: a rehearsal, all of it undone."""
    rehearsal = await conn.begin_nested()
    newest = func.coalesce(func.max(notices.c.id), 0)
    before = (await conn.execute(select(newest))).scalar_one()
    await store_rows(conn, rows, incoming, watch, is_sure=True)
    told = select(func.count(notices.c.chat_id.distinct())).where(notices.c.id > before, notices.c.is_urgent)
    found: int = (await conn.execute(told)).scalar_one()
    await rehearsal.rollback()
    return found


async def _stage(conn: AsyncConnection, batches: Iterator[Sequence[Row]]) -> int:
    """Put all rows into the temporary table; the number of rows."""
    async with conn.begin():
        await score_files.begin(conn)
    last = 0
    while batch := await asyncio.to_thread(next, batches, None):
        async with conn.begin():
            last = await score_files.stage(conn, batch, last)
    return last


async def _correct(conn: AsyncConnection, policy: WatchPolicy, stored: Stored, now_ms: int) -> int:
    """Correct what was told by the rows known before; the number of messages. `now_ms`: as stored with the rows."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    return await correct_stored(conn, policy, now, has_corrections=stored.corrected > 0)


async def _noted(conn: AsyncConnection, watch: WatchPolicy, incoming: Incoming, *, is_sure: bool) -> None:
    """Keep account of the shops that the day's rows close, or begin anew after a yes."""
    await (new_closings.forget if is_sure else new_closings.note)(conn, _today(watch, incoming))


def _today(watch: WatchPolicy, incoming: Incoming) -> date:
    return watch.today(datetime.fromtimestamp(incoming.now_ms / 1000, UTC))
