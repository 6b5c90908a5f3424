"""The daily check of a day over all followers, in short transactions, so that replies do not wait long.

A check killed half way may run again: decisions are stored together with the notices.
"""

import gc
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.telegram.messages import say
from bot.views.render import render
from bot.warnings.followers import Session, decide_for, remind, session_of
from bot.warnings.policy import WatchPolicy
from rules.reasons import Reason
from rules.sources import SOURCES, Source
from storage import notices, outbox
from storage.daily_check import due_followers, scales, switches
from storage.outbox import Lane

SHOPS_A_CHUNK: Final = 40_000
HOLD_S: Final = 30
"""A check of several chunks is expected to take no longer."""


@dataclass(eq=False, repr=False)
class Sweep:
    """The check of a day. `counts`: outcomes so far. `admins`: chats told of the number of silent shops."""

    engine: AsyncEngine
    policy: WatchPolicy
    day: date
    now: datetime
    is_late: bool = False
    admins: Collection[int] = ()
    counts: Counter[Reason] = field(default_factory=Counter, init=False)

    async def run(self) -> Counter[Reason]:
        """Run the whole check; the number of outcomes of each kind."""
        async for _ in self.chunks():
            pass
        return self.counts

    async def chunks(self) -> AsyncIterator[int]:
        """Decide chunk by chunk, a transaction each; the number of the last shop of each chunk."""
        async with self.engine.begin() as conn:
            last = await due_followers.last_shop(conn)
            sessions = await self._sessions(conn, HOLD_S if last > SHOPS_A_CHUNK else 0)
            self.counts += await remind(conn, sessions[0])
        for first in range(1, last + 1, SHOPS_A_CHUNK):
            end = min(first + SHOPS_A_CHUNK - 1, last)
            async with _uncollected(), self.engine.begin() as conn:
                found = Counter[Reason]()
                for session in sessions:
                    found += await decide_for(conn, session, first, end)
                if found[Reason.STALE]:
                    await self._tell_operators(conn, sessions[0])
            self.counts += found
            yield end
        await self._tell_aside(sessions)
        await self._note(sessions)

    async def _tell_aside(self, sessions: Sequence[Session]) -> None:
        """Tell the admins of what could not be decided or told."""
        for session in sessions:
            for aside in (session.aside, session.dates_aside):
                await aside.tell(self.engine, self.admins, session.now_ms)

    async def _note(self, sessions: Sequence[Session]) -> None:
        """Note which editions have judged today's scores."""
        if not sessions[0].look.is_past:
            async with self.engine.begin() as conn:
                for one in sessions:
                    await switches.note(conn, one.watch.scale, one.watch.edition.name, one.now_ms)

    async def _sessions(self, conn: AsyncConnection, hold_s: int) -> list[Session]:
        """A session for each scale that any shop's scores have, the setting's first."""
        others = [one for one in self.policy.each[1:] if await scales.is_in_use(conn, one.scale)]
        alone = replace(self.policy, catalogue=None)  # asks no shop for its scale
        used = [self.policy, *others] if others else [alone]
        waiting = set(await notices.waiting(conn))
        sessions = [await session_of(conn, one, self.day, self.now, is_late=self.is_late) for one in used]
        for session in sessions:
            session.hold_s, session.may_wait = hold_s, waiting
        return sessions

    async def _tell_operators(self, conn: AsyncConnection, session: Session) -> None:
        """Tell the admins the number of shops without a fresh score, once a day."""
        key = f"silence:{self.day}"
        admins = [chat_id for chat_id in sorted(self.admins) if not await outbox.is_known(conn, chat_id, key)]
        if not admins:
            return
        count = await due_followers.stale_shops(conn, session.look)
        hours = SOURCES[Source.FEED].stale_after // timedelta(hours=1)
        days = SOURCES[Source.MERCHANT].stale_after.days
        rendered = render("operators/operator_silence", count=count, hours=hours, days=days)
        messages = [
            one for chat_id in admins for one in say(chat_id, rendered, numbered=True, key=key, lane=Lane.WARNING)
        ]
        await outbox.enqueue(conn, messages, session.now_ms)


@asynccontextmanager
async def _uncollected() -> AsyncIterator[None]:
    """Turn the cycle collector off: a chunk's many tuples make no cycles, and collecting took a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
