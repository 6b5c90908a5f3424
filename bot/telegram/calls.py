"""A leased row as the call that it is, with its number and, on a repeat, the word that it is one (pure)."""

from dataclasses import dataclass
from typing import Any, Protocol

from storage.sending import LeasedMessage


class Mark(Protocol):
    """Adds the number to a text, and says that it is a repeat; a template's words, so `compose` hands it in."""

    def __call__(self, text: str, number: int, repeat: bool) -> str: ...


@dataclass(frozen=True)
class Call:
    """One call of the Bot API."""

    method: str
    payload: dict[str, Any]


def call_of(message: LeasedMessage, mark: Mark) -> Call | None:
    """The call to make; None when the message that it edits is not known (any more)."""
    payload = dict(message.payload)
    if message.edits:
        if message.target is None:
            return None
        payload["message_id"] = message.target
    if message.method != "answerCallbackQuery":
        payload["chat_id"] = message.chat_id
    if (message.numbered or message.unsure) and message.in_order:
        for name in ("text", "caption"):
            if name in payload:
                payload[name] = mark(payload[name], message.id, message.unsure)
    return Call(message.method, payload)
