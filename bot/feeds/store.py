"""Stores the rows of any feed: a whole file in portions, or some rows in one transaction.

Rows of shops that are not registered are left out and named, unless the terms say to register them. Rows that would
alarm many, or that look like another scale, are held first (`bot.feeds.hold`). Closings reach the followers at once, at
whatever hour. All other news waits for the day's check, and after the check is told at once too.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.feeds import reach
from bot.feeds.file import ScoreFile
from bot.feeds.hold import Hold, mostly_set_aside, other_scale, why_held
from bot.feeds.kept import Given
from bot.feeds.news import foretell, tell, tell_apart
from bot.feeds.reach import Reach
from bot.warnings.corrections import correct_stored
from bot.warnings.policy import WatchPolicy
from storage import rehearsal, score_files, shops, staged_shops
from storage.daily_check import new_closings
from storage.daily_check.unfollowed import unfollowed
from storage.score_files import Incoming, Row, Span, Stored
from storage.staged_shops import Unknown


@dataclass(frozen=True)
class Imported:
    """An import or a dry run. `stored` None: the file can't be read, or is held for the reason in `hold`.

    `scores`: how many are stored or would be, a line may have several; `spans`: those of each score; `shops`: of how
    many shops, None for a large file. `unknown`: shops that were not registered before; `registers`: they are now, or
    would be, else their rows are left out. `odd`: rows that are left out and look like another scale. `unnamed`: number
    of shops without a name. `reach`: whom the rows make hear of what, None for a file too large to try.
    `closings_told`: followers who hear of a closing at once; `corrections_told`: messages that correct.
    """

    stored: Stored | None
    scores: int = 0
    unknown: Unknown = field(default_factory=Unknown)
    registers: bool = False
    hold: Hold | None = None
    odd: Hold | None = None
    unnamed: int = 0
    spans: tuple[Span, ...] = ()
    shops: int | None = None
    reach: Reach | None = None
    closings_told: int = 0
    corrections_told: int = 0

    @property
    def left_out(self) -> tuple[str, ...]:
        """The shops whose rows are not stored, as nobody has registered them."""
        return () if self.registers else self.unknown.refs


@dataclass(frozen=True)
class Terms:
    """How rows are stored. `watch`: whom to tell, None: nobody, and nothing is held.

    `dry_run`: only count. `is_sure`: an operator has said yes to what would be held. `registers`: unknown shops too.
    """

    watch: WatchPolicy | None = None
    dry_run: bool = False
    is_sure: bool = False
    registers: bool = False


@dataclass(frozen=True)
class _Staged:
    """Staged rows: the last number, how many there are, lines taken and set aside, names of shops."""

    last: int
    scores: int
    taken: int
    set_aside: int
    names: Mapping[str, str]


async def import_file(engine: AsyncEngine, file: ScoreFile, incoming: Incoming, terms: Terms) -> Imported:
    """Store the file, unless it is held or `file.refusal` says why it can't be read."""
    async with engine.connect() as conn:
        last = await _stage(conn, file.batches())
        if file.refusal:
            return Imported(None)
        async with conn.begin():
            scores = last - await staged_shops.withdraw(conn, file.withdrawn)
        staged = _Staged(last, scores, file.rows, file.set_aside_count, file.names)
        return await _settled(conn, staged, incoming, terms)


async def import_rows(engine: AsyncEngine, given: Given, incoming: Incoming, terms: Terms) -> Imported:
    """Store the rows of a file as `import_file` does."""
    async with engine.connect() as conn:
        last = await _stage(conn, iter([given.rows]))
        return await _settled(conn, _staged(last, given), incoming, terms)


async def store_rows(
    conn: AsyncConnection, given: Given, incoming: Incoming, watch: WatchPolicy, *, is_sure: bool = False
) -> Imported:
    """Store the rows inside the caller's transaction, or say why they are held: then nothing is stored."""
    await score_files.begin(conn)
    staged = _staged(await score_files.stage(conn, given.rows, 0), given)
    terms = Terms(watch, is_sure=is_sure, registers=given.registers)
    judged = await _judged(conn, staged, incoming, terms)
    if judged.hold:
        return judged
    stored = Stored()
    await _register(conn, staged, incoming, terms, stored)
    for portion in score_files.portions(staged.last):
        await score_files.store(conn, incoming, portion, stored)
    await _noted(conn, watch, incoming, is_sure=is_sure)
    corrections = await _correct(conn, watch, stored, incoming.now_ms)
    closings = await tell(conn, watch, incoming)
    return replace(judged, stored=stored, closings_told=closings, corrections_told=corrections)


async def reach_of(conn: AsyncConnection, given: Given, incoming: Incoming, watch: WatchPolicy) -> Reach:
    """Whom the rows would make hear of what if they were stored now."""
    await score_files.begin(conn)
    staged = _staged(await score_files.stage(conn, given.rows, 0), given)
    await staged_shops.unknown(conn)
    return await _rehearsed(conn, staged, incoming, watch, Terms(watch, registers=given.registers))


def _staged(last: int, given: Given) -> _Staged:
    return _Staged(last, last, given.told, given.set_aside, given.names)


async def _settled(conn: AsyncConnection, staged: _Staged, incoming: Incoming, terms: Terms) -> Imported:
    """Store the staged rows, hold them, or only count."""
    async with conn.begin():
        judged = await _judged(conn, staged, incoming, terms)
        judged = replace(judged, spans=await score_files.spans(conn, incoming))
    if terms.watch and judged.scores <= reach.MOST_SCORES:
        async with conn.begin():
            reached = await _rehearsed(conn, staged, incoming, terms.watch, terms)
            judged = replace(judged, reach=reached, shops=await score_files.count_shops(conn))
    if judged.hold and not terms.dry_run:
        return judged
    if terms.dry_run:
        async with conn.begin():
            done = replace(judged, stored=await score_files.compare(conn, incoming))
    else:
        done = await _stored(conn, staged, incoming, terms, judged)
    async with conn.begin():
        return replace(done, unnamed=await staged_shops.unnamed(conn))


async def _judged(conn: AsyncConnection, staged: _Staged, incoming: Incoming, terms: Terms) -> Imported:
    """What is to be said before anything is stored.

    Rows of unknown shops are left out here, unless the terms say to register the shops.
    """
    unknown = await staged_shops.unknown(conn)
    found = Imported(None, staged.scores, unknown, terms.registers)
    if unknown.refs and not terms.registers:
        odd = await other_scale(conn, terms.watch.edition, incoming) if terms.watch else None
        await staged_shops.leave_out_unknown(conn)
        found = replace(found, scores=staged.scores - unknown.scores, odd=odd)
    if terms.watch is None or terms.is_sure:
        return replace(found, odd=None)
    hold = await why_held(conn, terms.watch.edition, incoming, _today(terms.watch, incoming))
    if hold is None and not found.scores:
        hold = found.odd  # a file of unknown shops alone is judged before anybody registers them
    return replace(
        found, hold=hold or mostly_set_aside(staged.taken, staged.set_aside), odd=None if hold else found.odd
    )


async def _stored(
    conn: AsyncConnection, staged: _Staged, incoming: Incoming, terms: Terms, judged: Imported
) -> Imported:
    """The outcome of storing in portions, a transaction each."""
    stored, closings, corrections = Stored(), 0, 0
    async with conn.begin():
        await _register(conn, staged, incoming, terms, stored)
    for rows in score_files.portions(staged.last):
        async with conn.begin():
            await score_files.store(conn, incoming, rows, stored)
    if terms.watch:
        async with conn.begin():
            await _noted(conn, terms.watch, incoming, is_sure=terms.is_sure)
            corrections = await _correct(conn, terms.watch, stored, incoming.now_ms)
        closings = await tell_apart(conn, terms.watch, incoming)
    return replace(judged, stored=stored, closings_told=closings, corrections_told=corrections)


async def _register(conn: AsyncConnection, staged: _Staged, incoming: Incoming, terms: Terms, stored: Stored) -> None:
    """Register the unknown shops by the file's names, if the terms say so."""
    if terms.registers:
        stored.registered = await staged_shops.register(conn, staged.names, incoming.now_ms)


async def _rehearsed(
    conn: AsyncConnection, staged: _Staged, incoming: Incoming, watch: WatchPolicy, terms: Terms
) -> Reach:
    """Whom the staged rows make hear of what: stored and decided as in an import, and all of it undone."""
    undone = await conn.begin_nested()
    before, stored = await rehearsal.last_notice(conn), Stored()
    await _register(conn, staged, incoming, terms, stored)
    for portion in score_files.portions(staged.last):
        await score_files.store(conn, incoming, portion, stored)
    await _correct(conn, watch, stored, incoming.now_ms)
    is_checked = await foretell(conn, watch, incoming)
    said = await rehearsal.said_after(conn, before, incoming.now_ms)
    ranked = reach.by_shop(said)
    first = ranked[: reach.NAMED]
    known = await shops.by_ids(conn, [shop_id for shop_id, _, _ in first])
    alone = await unfollowed(conn, watch.edition, reach.NAMED)
    await undone.rollback()
    return Reach(*reach.counted(said), is_checked, reach.told(first, known), len(ranked) - len(first), *alone)


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
