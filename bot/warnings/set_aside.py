"""What could not be handled and was set aside alone, so that the others go on: noted in the log, told to operators."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.telegram.messages import say
from bot.views.render import render
from storage import outbox, reminders
from storage.outbox import Lane

AGAIN_MS: Final = 86_400_000
"""The same is told again after a day, if it is still so."""
SHOWN: Final = 10

log = structlog.get_logger(__name__)


class Place(StrEnum):
    """What was under way when a thing could not be handled; the words for each are in the message."""

    SHOP = "shop"
    MILESTONE = "milestone"
    CORRECTION = "correction"
    CHAT = "chat"
    DAILY = "daily"
    ANNOUNCEMENT = "announcement"
    TABLE = "table"
    RULES = "rules"


class SetAside:
    """What was set aside in one place. `names`: in the order of being met; no name is of a merchant's words."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.names: list[str] = []

    def __call__(self, one: object, error: Exception) -> None:
        """Note that `one`, by number or name, could not be handled."""
        self.names.append(str(one))
        log.error("set aside", place=self.place.value, one=str(one), error=type(error).__name__)

    async def tell(self, engine: AsyncEngine, admins: Collection[int], now_ms: int) -> None:
        """Tell the operators in a transaction of its own, unless there is nothing or it was told within a day."""
        if self.names and admins:
            async with engine.begin() as conn:
                await self.tell_in(conn, admins, now_ms)

    async def tell_in(self, conn: AsyncConnection, admins: Collection[int], now_ms: int) -> None:
        """The same, inside the caller's transaction."""
        if not self.names or not admins:
            return
        new = [name for name in self.names if await self._is_due(conn, name, now_ms)]
        if not new:
            return
        said = render("operators/set_aside", place=self.place.value, names=new[:SHOWN], count=len(new))
        messages = [one for chat in sorted(admins) for one in say(chat, said, numbered=True, lane=Lane.WARNING)]
        await outbox.enqueue(conn, messages, now_ms)

    async def _is_due(self, conn: AsyncConnection, name: str, now_ms: int) -> bool:
        return await reminders.take(conn, f"{reminders.ASIDE}{self.place.value} {name}", now_ms, AGAIN_MS)
