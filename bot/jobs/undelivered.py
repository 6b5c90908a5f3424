"""Tells the operators at once of a warning of a closing that did not reach its chat: then a person has to call."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.operator_news import OperatorNews
from bot.views.render import Rendered, render
from storage import shops, undelivered, unheard
from storage.notices import Item
from storage.undelivered import Undelivered

LOOK_BACK: Final = timedelta(5)
"""A notice older than this was no news any more; one is tried for three days (`bot.delivery.patience`)."""

SHOWN: Final = 6
"""So many are named in a message; the others are counted."""


class UndeliveredWatch(OperatorNews):
    """Looks for urgent notices that ended without a reader, every quarter of a minute."""

    kind = "closings not delivered"
    look_s = 15.0
    most = 100

    async def take(self, conn: AsyncConnection, now_ms: int) -> tuple[int, Rendered] | None:
        """The ends of notices that no operator was told of."""
        since = self.context.today(self.clock.now()) - LOOK_BACK
        found = await undelivered.take(conn, since, now_ms, self.most)
        if not found:
            return None
        await _count_as_told(conn, found, now_ms)
        return len(found), await _rendered(conn, found)


async def _count_as_told(conn: AsyncConnection, found: Sequence[Undelivered], now_ms: int) -> None:
    """The shops of blocked chats are told of here, and not once more as shops of which nobody hears."""
    for one in found:
        for item in closings(one) if one.is_blocked else ():
            await unheard.mark(conn, item.shop_id, now_ms)


def closings(one: Undelivered) -> list[Item]:
    """What of the notice could not wait."""
    return [item for item in one.notice.items if item.reason.at_once]


async def _rendered(conn: AsyncConnection, found: Sequence[Undelivered]) -> Rendered:
    """The message to operators: which shop, what, which chat, why, and what to do."""
    shown = [{"one": one, "items": closings(one)} for one in found[:SHOWN]]
    known = await shops.by_ids(conn, [item.shop_id for one in found[:SHOWN] for item in closings(one)])
    is_any_blocked, is_any_dead = any(one.is_blocked for one in found), not all(one.is_blocked for one in found)
    values = {"is_any_blocked": is_any_blocked, "is_any_dead": is_any_dead}
    return render("operators/undelivered", shown=shown, count=len(found), shops=known, **values)
