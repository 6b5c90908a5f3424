"""What operators see of a single shop: scores by day, followers, invitations."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import invites
from storage.chats import BLOCKED
from storage.invites import State
from storage.schema import chats, follows, scores
from storage.scores import PICTURE_DAYS, as_points


@dataclass(frozen=True)
class DayScore:
    """A stored score. `points` None: no score on that day. `scale`: like "0-5"."""

    day: date
    fact: str
    points: Decimal | None
    scale: str


@dataclass(frozen=True)
class Follower:
    """A chat that follows the shop. `since`: epoch ms. `is_on`: whether warnings are; `is_blocked`: the bot is."""

    chat_id: int
    since: int
    is_on: bool
    is_blocked: bool


async def history(
    conn: AsyncConnection, shop_id: int, facts: Collection[str], until: date, days: int = PICTURE_DAYS
) -> list[DayScore]:
    """The stored scores of the last `days` days up to `until`, the newest first; days without a row are left out."""
    span = [until - timedelta(back) for back in range(days)]
    its = (scores.c.fact.in_(facts), scores.c.day.in_(span), scores.c.shop_id == shop_id)
    query = select(scores).where(*its).order_by(scores.c.day.desc(), scores.c.fact)
    return [
        DayScore(row.day, row.fact, as_points(row.hundredths), row.scale) for row in (await conn.execute(query)).all()
    ]


async def followers(conn: AsyncConnection, shop_id: int) -> list[Follower]:
    """The chats that follow the shop, the oldest first."""
    is_blocked = exists().where(chats.c.chat_id == follows.c.chat_id, chats.c.state == BLOCKED)
    query = select(follows.c.chat_id, follows.c.created_at, follows.c.is_on, is_blocked)
    its = query.where(follows.c.shop_id == shop_id).order_by(follows.c.created_at, follows.c.chat_id)
    return [Follower(chat, since, is_on, bool(blocked)) for chat, since, is_on, blocked in (await conn.execute(its))]


async def invitations(conn: AsyncConnection, shop_id: int, now_ms: int) -> dict[State, int]:
    """How many links to the shop are open, used, expired or taken back, zeros included."""
    found = Counter(one.state(now_ms) for one in await invites.listed(conn, shop_id))
    return {state: found[state] for state in State}
