"""The operator's shops as operators look at them: where each stands, since when, who follows, what was told.

A page takes the same few queries however many shops there are. `storage.shop_ranks` says which shops and in what order.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.assessment import Assessment
from rules.case import Case
from storage import below_since, cases, shop_notices, shop_ranks
from storage import shops as kept
from storage.below_since import Since
from storage.chats import BLOCKED
from storage.schema import chats, follows, shops
from storage.shop_notices import Told
from storage.shop_ranks import Judging, Which
from storage.shops import Shop

CHUNK: Final = 1000
"""Shops of a query: an engine takes some ten thousand values at most."""


@dataclass(frozen=True)
class Followers:
    """Chats that follow a shop. `hearing`: those that can be told, with warnings on and the bot not blocked."""

    all: int = 0
    hearing: int = 0


@dataclass(frozen=True)
class Listed:
    """A shop. `level`: of `rules.lines.Level`, or BARRED. `told`: the newest notice of each chat, the newest first.

    `since`: None above all lines, and when not known. `is_fresh`: whether any score is not too old.
    """

    shop: Shop
    level: int
    case: Case
    now: Assessment
    followers: Followers
    is_fresh: bool
    since: Since | None
    told: tuple[Told, ...]

    @property
    def is_at_risk(self) -> bool:
        """Whether the shop is below a line, or closed for good."""
        return shop_ranks.is_at_risk(self.level)

    @property
    def is_told(self) -> bool:
        """Whether a chat was told, or will be by what is under way, since the shop fell below the line that holds."""
        since = date.min if self.since is None or self.since.or_earlier else self.since.day
        return any(one.day >= since and one.is_of_a_fall for one in self.told)

    @property
    def undelivered(self) -> tuple[Told, ...]:
        """The newest notices that chats did not get."""
        return tuple(one for one in self.told if one.is_undelivered)


async def page(conn: AsyncConnection, by: Judging, which: Which, first: int, limit: int) -> list[Listed]:
    """So many shops from the place `first` on: those at risk the worst first, others by number."""
    return await listed(conn, by, await shop_ranks.ranked(conn, by, which, first, limit))


async def every(conn: AsyncConnection, by: Judging, which: Which) -> list[Listed]:
    """All such shops, in the same order."""
    return await listed(conn, by, await shop_ranks.ranked(conn, by, which))


async def of_numbers(conn: AsyncConnection, by: Judging, shop_ids: Sequence[int]) -> list[Listed]:
    """These shops, in their order; unknown numbers and merchants' own shops are left out."""
    return await listed(conn, by, await shop_ranks.levels_of(conn, by, list(shop_ids)))


async def found(conn: AsyncConnection, text: str) -> list[int]:
    """The numbers of the shops with `text` in the name or the id, in order; width, case and spaces do not matter."""
    wanted = folded(text)
    rows = await conn.execute(select(shops.c.id, shops.c.ref, shops.c.name).where(shops.c.ref.is_not(None)))
    named = ((row.id, folded(row.ref), folded(row.name or "")) for row in rows)
    return sorted(number for number, ref, name in named if wanted and (wanted in ref or wanted in name))


def folded(text: str) -> str:
    """The text as it is compared: half-width, small, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


async def listed(conn: AsyncConnection, by: Judging, levels: Mapping[int, int]) -> list[Listed]:
    """The shops of these numbers, with their levels, in the order given."""
    numbers = list(levels)
    parts = [numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK)]
    return [one for part in parts for one in await _part(conn, by, part, levels)]


async def _part(conn: AsyncConnection, by: Judging, ids: Sequence[int], levels: Mapping[int, int]) -> list[Listed]:
    known = await kept.by_ids(conn, ids)
    of_shops = await cases.of_shops(conn, list(known.values()))
    judged = {number: by.judge(one) for number, one in of_shops.items()}
    since = await below_since.of(conn, {number: now for number, now in judged.items() if now.below}, by.today)
    told = await shop_notices.newest_of(conn, ids, by.now_ms)
    followed = await followers(conn, ids)
    fresh = await _fresh(conn, by, ids)
    return [
        Listed(
            known[number],
            levels[number],
            of_shops[number],
            judged[number],
            followed.get(number, Followers()),
            number in fresh,
            since.get(number),
            told.get(number, ()),
        )
        for number in ids
        if number in known
    ]


async def followers(conn: AsyncConnection, shop_ids: Sequence[int]) -> dict[int, Followers]:
    """By shop, how many chats follow; shops without a follower are left out."""
    is_blocked = exists().where(chats.c.chat_id == follows.c.chat_id, chats.c.state == BLOCKED)
    hearing = func.count(case((follows.c.is_on & ~is_blocked, 1)))
    query = select(follows.c.shop_id, func.count(), hearing).where(follows.c.shop_id.in_(shop_ids))
    rows = (await conn.execute(query.group_by(follows.c.shop_id))).all()
    return {shop_id: Followers(every, able) for shop_id, every, able in rows}


async def _fresh(conn: AsyncConnection, by: Judging, shop_ids: Sequence[int]) -> set[int]:
    query = select(shops.c.id).where(shops.c.id.in_(shop_ids), shop_ranks.is_fresh(by))
    return set((await conn.execute(query)).scalars())
