"""The daily table of a chat's shops, for chats that wish one."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.daily_messages import DailyMessages
from bot.views.instead import instead_of
from bot.views.render import Rendered, render
from bot.views.standing import standing_of
from rules.case import edition_of
from storage import cases, shops
from storage.preferences import Daily, Wish


class DailyTables(DailyMessages):
    """Makes the tables."""

    daily = Daily.TABLE

    async def words(self, conn: AsyncConnection, wish: Wish) -> Rendered | None:
        """Where the chat's shops stand now, the worst first; None without shops."""
        context = self.context.of_edition(wish.edition)
        today = context.today(self.clock.now())
        found = [(shop, await cases.of_shop(conn, shop)) for shop in await shops.of_chat(conn, wish.chat_id)]
        standings = [
            standing_of(edition_of(context.catalogue, case, context.edition), shop, case, today) for shop, case in found
        ]
        values = {"edition": context.edition, "today": today, "instead": partial(instead_of, context.catalogue, today)}
        worst_first = sorted(standings, key=lambda one: one.rank)
        return render("scores/table", standings=worst_first, **values) if found else None
