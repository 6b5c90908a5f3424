"""Rows of scores into the database, from whatever feed: a whole file in portions, or some rows in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.feeds.file import ScoreFile
from bot.warnings.closings_now import tell_closings
from bot.warnings.policy import WatchPolicy
from storage import score_files
from storage.score_files import Incoming, Row, Stored


@dataclass(frozen=True)
class Imported:
    """What was done, or would have been; `stored` None: the file has problems and nothing was. `unnamed`: shops."""

    stored: Stored | None
    unnamed: int = 0


async def import_file(
    engine: AsyncEngine, file: ScoreFile, incoming: Incoming, *, watch: WatchPolicy | None = None, dry_run: bool = False
) -> Imported:
    """Store this file, or with `dry_run` only say what that would do; `file.problems` says what is wrong with it.

    With a `watch` the closings that the rows tell are told at once; all else is the daily check's.
    """
    async with engine.connect() as conn:
        last = await _stage(conn, file)
        if file.problem_count:
            return Imported(None)
        stored = Stored()
        if dry_run:
            async with conn.begin():
                stored = await score_files.compare(conn, incoming)
        else:
            for rows in score_files.portions(last):
                async with conn.begin():
                    await score_files.store(conn, incoming, rows, stored)
            if watch:
                async with conn.begin():
                    await tell_closings(conn, watch, datetime.fromtimestamp(incoming.now_ms / 1000, UTC))
        async with conn.begin():
            return Imported(stored, await score_files.unnamed(conn))


async def store_rows(
    conn: AsyncConnection, rows: Sequence[Row], incoming: Incoming, watch: WatchPolicy
) -> tuple[Stored, int]:
    """Store these rows inside the caller's transaction: what that did, and how many were told of a closing at once."""
    stored = Stored()
    await score_files.begin(conn)
    last = await score_files.stage(conn, rows, 0)
    for portion in score_files.portions(last):
        await score_files.store(conn, incoming, portion, stored)
    return stored, await tell_closings(conn, watch, datetime.fromtimestamp(incoming.now_ms / 1000, UTC))


async def _stage(conn: AsyncConnection, file: ScoreFile) -> int:
    """Set all rows aside; how many there are."""
    async with conn.begin():
        await score_files.begin(conn)
    last, batches = 0, file.batches()
    while batch := await asyncio.to_thread(next, batches, None):
        async with conn.begin():
            last = await score_files.stage(conn, batch, last)
    return last
