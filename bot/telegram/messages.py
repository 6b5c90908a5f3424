"""Outbox messages of rendered text."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.telegram.menu import of_operator
from bot.views.render import Rendered
from storage.outbox import Lane, Message

CALLBACK_LASTS = timedelta(seconds=15)
"""Telegram refuses the answer to an older button press; the button has stopped waiting by then."""


def say(
    chat_id: int, rendered: Rendered, *, numbered: bool = False, key: str | None = None, lane: Lane = Lane.REPLY
) -> Iterator[Message]:
    """New messages, in as many pieces as Telegram needs; `key` names the last piece, with the buttons."""
    *first, last = rendered.parts()
    for piece in first:
        yield Message(chat_id, lane, "sendMessage", _payload(piece), numbered=numbered)
    yield Message(chat_id, lane, "sendMessage", _payload(last), numbered=numbered, key=key)


def edit(chat_id: int, rendered: Rendered, key: str) -> Iterator[Message]:
    """The edit of the message named `key`; pieces too long for a single message follow as new messages."""
    first, *more = rendered.parts()
    yield Message(chat_id=chat_id, lane=Lane.REPLY, method="editMessageText", payload=_payload(first), edits=key)
    for piece in more:
        yield Message(chat_id=chat_id, lane=Lane.REPLY, method="sendMessage", payload=_payload(piece))


def remove(chat_id: int, key: str) -> Message:
    """The deletion of the message named `key` from the chat."""
    return Message(chat_id=chat_id, lane=Lane.REPLY, method="deleteMessage", payload={}, edits=key)


def toast(chat_id: int, callback_id: str, text: str, now: datetime) -> Message:
    """The answer to a button press: a line shown for a moment; with no text, the button only stops waiting."""
    payload = {"callback_query_id": callback_id, "text": text} if text else {"callback_query_id": callback_id}
    until = now + CALLBACK_LASTS
    return Message(chat_id, Lane.REPLY, "answerCallbackQuery", payload, expires_at=until, in_order=False)


def in_topic(messages: Iterable[Message], topic_id: int | None) -> Iterator[Message]:
    """The same messages; new ones go to the topic of the chat, if there is one."""
    for message in messages:
        is_moved = topic_id is not None and message.method.startswith("send")
        yield replace(message, payload={**message.payload, "message_thread_id": topic_id}) if is_moved else message


def shown_last(messages: Sequence[Message]) -> Message | None:
    """The last message that stands in the chat afterwards; None where nothing is shown."""
    return next((each for each in reversed(messages) if each.in_order and each.method != "deleteMessage"), None)


def screen(message: Message) -> str:
    """What tells the text and the buttons of a message from others."""
    parts = (message.payload.get("text"), message.payload.get("reply_markup", {}).get("inline_keyboard", []))
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()


def buttons(message: Message) -> dict[str, str]:
    """The buttons of a message, data by label, but for deletions."""
    rows = message.payload.get("reply_markup", {}).get("inline_keyboard", [])
    return {one["text"]: one["callback_data"] for row in rows for one in row if _may_be_typed(one)}


def _may_be_typed(button: Mapping[str, Any]) -> bool:
    return "callback_data" in button and button.get("style") != "danger"


def commands(chat_id: int) -> Message:
    """The operators' menu for an operator's chat, which Telegram takes only once the operator has come."""
    method, payload = of_operator(chat_id)
    return Message(chat_id, Lane.REPLY, method, payload, in_order=False)


def _payload(rendered: Rendered) -> dict[str, object]:
    payload: dict[str, object] = {
        "text": rendered.html,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    return {**payload, "reply_markup": rendered.markup} if rendered.rows else payload
