"""What the call of a leased message carries: with the message's number and the word for a repeat (pure)."""

from typing import Any, Protocol

from storage.sending import LeasedMessage


class Mark(Protocol):
    """The text with the message's number and, if `repeat`, the word for a repeat; `compose` hands in the template."""

    def __call__(self, text: str, number: int, repeat: bool) -> str: ...


def payload_of(message: LeasedMessage, mark: Mark) -> dict[str, Any] | None:
    """The payload of the message's call; None for an edit of a message whose Telegram id is not known (any more)."""
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
    return payload
