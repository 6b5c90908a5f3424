"""Stores the rows of any feed: a whole file in portions, or some rows in one transaction.

Closings told by the rows reach the followers at once, at whatever hour; all other news waits for the daily check.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.feeds.file import ScoreFile
from bot.warnings.corrections import correct_stored
from bot.warnings.followers import decide_for, session_of
from bot.warnings.policy import WatchPolicy
from rules.lines import hundredths, limit_for
from rules.reasons import Reason
from rules.requirements import Effect
from rules.watch import WORSE_WITHIN_DAYS
from storage import score_files
from storage.daily_check import closings_due
from storage.daily_check.closings_due import Closing
from storage.score_files import Incoming, Row, Stored


@dataclass(frozen=True)
class Imported:
    """An import or a dry run. `stored` None: the file has problems. `unnamed`: number of shops without a name."""

    stored: Stored | None
    unnamed: int = 0


async def import_file(
    engine: AsyncEngine, file: ScoreFile, incoming: Incoming, *, watch: WatchPolicy | None = None, dry_run: bool = False
) -> Imported:
    """Store the file, or with `dry_run` only count; `file.problems` names the problems.

    With a `watch` closings are told at once.
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
                    await _correct(conn, watch, stored, incoming.now_ms)
                    await _tell_closings(conn, watch, incoming.now_ms)
        async with conn.begin():
            return Imported(stored, await score_files.unnamed(conn))


async def store_rows(
    conn: AsyncConnection, rows: Sequence[Row], incoming: Incoming, watch: WatchPolicy
) -> tuple[Stored, int]:
    """Store the rows inside the caller's transaction; the outcome, and how many chats hear of a closing at once."""
    stored = Stored()
    await score_files.begin(conn)
    last = await score_files.stage(conn, rows, 0)
    for portion in score_files.portions(last):
        await score_files.store(conn, incoming, portion, stored)
    await _correct(conn, watch, stored, incoming.now_ms)
    return stored, await _tell_closings(conn, watch, incoming.now_ms)


async def _stage(conn: AsyncConnection, file: ScoreFile) -> int:
    """Put all rows into the temporary table; the number of rows."""
    async with conn.begin():
        await score_files.begin(conn)
    last, batches = 0, file.batches()
    while batch := await asyncio.to_thread(next, batches, None):
        async with conn.begin():
            last = await score_files.stage(conn, batch, last)
    return last


async def _correct(conn: AsyncConnection, policy: WatchPolicy, stored: Stored, now_ms: int) -> None:
    """Correct what was told by the rows known before; `now_ms`: as stored with the rows."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    await correct_stored(conn, policy, now, has_corrections=stored.corrected > 0)


async def _tell_closings(conn: AsyncConnection, policy: WatchPolicy, now_ms: int) -> int:
    """Decide for the followers of closed shops, in the rows' transaction; how many chats hear of a closing."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    counts: Counter[Reason] = Counter()
    for watch in policy.each:
        session = await session_of(conn, watch, watch.today(now), now)
        for first, last in _runs(await closings_due.fallen(conn, _closings(watch, now))):
            counts += await decide_for(conn, session, first, last)
    return sum(count for reason, count in counts.items() if reason.at_once)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last number of each run without a gap."""
    for _, run in groupby(enumerate(numbers), key=lambda placed: placed[1] - placed[0]):
        found = [number for _, number in run]
        yield found[0], found[-1]


def _closings(policy: WatchPolicy, now: datetime) -> list[Closing]:
    """The highest closing limit of each score."""
    since = policy.today(now) - timedelta(WORSE_WITHIN_DAYS)
    limits: dict[str, int] = {}
    for line in policy.edition.lines:
        if line.effect is Effect.CLOSING:
            limits[line.fact] = max(limits.get(line.fact, 0), hundredths(limit_for(line, {})))
    return [Closing(fact, policy.edition.fact(fact).scale, limit, since) for fact, limit in limits.items()]
