"""A chat by hand: updates handed to the router inside one transaction of a real database, at instants of one's own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.journeys import router
from bot.journeys.consent import VERSION
from bot.journeys.context import Context
from storage import consents, schema
from storage.database import engine as database
from storage.outbox import Message
from tests.packaged import CATALOGUE

ZONE = ZoneInfo("Asia/Shanghai")
CONTEXT = Context(CATALOGUE, CATALOGUE.edition("2022-10-10"), ZONE, 20, admins=frozenset({9002}))


def at(text: str) -> datetime:
    """The instant at which the merchant's clock shows this."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@dataclass
class Hand:
    """`now`: the bot's clock."""

    conn: AsyncConnection
    now: datetime
    chat: int = 9001
    context: Context = CONTEXT
    numbers: Any = field(default_factory=lambda: count(100))
    shown: list[Message] = field(default_factory=list)

    async def agrees(self) -> None:
        """The chat agreed to keeping."""
        await consents.give(self.conn, self.chat, VERSION, 1)

    async def says(self, text: str, written: datetime | int | None = None, number: int | None = None) -> list[str]:
        """What the bot says to a text written then, by its clock now if not said."""
        return await self._gives("message", self._message(text, written, number or next(self.numbers)))

    async def edits(self, number: int, text: str, written: datetime | None = None) -> list[str]:
        """What the bot says to the message with this number once it says `text`."""
        message = self._message(text, written, number) | {"edit_date": int(self.now.timestamp())}
        return await self._gives("edited_message", message)

    async def presses(self, label: str) -> list[str]:
        """What the bot shows after the newest button of this label."""
        rows = [row for one in reversed(self.shown) for row in keyboard(one)]
        data = next(button["callback_data"] for row in rows for button in row if button["text"] == label)
        return await self.sends(data)

    async def sends(self, data: str, chat: dict[str, Any] | None = None) -> list[str]:
        """What the bot shows after a press with this data; the toast is the last line of all."""
        on = {"message_id": 7, "date": 1, "chat": chat or self._chat}
        press = {"id": "1", "from": self._person, "message": on, "chat_instance": "1", "data": data}
        return await self._gives("callback_query", press)

    async def scores(self) -> dict[date, float]:
        """The scores that are kept, by day."""
        rows = await self.conn.execute(select(schema.scores.c.day, schema.scores.c.hundredths))
        return {row.day: row.hundredths / 100 for row in rows}

    async def takes(self, update: dict[str, Any]) -> Sequence[Message]:
        """The messages that answer an update."""
        return await router.handle(self.context, update, self.conn, self.now)

    async def _gives(self, kind: str, body: dict[str, Any]) -> list[str]:
        self.shown.extend(said := await self.takes({"update_id": next(self.numbers), kind: body}))
        return [str(one.payload.get("text", "")) for one in said]

    def _message(self, text: str, written: datetime | int | None, number: int) -> dict[str, Any]:
        moment = self.now if written is None else written
        date = moment if isinstance(moment, int) else int(moment.timestamp())
        return {"message_id": number, "date": date, "chat": self._chat, "from": self._person, "text": text}

    @property
    def _chat(self) -> dict[str, Any]:
        return {"id": self.chat, "type": "private"}

    @property
    def _person(self) -> dict[str, Any]:
        return {"id": self.chat, "is_bot": False, "first_name": "甲"}

    def of(self, chat: int) -> "Hand":
        """Another chat with the same bot."""
        return replace(self, chat=chat, shown=[])


@asynccontextmanager
async def by_hand(url: str, clock: str, context: Context = CONTEXT) -> AsyncIterator[Hand]:
    """A chat that agreed to keeping, at what the merchant's clock shows; nothing stays in the database."""
    engine = database.create(url)
    async with engine.connect() as conn:
        hand = Hand(conn, at(clock), context=context)
        await hand.agrees()
        yield hand
    await engine.dispose()


def keyboard(message: Message) -> list[list[dict[str, Any]]]:
    """The rows of buttons."""
    markup: Any = message.payload.get("reply_markup", {})
    return list(markup.get("inline_keyboard", []))
