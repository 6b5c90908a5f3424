"""News that all operators get at once, looked for again and again: told once by all processes together.

What is told is noted as told in the transaction that puts the messages into the outbox.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.journeys.context import Context
from bot.loop import repeat
from bot.telegram.messages import say
from bot.views.render import Rendered
from storage import outbox
from storage.outbox import Lane

log = structlog.get_logger(__name__)


@dataclass(eq=False, repr=False)
class OperatorNews:
    """Looks for news of one kind. `wake` starts the delivery. `most`: news come at once after so many together.

    `key`: of the messages that tell, None for none.
    """

    engine: AsyncEngine
    context: Context
    clock: Clock
    wake: Callable[[], None]
    kind: ClassVar[str]
    look_s: ClassVar[float]
    most: ClassVar[int]
    key: ClassVar[str | None] = None

    async def take(self, conn: AsyncConnection, now_ms: int) -> tuple[int, Rendered] | None:
        """How many there are now, which count as told, with the message; None without news."""
        raise NotImplementedError

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until told to stop; without operators there is nobody to tell."""
        if self.context.admins:
            await repeat(
                self._step_and_wait, stop, self.clock, failed=f"{self.kind} not looked for", again_s=self.look_s
            )

    async def _step_and_wait(self) -> float:
        return 0.0 if await self.step() == self.most else self.look_s

    async def step(self) -> int:
        """How many were told of now, in one message."""
        now_ms = milliseconds(self.clock)
        async with self.engine.begin() as conn:
            taken = await self.take(conn, now_ms)
            if taken is None:
                return 0
            count, said = taken
            chats = sorted(self.context.admins)
            messages = [
                one for chat in chats for one in say(chat, said, numbered=True, key=self.key, lane=Lane.WARNING)
            ]
            await outbox.enqueue(conn, messages, now_ms)
        log.warning(self.kind, count=count)
        self.wake()
        return count
