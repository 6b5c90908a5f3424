"""Tells the operators of messages that were set aside: all of a minute in one message, with what to do."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.operator_news import OperatorNews
from bot.views.render import Rendered, render
from storage import dead_messages


class DeadMessagesWatch(OperatorNews):
    """Looks for messages that are set aside, once a minute."""

    kind = "messages set aside"
    look_s = 60.0
    most = dead_messages.MOST + 1  # a look is never followed by another at once
    key = dead_messages.KEY

    async def take(self, conn: AsyncConnection, now_ms: int) -> tuple[int, Rendered] | None:
        """The messages set aside that no operator was told of."""
        found = await dead_messages.take(conn, now_ms)
        if found is None:
            return None
        lanes = {lane.name.lower(): count for lane, count in found.lanes.items()}
        return found.count, render("operators/dead_messages", count=found.count, lanes=lanes, reasons=found.reasons)
