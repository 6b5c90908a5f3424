"""Tells the operators that the server knows many chats no more: none is blocked, all are tried again."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.operator_news import OperatorNews
from bot.views.render import Rendered, render
from storage import reminders, unfound

ABOUT: Final = "chats not known"
AGAIN_MS: Final = 86_400_000
"""Told again after this time, as long as it lasts."""


class UnfoundWatch(OperatorNews):
    """Looks for chats that wait because many are not known, every quarter of a minute."""

    kind = "many chats not known to the server"
    look_s = 15.0
    most = 10**9

    async def take(self, conn: AsyncConnection, now_ms: int) -> tuple[int, Rendered] | None:
        """How many chats wait, unless that was told lately."""
        count = await unfound.paused(conn, now_ms)
        if not count or not await reminders.take(conn, ABOUT, now_ms, AGAIN_MS):
            return None
        return count, render("operators/unfound", count=count, minutes=unfound.RETRY_MS // 60_000)
