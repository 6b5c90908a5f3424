"""Figures on what does not come in and what does not reach a merchant, for monitoring; no chat and no shop is named."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import Source
from storage import unfound
from storage.chats import BLOCKED
from storage.database.dialect import constant
from storage.inbox import DEAD as DEAD_UPDATE
from storage.instants import epoch_ms
from storage.notices import KEY
from storage.outbox import DEAD, MUTED
from storage.schema import chats, inbox, newest, notices, outbox, shops
from storage.scores import is_stale

LOOKED_BACK: Final = timedelta(days=1)
"""A closing that did not reach its chat is counted on its day and on the next; so is the day of its end."""

TRIED_FOR: Final = timedelta(days=5)
"""No closing is tried for longer (`bot.delivery.patience`)."""

FATES: Final = {DEAD: "failed", MUTED: "muted"}


@dataclass(frozen=True)
class Fed:
    """The operator's shops by what their feed does, and when a feed last brought a newer day (epoch ms, None: never).

    `fresh`: with a new score; `silent`: without one for too long (`rules.sources`); `never`: never had one of a feed.
    """

    fresh: int
    silent: int
    never: int
    last_seen: int | None


async def fed(conn: AsyncConnection, today: date, now_ms: int) -> Fed:
    """The figures of all shops that an operator registered. Reads the whole of `newest`."""
    is_silent = func.min(case((is_stale(newest, today, now_ms), 1), else_=0)).label("silent")
    of_feed = select(newest.c.shop_id, is_silent, func.max(newest.c.seen_at).label("seen_at"))
    its = of_feed.where(newest.c.source == Source.FEED.value).group_by(newest.c.shop_id).subquery()
    figures = (func.count(), func.count(its.c.shop_id), func.sum(its.c.silent), func.max(its.c.seen_at))
    joined = shops.outerjoin(its, its.c.shop_id == shops.c.id)
    query = select(*figures).select_from(joined).where(shops.c.ref.is_not(None))
    known, ever, silent, seen_at = (await conn.execute(query)).one()
    return Fed(ever - (silent or 0), silent or 0, known - ever, seen_at)


async def dead(conn: AsyncConnection) -> dict[str, int]:
    """How many updates and messages were given up and wait for an operator."""
    updates = select(func.count()).select_from(inbox).where(inbox.c.state == constant(DEAD_UPDATE))
    messages = select(func.count()).select_from(outbox).where(outbox.c.state == constant(DEAD))
    return {
        "update": (await conn.execute(updates)).scalar() or 0,
        "message": (await conn.execute(messages)).scalar() or 0,
    }


async def undelivered_closings(conn: AsyncConnection, today: date) -> dict[str, int]:
    """How many urgent notices of `today` and the day before, or given up since, did not reach their chat, by fate.

    `failed`: refused for good, or tried for days; `muted`: the chat can't be written to. One that became of no use does
    not count.
    """
    its = and_(outbox.c.chat_id == notices.c.chat_id, outbox.c.key == literal(KEY).op("||")(notices.c.id))
    since = today - LOOKED_BACK
    ended_since = epoch_ms(datetime.combine(since, time(), UTC))
    is_news = (notices.c.day >= today - TRIED_FOR, or_(notices.c.day >= since, outbox.c.done_at >= ended_since))
    is_lost = (*is_news, notices.c.is_urgent, outbox.c.state.in_((DEAD, MUTED)))
    query = select(outbox.c.state, func.count()).select_from(notices.join(outbox, its)).where(*is_lost)
    rows = (await conn.execute(query.group_by(outbox.c.state))).all()
    return {"failed": 0, "muted": 0} | {FATES[state]: count for state, count in rows}


async def silent_chats(conn: AsyncConnection, now_ms: int) -> dict[str, int]:
    """How many chats get nothing: `blocked` until the person writes; `unknown`: paused, many are not known at once."""
    query = select(func.count()).select_from(chats).where(chats.c.state == constant(BLOCKED))
    return {"blocked": (await conn.execute(query)).scalar() or 0, "unknown": await unfound.paused(conn, now_ms)}
