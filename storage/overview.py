"""The operators' overview: figures over all chats and shops, a query each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Edition
from rules.sources import Source
from storage import notice_evidence
from storage.chats import BLOCKED
from storage.daily_check import standings
from storage.inbox import DEAD as DEAD_UPDATE
from storage.notice_evidence import Fate
from storage.outbox import DEAD as DEAD_MESSAGE
from storage.schema import chats, consents, dialogues, follows, inbox, newest, outbox, shops, unanswered
from storage.scores import is_stale
from storage.unanswered import KEPT_MS

WEEK_MS: Final = 7 * 86_400_000


@dataclass(frozen=True)
class Merchants:
    """Counts of private chats with kept data. `active`: wrote within 7 days. `blocked`: can't be written to."""

    all: int
    active: int
    blocked: int


@dataclass(frozen=True)
class Feed:
    """Shops with the newest score from `source`. `last_day`: newest of all; `last_seen`: epoch ms of arrival.

    `stale`: count of shops without a score for too long (`rules.sources`).
    """

    source: Source
    shops: int
    stale: int
    last_day: date
    last_seen: int


@dataclass(frozen=True)
class Silent:
    """A shop without a score for too long: the newest score's day, and epoch ms of arrival."""

    shop_id: int
    ref: str | None
    name: str | None
    source: Source
    day: date
    seen_at: int


@dataclass(frozen=True)
class Overview:
    """All figures. `standings`: shops by level. `questions`: not understood within 30 days."""

    merchants: Merchants
    standings: Mapping[int, int]
    notices: Mapping[Fate, int]
    dead_updates: int
    dead_messages: int
    questions: int
    stale: int


async def overview(conn: AsyncConnection, editions: Sequence[Edition], day: date, now_ms: int) -> Overview:
    """All figures as of `now_ms`; notices are counted of `day`. `editions`: see `standings.levels`."""
    return Overview(
        merchants=await merchants(conn, now_ms),
        standings=await standings.counts(conn, editions),
        notices=await notice_evidence.counts(conn, day, now_ms),
        dead_updates=await _count(conn, inbox, inbox.c.state == DEAD_UPDATE),
        dead_messages=await _count(conn, outbox, outbox.c.state == DEAD_MESSAGE),
        questions=await _count(conn, unanswered, unanswered.c.asked_at >= now_ms - KEPT_MS),
        stale=sum(feed.stale for feed in await feeds(conn, day, now_ms)),
    )


async def _count(conn: AsyncConnection, table: Any, which: ColumnElement[bool]) -> int:
    return (await conn.execute(select(func.count()).select_from(table).where(which))).scalar() or 0


async def merchants(conn: AsyncConnection, now_ms: int) -> Merchants:
    """Counts of private chats."""
    known = private_chats().subquery()
    is_blocked = and_(chats.c.chat_id.in_(select(known.c.chat_id)), chats.c.state == BLOCKED)
    is_active = and_(dialogues.c.chat_id > 0, dialogues.c.updated_at >= now_ms - WEEK_MS)
    every = (await conn.execute(select(func.count()).select_from(known))).scalar() or 0
    return Merchants(every, await _count(conn, dialogues, is_active), await _count(conn, chats, is_blocked))


def private_chats() -> Any:
    """Select of merchants' chats: with a conversation, a consent or a followed shop; groups are below 0."""
    columns = (dialogues.c.chat_id, consents.c.chat_id, follows.c.chat_id)
    return union(*(select(column).where(column > 0) for column in columns))


async def feeds(conn: AsyncConnection, today: date, now_ms: int) -> list[Feed]:
    """The sources of newest scores, by name."""
    silent = case((is_stale(newest, today, now_ms), newest.c.shop_id))
    query = select(
        newest.c.source,
        func.count(newest.c.shop_id.distinct()),
        func.count(silent.distinct()),
        func.max(newest.c.day),
        func.max(newest.c.seen_at),
    ).group_by(newest.c.source)
    rows = (await conn.execute(query.order_by(newest.c.source))).all()
    return [Feed(Source(name), count, stale, day, seen_at) for name, count, stale, day, seen_at in rows]


async def silent_shops(conn: AsyncConnection, today: date, now_ms: int, limit: int | None = 20) -> list[Silent]:
    """Shops without a score for too long, the last to fall silent first, each by its newest score.

    Merchants' own shops too: their names and days, never their scores.
    """
    query = _silent(today, now_ms).limit(limit)
    rows = (await conn.execute(query)).all()
    return [Silent(number, ref, name, Source(source), day, at) for number, ref, name, source, day, at in rows]


async def count_silent(conn: AsyncConnection, today: date, now_ms: int) -> int:
    """How many shops have had no score for too long."""
    silent = _silent(today, now_ms).subquery()
    return (await conn.execute(select(func.count()).select_from(silent))).scalar() or 0


def _silent(today: date, now_ms: int) -> Select[Any]:
    """The shops with a score that is stale; of a shop with several such scores the newest."""
    order = (newest.c.day.desc(), newest.c.seen_at.desc(), newest.c.fact)
    place = func.row_number().over(partition_by=newest.c.shop_id, order_by=order).label("place")
    stale = select(newest, place).where(is_stale(newest, today, now_ms)).subquery()
    return (
        select(shops.c.id, shops.c.ref, shops.c.name, stale.c.source, stale.c.day, stale.c.seen_at)
        .join(stale, stale.c.shop_id == shops.c.id)
        .where(stale.c.place == 1)
        .order_by(stale.c.seen_at.desc(), shops.c.id)
    )


@dataclass(frozen=True)
class NeverFed:
    """A shop of the operator without any score. `since`: epoch ms of the registration."""

    shop_id: int
    ref: str
    name: str | None
    since: int


async def never_fed(conn: AsyncConnection, limit: int | None = 20) -> list[NeverFed]:
    """The operator's shops that no score ever came for, the newest first."""
    columns = (shops.c.id, shops.c.ref, shops.c.name, shops.c.created_at)
    rows = (await conn.execute(_without_scores(*columns).order_by(shops.c.id.desc()).limit(limit))).all()
    return [NeverFed(number, ref, name, since) for number, ref, name, since in rows]


async def count_never_fed(conn: AsyncConnection) -> int:
    """How many of the operator's shops no score ever came for."""
    return (await conn.execute(_without_scores(func.count()))).scalar() or 0


def _without_scores(*columns: Any) -> Select[Any]:
    has_score = exists().where(newest.c.shop_id == shops.c.id)
    return select(*columns).select_from(shops).where(shops.c.ref.is_not(None), ~has_score)
