"""Tells the operators of shops about to lose the access of which nobody hears: then only they can tell the merchant."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, milliseconds
from bot.journeys.context import Context
from bot.loop import repeat
from bot.telegram.messages import say
from bot.views.render import render
from rules.watch import WORSE_WITHIN_DAYS
from storage import outbox, shops, unheard
from storage.outbox import Lane

LOOK_S: Final = 60.0
SHOWN: Final = 6
"""So many are named in a message; the others are counted."""

log = structlog.get_logger(__name__)


@dataclass(eq=False, repr=False)
class UnheardWatch:
    """Looks for shops at the closing line without a reader. `wake` starts the delivery."""

    engine: AsyncEngine
    context: Context
    clock: Clock
    wake: Callable[[], None]

    async def run(self, stop: asyncio.Event) -> None:
        """Look once a minute until told to stop; without operators there is nobody to tell."""
        if self.context.admins:
            await repeat(self._step_and_wait, stop, self.clock, failed="unheard not looked for", again_s=LOOK_S)

    async def _step_and_wait(self) -> float:
        await self.step()
        return LOOK_S

    async def step(self) -> int:
        """How many were told of now, in one message."""
        now_ms, today = milliseconds(self.clock), self.context.today(self.clock.now())
        since = today - timedelta(WORSE_WITHIN_DAYS)
        async with self.engine.begin() as conn:
            found = await unheard.take(conn, self.context.policy.editions, since, now_ms)
            if not found:
                return 0
            known = await shops.by_ids(conn, [one.shop_id for one in found[:SHOWN]])
            said = render("operators/unheard", found=found[:SHOWN], count=len(found), shops=known)
            chats = sorted(self.context.admins)
            messages = [one for chat in chats for one in say(chat, said, numbered=True, lane=Lane.WARNING)]
            await outbox.enqueue(conn, messages, now_ms)
        log.warning("closings of which nobody hears", count=len(found))
        self.wake()
        return len(found)
