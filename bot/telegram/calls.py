"""A leased row as the call that it is, with its number and, on a repeat, the word that it is one (pure)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.outbox import UNORDERED
from storage.sending import LeasedMessage


class Mark(Protocol):
    """Adds the number to a text, and says that it is a repeat; a template's words, so `compose` hands it in."""

    def __call__(self, text: str, number: int, repeat: bool) -> str: ...


class Author(Protocol):
    """Puts a notice into words when it is sent: the letter with its payload, None when nothing is left to tell."""

    async def __call__(self, conn: AsyncConnection, letter: LeasedMessage, now: datetime) -> LeasedMessage | None: ...


@dataclass(frozen=True)
class Call:
    """One call of the Bot API."""

    method: str
    payload: dict[str, Any]


def call_of(letter: LeasedMessage, mark: Mark) -> Call | None:
    """The call to make; None when the message that it edits is not known (any more)."""
    payload = dict(letter.payload)
    if letter.edits:
        if letter.target is None:
            return None
        payload["message_id"] = letter.target
    if letter.method != "answerCallbackQuery":
        payload["chat_id"] = letter.chat_id
    if (letter.numbered or letter.unsure) and letter.method not in UNORDERED:
        for name in ("text", "caption"):
            if name in payload:
                payload[name] = mark(payload[name], letter.id, letter.unsure)
    return Call(letter.method, payload)
