"""A change of RULES_EDITION: kept checks and standings are evaluated anew, the operator hears how many change and in
what direction, and, after the operator confirms, each merchant concerned gets a message.

Everything goes in batches: a batch's findings and the progress are written in a transaction, a chat's message and the
mark of a told chat in another. Stopped anywhere and run again, by any process, no merchant is told twice or left out.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.conversation.reassess import CONCERNED, Reassessment
from bot.journeys.context import Context
from bot.logs import chat_name
from bot.loop import in_parts, repeat
from bot.telegram.messages import say
from bot.views.edition_news import news, report
from bot.warnings.policy import due
from bot.warnings.set_aside import Place, SetAside
from storage import edition_changes, outbox, preferences
from storage.edition_changes import Concerned, EditionChange, Subject
from storage.outbox import Lane, Message

BATCH: Final = 200
TELL_BATCH: Final = 50
LOOK_S: Final = 2.0
"""How often to look whether the operator has confirmed."""

log = structlog.get_logger(__name__)


@dataclass(eq=False, repr=False)
class EditionChanges:
    """Carries a change through. `wake` tells the delivery of messages to send.

    `merchants_told`: number of merchants with a message put into the outbox so far.
    """

    engine: AsyncEngine
    context: Context
    clock: Clock
    wake: Callable[[], None] = lambda: None
    merchants_told: int = field(default=0, init=False)
    _has_begun: bool = field(default=False, init=False)
    _kept: Reassessment | None = field(default=None, init=False)
    _aside: SetAside = field(default_factory=lambda: SetAside(Place.CHAT), init=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Evaluate all chats, then wait for the operator's word and tell the merchants; until told to stop."""
        await repeat(self._step_and_wait, stop, self.clock, failed="change of editions held up", again_s=LOOK_S)

    async def _step_and_wait(self) -> float:
        if not self._has_begun:  # once a process: of two that answer by different editions, none begins again and again
            await self.begin()
            self._has_begun = True
        return 0.0 if await self.evaluate_some() or await self.announce_some() else LOOK_S

    async def begin(self) -> None:
        """Note the edition in use from now on."""
        async with self.engine.begin() as conn:
            last = await edition_changes.last(conn)
            if last is None or last.after != self.context.edition.name:
                await edition_changes.begin(conn, last, self.context.edition.name, milliseconds(self.clock))

    async def evaluate_some(self) -> bool:
        """Evaluate the next batch of chats anew; False when there is nothing (more) to do."""
        async with self.engine.connect() as conn:
            change = await self._ours(conn)
            if change is None or change.evaluated_at is not None:
                return False
            chats = await edition_changes.chats_after(conn, change.done_until, BATCH)
        if not chats:
            await self._finish(change)
            return False
        found = await in_parts(chats, partial(self._concerned, change), self._set_aside)
        concerned = [one for part, _ in found for one in part]
        counts = sum((part for _, part in found), change.counts)
        async with self.engine.begin() as conn:
            await edition_changes.advance(conn, change, chats[-1], counts, concerned)
        await self._tell_aside()
        return True

    async def _concerned(self, change: EditionChange, chats: Sequence[int]) -> tuple[list[Concerned], Counter[str]]:
        """The chats concerned by the change, and the counts by kind of change."""
        async with self.engine.connect() as conn:
            subjects = await edition_changes.subjects(conn, chats)
        return self._reassessment(change).concerned(subjects)

    def _set_aside(self, chat_id: int, error: Exception) -> None:
        self._aside(chat_name(chat_id), error)

    async def _tell_aside(self) -> None:
        """Tell the operators of the chats that could not be evaluated or told."""
        await self._aside.tell(self.engine, self.context.admins, milliseconds(self.clock))
        self._aside = SetAside(Place.CHAT)

    async def announce_some(self) -> bool:
        """Tell the next batch of merchants, once the operator has confirmed; False when nobody is left."""
        async with self.engine.begin() as conn:
            change = await self._ours(conn)
            if change is None or change.confirmed_at is None or change.announced_at is not None:
                return False
            chats = await edition_changes.untold(conn, change, TELL_BATCH)
            told = await in_parts(chats, partial(self._announce, conn, change), self._set_aside)
            await edition_changes.take(
                conn, change, chats, milliseconds(self.clock)
            )  # those set aside, once and for all
            if not chats:
                await edition_changes.announced(conn, change, milliseconds(self.clock))
        self.merchants_told += sum(told)
        await self._tell_aside()
        self.wake()
        return bool(chats)

    async def _announce(self, conn: AsyncConnection, change: EditionChange, chats: Sequence[int]) -> int:
        """Put the messages to the chats into the outbox; the number of chats with one."""
        async with conn.begin_nested():
            subjects = await edition_changes.subjects(conn, chats)
            taken = await edition_changes.take(conn, change, chats, milliseconds(self.clock))
            waits = await self._quiet_until(conn, chats)
            messages = [
                replace(one, not_before=waits[subject.chat_id])
                for subject in subjects
                for one in self._news(change, subject, taken.get(subject.chat_id))
            ]
            await outbox.enqueue(conn, messages, milliseconds(self.clock))
        return len({message.chat_id for message in messages})

    async def _quiet_until(self, conn: AsyncConnection, chats: Sequence[int]) -> dict[int, datetime]:
        """For each chat, the end of the quiet hours, or now."""
        chosen, now = await preferences.choices(conn, chats), self.clock.now()
        hours = {
            chat: preferences.read(*chosen.get(chat, (None, None))).hours(self.context.quiet_hours) for chat in chats
        }
        return {chat: due(now, self.context.zone, quiet) for chat, quiet in hours.items()}

    def _news(self, change: EditionChange, subject: Subject, concerned: Concerned | None) -> Iterator[Message]:
        """The merchant's messages; none when another process tells the merchant, or when nothing changes now."""
        if concerned is None or not self.context.catalogue.has(concerned.before):
            return
        if subject.check_id != concerned.check_id and subject.edition == change.after:
            subject = replace(subject, check_id=None, edition=None, answers=None)  # checked anew: the result is known
        rendered = news(self._reassessment(change), subject, self.context.catalogue.edition(concerned.before))
        if rendered:
            yield from say(subject.chat_id, rendered, numbered=True, lane=Lane.BULK)

    async def _finish(self, change: EditionChange) -> None:
        """Report the evaluation to the operators, once; on the very first start only if somebody is concerned."""
        async with self.engine.begin() as conn:
            if not await edition_changes.finish(conn, change, milliseconds(self.clock)):
                return
            if change.before or change.counts[CONCERNED]:
                rendered = report(self._reassessment(change), change)
                messages = [one for admin in sorted(self.context.admins) for one in say(admin, rendered, numbered=True)]
                await outbox.enqueue(conn, messages, milliseconds(self.clock))
        log.info("kept checks evaluated", edition=change.after, **_loggable(change.counts))
        self.wake()

    async def _ours(self, conn: AsyncConnection) -> EditionChange | None:
        """The newest change, if to the edition in use by the process; else None."""
        change = await edition_changes.last(conn)
        return change if change and change.after == self.context.edition.name else None

    def _reassessment(self, change: EditionChange) -> Reassessment:
        """The reassessment under the change as on today; kept, for the results remembered inside."""
        known, today = self._kept, self.context.today(self.clock.now())
        if known is None or (known.before, known.on) != (change.before, today):
            known = Reassessment(self.context.catalogue, change.before, self.context.edition, today)
        self._kept = known
        return known


async def impact(engine: AsyncEngine, reassessment: Reassessment) -> Counter[str]:
    """Numbers of chats concerned by a change, by kind; nothing is written."""
    counts: Counter[str] = Counter()
    done_until = None
    while True:
        async with engine.connect() as conn:
            chats = await edition_changes.chats_after(conn, done_until, BATCH)
            subjects = await edition_changes.subjects(conn, chats)
        if not chats:
            return counts
        counts += reassessment.concerned(subjects)[1]
        done_until = chats[-1]


def _loggable(counts: Counter[str]) -> dict[str, int]:
    return {name.replace(" ", "_"): number for name, number in counts.items() if " > " not in name}
