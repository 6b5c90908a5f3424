"""What followers were told of shops, and whether it arrived, for operators."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.reasons import RANK, Reason
from storage.notice_evidence import UNDELIVERED, Fate, fate_at, told
from storage.schema import notice_items, notices, outbox

NOTICES_A_QUERY: Final = 5000
FALLS: Final = frozenset(reason for reason in Reason if RANK[reason] <= RANK[Reason.CANNOT_ENTER])


@dataclass(frozen=True)
class Told:
    """What a chat was told of a shop. `day`: of the check. `at`: epoch ms of the arrival, else of when it was due."""

    shop_id: int
    chat_id: int
    notice_id: int
    number: int
    reason: Reason
    fate: Fate
    day: date
    at: int

    @property
    def is_of_a_fall(self) -> bool:
        """Whether the chat has heard by it, or will, that the shop is or comes near below a line."""
        return self.reason in FALLS and self.fate in (Fate.SENT, Fate.DUE, Fate.WAITING)

    @property
    def is_undelivered(self) -> bool:
        """Whether the chat did not get it, and will not by itself."""
        return self.fate in UNDELIVERED


async def newest_of(conn: AsyncConnection, shop_ids: Sequence[int], now_ms: int) -> dict[int, tuple[Told, ...]]:
    """By shop, the newest notice of each chat, the newest of all first; shops of which nobody was told are left out."""
    of_chats = select(func.max(notices.c.id)).join(notice_items, notice_items.c.notice_id == notices.c.id)
    newest = of_chats.where(notice_items.c.shop_id.in_(shop_ids)).group_by(notice_items.c.shop_id, notices.c.chat_id)
    numbers = list((await conn.execute(newest)).scalars())
    found: dict[int, tuple[Told, ...]] = {}
    for first in range(0, len(numbers), NOTICES_A_QUERY):
        query = _of_shops(shop_ids, now_ms).where(notices.c.id.in_(numbers[first : first + NOTICES_A_QUERY]))
        for one in _read((await conn.execute(query.order_by(notices.c.id.desc()))).all()):
            found[one.shop_id] = (*found.get(one.shop_id, ()), one)
    return {shop_id: _newest_of_each_chat(told) for shop_id, told in found.items()}


async def of_shop(conn: AsyncConnection, shop_id: int, now_ms: int, limit: int) -> list[Told]:
    """The newest notices about the shop, to any chat, the newest first."""
    about = select(notice_items.c.notice_id).where(notice_items.c.shop_id == shop_id).distinct()
    newest = about.order_by(notice_items.c.notice_id.desc()).limit(limit)
    query = _of_shops([shop_id], now_ms).where(notices.c.id.in_(newest)).order_by(notices.c.id.desc())
    return list(_read((await conn.execute(query.limit(limit))).all()))


def _of_shops(shop_ids: Sequence[int], now_ms: int) -> Select[Any]:
    columns = (
        notice_items.c.shop_id,
        notices.c.chat_id,
        notices.c.id.label("notice_id"),
        outbox.c.id.label("number"),
        notice_items.c.reason,
        fate_at(now_ms).label("fate"),
        notices.c.day,
        func.coalesce(outbox.c.done_at, notices.c.due_at).label("at"),
    )
    query = told(*columns).join(notice_items, notice_items.c.notice_id == notices.c.id)
    return query.where(notice_items.c.shop_id.in_(shop_ids))


def _read(rows: Iterable[Row[Any]]) -> Iterable[Told]:
    for row in rows:
        yield Told(
            row.shop_id, row.chat_id, row.notice_id, row.number, Reason(row.reason), Fate(row.fate), row.day, row.at
        )


def _newest_of_each_chat(told: Iterable[Told]) -> tuple[Told, ...]:
    """The newest first; a chat's newest notice about another shop may be an older one about this shop."""
    of_chats = {one.chat_id: one for one in sorted(told, key=lambda one: one.notice_id)}
    return tuple(sorted(of_chats.values(), key=lambda one: -one.notice_id))
