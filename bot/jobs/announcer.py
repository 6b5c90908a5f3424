"""Confirmed announcements: some hundred messages at a time into the outbox, and the progress shown to the operator.

Any process may go on with any announcement; the row is locked meanwhile. All state is in `storage.announcements`.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.loop import in_parts, repeat
from bot.telegram.messages import edit, say
from bot.views.announcement import key_of, progress_view, wording_of
from bot.views.render import Rendered
from bot.warnings.set_aside import Place, SetAside
from storage import announcements, outbox, shops
from storage.announcements import STOPPING, Announcement
from storage.outbox import Lane, Message

LOOK_S: Final = 1.0
"""How often to look for an announcement to go on with."""

AGAIN_MS: Final = 500
PUT_OFF_MS: Final = 3_600_000
"""For so long an announcement rests that can't be gone on with, while the others go on."""
QUEUED_AT_MOST: Final = 500
SHOWN_EVERY_MS: Final = 3000

log = structlog.get_logger(__name__)


@dataclass(eq=False, repr=False)
class Announcer:
    """Goes on with confirmed announcements; `wake` tells the delivery of messages to send.

    `operator`: who runs the bot, named in what concerns one shop; "" for no name. `admins` hear of an announcement that
    can't be gone on with.
    """

    engine: AsyncEngine
    clock: Clock
    wake: Callable[[], None]
    operator: str = ""
    admins: Collection[int] = ()

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop."""
        await repeat(self._step_and_wait, stop, self.clock, failed="announcement held up", again_s=LOOK_S)

    async def _step_and_wait(self) -> float:
        return AGAIN_MS / 1000 if await self.step() else LOOK_S

    async def step(self) -> bool:
        """Go on with an announcement for a moment; whether an announcement was left."""
        now_ms = milliseconds(self.clock)
        async with self.engine.begin() as conn:
            one = await announcements.take(conn, now_ms, now_ms + AGAIN_MS)
            if one is None:
                return False
            aside = SetAside(Place.ANNOUNCEMENT)
            if not await in_parts([one], partial(self._go_on, conn, now_ms), lambda it, error: aside(it.id, error)):
                await announcements.put_off(conn, one.id, now_ms + PUT_OFF_MS)
                await aside.tell_in(conn, self.admins, now_ms)
        self.wake()
        return True

    async def _go_on(self, conn: AsyncConnection, now_ms: int, taken: Sequence[Announcement]) -> None:
        async with conn.begin_nested():
            for one in taken:
                await announcements.settle(conn, one.id)
                if one.state != STOPPING:
                    await self._queue(conn, one, now_ms)
                await self._tell(conn, one, now_ms)

    async def _queue(self, conn: AsyncConnection, one: Announcement, now_ms: int) -> None:
        chat_ids = await announcements.next_chats(conn, one.id, QUEUED_AT_MOST)
        shop = await shops.by_id(conn, one.of_shop) if one.of_shop else None
        said = wording_of(one, shop, self.operator)
        numbers = await outbox.enqueue(conn, messages_to(said, chat_ids), now_ms)
        await announcements.queued(conn, one.id, dict(zip(chat_ids, numbers, strict=True)))

    async def _tell(self, conn: AsyncConnection, one: Announcement, now_ms: int) -> None:
        """Show the progress now and then, and the end, when no message is left."""
        done = await announcements.progress(conn, one.id)
        shown_at = await announcements.shown(conn, one.id) or 0
        if done.open and now_ms - shown_at < SHOWN_EVERY_MS:
            return
        await announcements.show(conn, one.id, now_ms)
        state = one.state
        if not done.open:
            state = await announcements.end(conn, one.id)
            log.info("announcement over", announcement=one.id, state=state, sent=done.sent, unsent=done.unsent)
        if one.operator is not None:
            view = progress_view(one, done, state)
            await outbox.enqueue(conn, list(edit(one.operator, view, key_of(one.id))), now_ms)


def messages_to(rendered: Rendered, chat_ids: Sequence[int]) -> list[Message]:
    """The announcement's message to each chat."""
    (said,) = say(0, rendered, numbered=True)
    return [Message(chat_id, Lane.BULK, said.method, said.payload, numbered=True) for chat_id in chat_ids]
