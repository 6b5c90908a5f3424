"""The list of the shops at risk each day, for the operators who wish it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.daily_messages import DailyMessages
from bot.journeys import operator_shops
from bot.views.render import Rendered
from storage.preferences import Daily, Wish


class RiskLists(DailyMessages):
    """Makes the lists. A day without a shop at risk has a message too: silence never means that all is well."""

    daily = Daily.RISK

    async def words(self, conn: AsyncConnection, wish: Wish) -> Rendered | None:
        """The first page of the list as of now; None for a chat that is no operator's any more."""
        if wish.chat_id not in self.context.admins:
            return None
        now = self.clock.now()
        by = operator_shops.judging(self.context, now)
        return await operator_shops.risk_page(conn, self.context, by, is_daily=True)
