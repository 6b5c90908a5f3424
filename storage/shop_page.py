"""What operators see of a single shop: scores by day, followers, invitations."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import BLOCKED
from storage.schema import chats, follows, invites, scores
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


class Invitation(StrEnum):
    """What became of a link."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


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


async def invitations(conn: AsyncConnection, shop_id: int, now_ms: int) -> dict[Invitation, int]:
    """How many links to the shop are open, used, expired or taken back, zeros included."""
    query = select(invites.c.used_at, invites.c.revoked_at, invites.c.expires_at).where(invites.c.shop_id == shop_id)
    found = Counter(_became(*row, now_ms) for row in (await conn.execute(query)).all())
    return {kind: found[kind] for kind in Invitation}


def _became(used_at: int | None, revoked_at: int | None, expires_at: int, now_ms: int) -> Invitation:
    if used_at is not None:
        return Invitation.USED
    if revoked_at is not None:
        return Invitation.REVOKED
    return Invitation.EXPIRED if expires_at <= now_ms else Invitation.OPEN
