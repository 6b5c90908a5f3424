"""Tells the operators of shops about to lose the access of which nobody hears: then only they can tell the merchant."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.operator_news import OperatorNews
from bot.views.render import Rendered, render
from rules.watch import WORSE_WITHIN_DAYS
from storage import shops, unheard

SHOWN: Final = 6
"""So many are named in a message; the others are counted."""


class UnheardWatch(OperatorNews):
    """Looks for shops at the closing line without a reader, once a minute."""

    kind = "closings of which nobody hears"
    look_s = 60.0
    most = unheard.AT_ONCE

    async def take(self, conn: AsyncConnection, now_ms: int) -> tuple[int, Rendered] | None:
        """The shops that no operator was told of."""
        since = self.context.today(self.clock.now()) - timedelta(WORSE_WITHIN_DAYS)
        found = await unheard.take(conn, self.context.policy.editions, since, now_ms)
        if not found:
            return None
        known = await shops.by_ids(conn, [one.shop_id for one in found[:SHOWN]])
        return len(found), render("operators/unheard", found=found[:SHOWN], count=len(found), shops=known)
