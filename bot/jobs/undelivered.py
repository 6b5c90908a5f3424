"""Tells the operators at once of a warning of a closing that did not reach its chat: then a person has to call."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.journeys.context import Context
from bot.loop import repeat
from bot.telegram.messages import say
from bot.views.render import Rendered, render
from storage import outbox, shops, undelivered, unheard
from storage.notices import Item
from storage.outbox import Lane, Message
from storage.shops import Shop
from storage.undelivered import Undelivered

LOOK_S: Final = 15.0
LOOK_BACK: Final = timedelta(2)
"""A notice that ends later than this was no news any more."""

MOST: Final = 100
SHOWN: Final = 6
"""So many are named in a message; the others are counted."""

log = structlog.get_logger(__name__)


@dataclass(eq=False, repr=False)
class UndeliveredWatch:
    """Looks for urgent notices that ended without a reader. `wake` starts the delivery."""

    engine: AsyncEngine
    context: Context
    clock: Clock
    wake: Callable[[], None]

    async def run(self, stop: asyncio.Event) -> None:
        """Look every quarter of a minute until told to stop; without operators there is nobody to tell."""
        if self.context.admins:
            await repeat(self._step_and_wait, stop, self.clock, failed="undelivered not looked for", again_s=LOOK_S)

    async def _step_and_wait(self) -> float:
        return 0.0 if await self.step() == MOST else LOOK_S

    async def step(self) -> int:
        """How many were told of now, in one message."""
        now_ms, since = milliseconds(self.clock), self.context.today(self.clock.now()) - LOOK_BACK
        async with self.engine.begin() as conn:
            found = await undelivered.take(conn, since, now_ms, MOST)
            if not found:
                return 0
            for one in found:
                await self._count_as_told(conn, one, now_ms)
            known = await shops.by_ids(conn, [item.shop_id for one in found for item in closings(one)])
            await outbox.enqueue(conn, self._messages(rendered(found, known)), now_ms)
        log.warning("closings not delivered", count=len(found))
        self.wake()
        return len(found)

    async def _count_as_told(self, conn: AsyncConnection, one: Undelivered, now_ms: int) -> None:
        """The shops of a blocked chat are told of here, and not once more as shops of which nobody hears."""
        for item in closings(one) if one.is_blocked else ():
            await unheard.mark(conn, item.shop_id, now_ms)

    def _messages(self, said: Rendered) -> list[Message]:
        chats = sorted(self.context.admins)
        return [one for chat_id in chats for one in say(chat_id, said, numbered=True, lane=Lane.WARNING)]


def closings(one: Undelivered) -> list[Item]:
    """What of the notice could not wait."""
    return [item for item in one.notice.items if item.reason.at_once]


def rendered(found: Sequence[Undelivered], known: Mapping[int, Shop]) -> Rendered:
    """The message to operators: which shop, what, which chat, why, and what to do."""
    shown = [{"one": one, "items": closings(one)} for one in found[:SHOWN]]
    is_any_blocked, is_any_dead = any(one.is_blocked for one in found), not all(one.is_blocked for one in found)
    values = {"is_any_blocked": is_any_blocked, "is_any_dead": is_any_dead}
    return render("operators/undelivered", shown=shown, count=len(found), shops=known, **values)
