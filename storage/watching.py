"""What the day's check reads: which followers are worth a decision, and everything that each decision rests on.

Set-based: a query a range of shops or a chunk of followers, never one a shop. What `candidates` leaves out would have
come to nothing new (a test compares with judging everybody), so a day on which little happens costs little.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    delete,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.outlook import NEWEST_WITHIN_DAYS, WINDOW_DAYS
from rules.told import Source
from rules.watch import WORSE_WITHIN_DAYS
from storage import bulk
from storage.chats import BLOCKED
from storage.schema import chats, checks, follows, milestones, newest, preferences, scores, shops

Pair = tuple[int, int]
"""A chat and a shop that it follows; shop 0 stands for the chat's own check."""


@dataclass(frozen=True)
class Watched:
    """One score and what counts as low, in hundredths: for shops that are in or may be, and for those that are not.

    `lowest_foretold`: above this a fall of `fall` may end below a line; None: no line of this score is foretold.
    """

    fact: str
    scale: str
    low_if_in: int
    low_if_out: int
    lowest_foretold: int | None
    fall: int


@dataclass(frozen=True)
class Look:
    """One day's check. `silent_since`: a row seen earlier (epoch ms) is stale, by source; None: that is not asked.

    `silent_days`: rows of so many days ago are stale however late they came. `is_past`: newer rows are not looked at.
    """

    day: date
    watched: tuple[Watched, ...]
    is_past: bool
    silent_since: dict[Source, int] | None = None
    silent_days: dict[Source, int] | None = None

    @cached_property
    def window(self) -> list[date]:
        """The days that count, the newest first."""
        return [self.day - timedelta(back) for back in range(WINDOW_DAYS)]


worth: Final = Table("worth", MetaData(), Column("chat_id", BigInteger), Column("shop_id", BigInteger))
"""A temporary table: the followers of the chunk at hand."""


async def last_shop(conn: AsyncConnection) -> int:
    """The highest number of a shop."""
    return (await conn.execute(select(func.max(shops.c.id)))).scalar() or 0


async def candidates(conn: AsyncConnection, look: Look, first: int, last: int) -> set[Pair]:
    """The followers of the shops numbered `first` to `last` for whom the day may have something new."""
    parts = [_by_score(look, one, first, last) for one in look.watched]
    query = union_all(*parts, _awake(first, last), _closed_since(first, last))
    return {(row[0], row[1]) for row in (await conn.execute(query)).all()}


async def due_milestones(conn: AsyncConnection, day: date) -> set[Pair]:
    """The chats whose newest check knows of something to tell on `day`, or told nothing of it when it was due."""
    query = select(milestones.c.chat_id).where(_is_due(day)).distinct()
    return {(chat_id, 0) for chat_id in (await conn.execute(query)).scalars()}


def _is_due(day: date) -> ColumnElement[bool]:
    newest_check = select(func.max(checks.c.id)).where(checks.c.chat_id == milestones.c.chat_id).scalar_subquery()
    return and_(milestones.c.told_at.is_(None), milestones.c.on_day <= day, milestones.c.check_id == newest_check)


async def stale_shops(conn: AsyncConnection, look: Look) -> int:
    """How many shops have had no score for too long, followed or not."""
    facts = [one.fact for one in look.watched]
    seen = newest.alias("seen")
    query = select(func.count(seen.c.shop_id.distinct())).where(seen.c.fact.in_(facts), _is_silent(seen, look))
    return (await conn.execute(query)).scalar() or 0


def _sightings(look: Look, watched: Watched, first: int | None = None, last: int | None = None) -> FromClause:
    """The newest row of each shop up to the day, of this score, on its scale."""
    name = f"seen_{watched.fact}"
    if not look.is_past:
        return newest.alias(name)
    earlier = scores.alias("earlier")
    same = (earlier.c.fact == watched.fact, earlier.c.shop_id == newest.c.shop_id, earlier.c.day.in_(look.window))
    newest_day = select(func.max(earlier.c.day)).where(*same).scalar_subquery()
    row = and_(scores.c.fact == newest.c.fact, scores.c.shop_id == newest.c.shop_id, scores.c.day == newest_day)
    query = select(
        newest.c.shop_id,
        newest.c.fact,
        newest.c.highest,
        newest.c.seen_at,
        scores.c.day,
        scores.c.hundredths,
        scores.c.scale,
        scores.c.source,
    ).join(scores, row)
    span = [newest.c.fact == watched.fact]
    if first is not None and last is not None:
        span.append(newest.c.shop_id.between(first, last))
    return query.where(*span).subquery(name)


def _by_score(look: Look, watched: Watched, first: int, last: int) -> Select[Any]:
    """Those below a line, those that may be heading there, and those of which nothing comes any more."""
    seen = _sightings(look, watched, first, last)
    is_low = and_(
        seen.c.hundredths < max(watched.low_if_in, watched.low_if_out),
        seen.c.day >= look.day - timedelta(WORSE_WITHIN_DAYS),
    )
    has_fallen = _has_fallen(look, watched, seen)
    is_silent = _is_silent(seen, look)
    its = (seen.c.shop_id.between(first, last), seen.c.fact == watched.fact, seen.c.scale == watched.scale)
    # Materialised: one pass over the scores leaves few shops, whose followers are then looked up one by one.
    few = (
        select(seen.c.shop_id, seen.c.hundredths, has_fallen.label("has_fallen"), is_silent.label("is_silent"))
        .where(*its, or_(is_low, has_fallen, is_silent))
        .cte("few")
        .prefix_with("MATERIALIZED")
    )
    may_be_in = or_(shops.c.in_alliance.is_(None), shops.c.in_alliance)
    concerns = or_(
        and_(may_be_in, few.c.hundredths < watched.low_if_in),
        and_(~shops.c.in_alliance, few.c.hundredths < watched.low_if_out),
        and_(few.c.is_silent == true(), ~follows.c.stale_told),
        and_(
            may_be_in, few.c.has_fallen == true(), follows.c.descent_ends_at.is_(None), _was_higher(look, watched, few)
        ),
    )
    return (
        select(follows.c.chat_id, follows.c.shop_id)
        .select_from(few)
        .join(shops, shops.c.id == few.c.shop_id)
        .join(follows, follows.c.shop_id == few.c.shop_id)
        .where(follows.c.is_on, concerns)
    )


def _has_fallen(look: Look, watched: Watched, seen: FromClause) -> ColumnElement[bool]:
    """Whether the score is clearly below what it ever was, and above a line that can be foretold."""
    if watched.lowest_foretold is None:
        return false()
    return and_(
        seen.c.hundredths <= seen.c.highest - watched.fall,
        seen.c.hundredths >= watched.lowest_foretold,
        seen.c.day >= look.day - timedelta(NEWEST_WITHIN_DAYS),
    )


def _was_higher(look: Look, watched: Watched, seen: FromClause) -> ColumnElement[bool]:
    """Whether it was clearly higher within the window: else there is no fall to look ahead from."""
    was = scores.alias("was")
    its = (was.c.fact == watched.fact, was.c.shop_id == seen.c.shop_id, was.c.day.in_(look.window))
    return exists().where(*its, was.c.hundredths >= seen.c.hundredths + watched.fall)


def _is_silent(seen: FromClause, look: Look) -> ColumnElement[bool]:
    since, days = look.silent_since or {}, look.silent_days or {}
    return or_(
        false(),
        *(
            and_(
                seen.c.source == source.value,
                or_(seen.c.seen_at < since[source], seen.c.day < look.day - timedelta(days[source])),
            )
            for source in since
        ),
    )


def _awake(first: int, last: int) -> Select[Any]:
    """Those to whom something was told that is not taken back, or of whose shop nothing is known yet."""
    its = (follows.c.is_awake == true(), follows.c.is_on, follows.c.shop_id.between(first, last))
    return select(follows.c.chat_id, follows.c.shop_id).where(*its)


def _closed_since(first: int, last: int) -> Select[Any]:
    """Those of whose shop more closings are known than they were told."""
    closed = (
        select(shops.c.id, shops.c.closures)
        .where(shops.c.closures > literal_column("0"), shops.c.id.between(first, last))
        .cte("closed")
        .prefix_with("MATERIALIZED")
    )
    is_news = follows.c.closings.is_distinct_from(closed.c.closures)
    query = select(follows.c.chat_id, follows.c.shop_id).join(closed, closed.c.id == follows.c.shop_id)
    return query.where(follows.c.is_on, is_news)


STATE_COLUMNS: Final = (
    "judged_day", "level", "line", "told_on", "seen_level", "seen_since", "is_far", "has_left", "is_swinging",
    "closings", "is_closed", "descent_fact", "descent_ends_at", "stale_told", "is_awake",
)  # fmt: skip


CHAT, SHOP, QUIET_HOURS, DIGEST_AT, CREATED_AT, SEEN_AT = range(6)
"""Where things stand in a row of `rows`; from SEEN_AT on one instant a watched score, then all that decides."""


async def rows(conn: AsyncConnection, look: Look, pairs: Sequence[Pair]) -> Sequence[Sequence[Any]]:
    """A row for each of these followers, by chat and shop, without those who turned it off or blocked the bot.

    Values are as the database has them: a million conversions would cost more than the query. What decides: the state
    (STATE_COLUMNS), frequency, snoozed_until, in_alliance, closures, choices; day, hundredths, source a watched score.
    """
    await _fill(conn, pairs)
    seen = [_sightings(look, one) for one in look.watched]
    its = and_(follows.c.shop_id == worth.c.shop_id, follows.c.chat_id == worth.c.chat_id)
    joined: FromClause = worth.join(follows, its).join(shops, shops.c.id == worth.c.shop_id)
    for one, table in zip(look.watched, seen, strict=True):
        same = (table.c.shop_id == worth.c.shop_id, table.c.fact == one.fact, table.c.scale == one.scale)
        joined = joined.outerjoin(table, and_(*same, table.c.day >= look.window[-1]))
    joined = joined.outerjoin(preferences, preferences.c.chat_id == worth.c.chat_id)
    joined = joined.outerjoin(chats, chats.c.chat_id == worth.c.chat_id)
    query = select(*_columns(seen)).select_from(joined).order_by(worth.c.chat_id, worth.c.shop_id)
    is_reachable = or_(chats.c.state.is_(None), chats.c.state != BLOCKED)
    return (await conn.execute(query.where(follows.c.is_on, is_reachable).with_for_update(of=follows))).all()


async def _fill(conn: AsyncConnection, pairs: Sequence[Pair]) -> None:
    ids = "chat_id BIGINT NOT NULL, shop_id BIGINT NOT NULL, PRIMARY KEY (chat_id, shop_id)"
    await conn.exec_driver_sql(f"CREATE TEMPORARY TABLE IF NOT EXISTS worth ({ids})")
    await conn.execute(delete(worth))
    await bulk.put(conn, "worth", ("chat_id", "shop_id"), pairs)


def _columns(seen: Sequence[FromClause]) -> Iterator[ColumnElement[Any]]:
    yield from (worth.c.chat_id, worth.c.shop_id, preferences.c.quiet_hours, preferences.c.digest_at)
    yield follows.c.created_at
    yield from (table.c.seen_at.label(f"seen_at_{number}") for number, table in enumerate(seen))
    yield from (_raw(follows.c[name]) for name in (*STATE_COLUMNS, "frequency", "snoozed_until"))
    yield from (_raw(shops.c[name]) for name in ("in_alliance", "closures", "choices"))
    for number, table in enumerate(seen):
        yield from (_raw(table.c[name]).label(f"{name}_{number}") for name in ("day", "hundredths", "source"))


def _raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(column, String() if isinstance(column.type, String) else Integer())


async def recent(conn: AsyncConnection, look: Look, shop_ids: Iterable[int]) -> dict[int, list[tuple[str, int, int]]]:
    """The rows of these shops within the window, on the scale that counts: (fact, day's number, hundredths)."""
    found: dict[int, list[tuple[str, int, int]]] = {}
    ids = list(shop_ids)
    for one in look.watched:
        its = (scores.c.fact == one.fact, scores.c.day.in_(look.window), scores.c.shop_id.in_(ids))
        query = select(scores.c.shop_id, _raw(scores.c.day), scores.c.hundredths).where(*its)
        for shop_id, day, value in (await conn.execute(query.where(scores.c.scale == one.scale))).all():
            found.setdefault(shop_id, []).append((one.fact, day, value))
    return found


async def take_milestones(conn: AsyncConnection, chat_ids: Sequence[int], day: date, now_ms: int) -> Sequence[Any]:
    """What is due for these chats and not told yet; it counts as told from now on."""
    its = (_is_due(day), milestones.c.chat_id.in_(chat_ids))
    found = (await conn.execute(select(milestones).where(*its).order_by(milestones.c.id).with_for_update())).all()
    ids = [row.id for row in found]
    await conn.execute(update(milestones).where(milestones.c.id.in_(ids)).values(told_at=now_ms))
    return found
