"""What operators are told of the rules: notices once each, the state of the list and of the editions now and then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.telegram.messages import say
from bot.views.render import render
from rules.checked import COMPARED_EVERY, Text
from rules.edition import Catalogue
from rules.notices import Listed
from rules.rule_texts import Found
from storage import outbox, reminders, rule_notices
from storage.outbox import Lane

DAY_MS: Final = 86_400_000
AGAIN_MS: Final = COMPARED_EVERY * DAY_MS
TOLD_AT_ONCE: Final = 20
"""Notices in a message; more are told with the next reading."""

BAD_SHOWN: Final = 5


@dataclass(frozen=True)
class RuleNews:
    """Messages to the operators, put into the outbox within the transaction of `conn`. `today`: the merchant's day."""

    conn: AsyncConnection
    admins: Collection[int]
    today: date
    now_ms: int

    async def notices(self, found: Sequence[Found], catalogue: Catalogue) -> frozenset[str]:
        """Tell of the notices that were not told yet; their ids. Without operators nobody is told."""
        ids = [one.notice.id for one in found]
        await rule_notices.see(self.conn, ids, self.now_ms)
        if not self.admins:
            return frozenset()
        before = await rule_notices.told(self.conn, ids)
        untold = [one for one in ids if one not in before][:TOLD_AT_ONCE]
        new = await rule_notices.take(self.conn, untold, self.now_ms)
        if new:
            shown = [one for one in found if one.notice.id in new]
            await self._send("rule_notices", found=shown, catalogue=catalogue, today=self.today)
        return new

    async def state_of_list(self, place: str, listed: Listed) -> None:
        """Tell of entries that can't be read, and of a list that says nothing; not again within 30 days."""
        entries = sha256("\n".join(listed.bad).encode()).hexdigest()
        if listed.bad and await self._is_due(f"entries {entries}"):
            more = len(listed.bad) - BAD_SHOWN
            await self._send("rule_entries", bad=listed.bad[:BAD_SHOWN], more=more)
        if listed.is_quiet(self.today) and await self._is_due(f"quiet {place}"):
            count, newest = len(listed.notices), listed.newest
            await self._send("rule_list_quiet", count=count, newest=newest, today=self.today)

    async def outage(self, since: datetime, why: str) -> None:
        """Tell that the list was not read since an instant, in the merchant's zone."""
        await self._send("rule_list_unread", since=since, why=why)

    async def not_compared(self, texts: Sequence[Text]) -> None:
        """Remind of texts to be compared with their source, of each not again within 30 days."""
        due = [text for text in texts if await self._is_due(f"compared {text.name}")]
        if due:
            await self._send("rules_not_compared", texts=due, today=self.today)

    async def _is_due(self, about: str) -> bool:
        return bool(self.admins) and await reminders.take(self.conn, about, self.now_ms, AGAIN_MS)

    async def _send(self, template: str, **values: object) -> None:
        rendered = render(f"operators/{template}", **values)
        chats = sorted(self.admins)
        messages = [one for chat in chats for one in say(chat, rendered, numbered=True, lane=Lane.WARNING)]
        await outbox.enqueue(self.conn, messages, self.now_ms)
