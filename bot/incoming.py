"""One update of the Bot API as the few things that the bot looks at (pure)."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, Message, Update

LOOKED_AT = 1000
"""Characters of a message that are read; the rest of a longer one is left alone."""


class What(StrEnum):
    TEXT = "text"
    COMMAND = "command"
    PRESS = "press"
    MEDIA = "media"
    LEFT = "left"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Incoming:
    """`text` is what was typed, or what follows a command; `data` and `callback_id` belong to a press.

    `file_id`, `file_bytes`: of a document.
    """

    update_id: int
    what: What
    chat_id: int = 0
    is_private: bool = True
    text: str = ""
    command: str = ""
    data: str = ""
    callback_id: str = ""
    message_id: int | None = None
    file_id: str = ""
    file_bytes: int = 0


class Malformed(ValueError):
    """A part of an update is not of the type that Telegram gives it; the library does not look."""


def read(raw: dict[str, Any]) -> Incoming:
    """What this update is to the bot; `NOTHING` for a kind that it doesn't answer. Raises on a malformed one."""
    incoming = _read(raw)
    for part in fields(incoming):
        if not _is_sound(getattr(incoming, part.name), part.default):
            raise Malformed(f"not what Telegram sends as {part.name}")
    return incoming


def _is_sound(value: object, default: object) -> bool:
    """Whether a value is of its field's type, and one that a database can hold."""
    if value is default or isinstance(value, What):
        return True
    if isinstance(default, str):
        return isinstance(value, str) and value.encode("utf-8", "ignore").decode() == value and "\0" not in value
    if isinstance(default, bool) or isinstance(value, bool):
        return type(value) is type(default)
    return isinstance(value, int) and abs(value) < 2**63


def _read(raw: dict[str, Any]) -> Incoming:
    update = Update.de_json(raw, None)
    if update.callback_query:
        return _press(update.update_id, update.callback_query)
    if update.my_chat_member:
        return _membership(update)
    if update.message and update.message.from_user:
        return _message(update.update_id, update.message)
    return Incoming(update.update_id, What.NOTHING)


def _press(update_id: int, query: CallbackQuery) -> Incoming:
    chat = query.message.chat if query.message else None
    return Incoming(
        update_id,
        What.PRESS,
        chat_id=chat.id if chat else query.from_user.id,
        is_private=chat is None or chat.type == Chat.PRIVATE,
        data=query.data or "",
        callback_id=query.id,
        message_id=query.message.message_id if query.message else None,
    )


def _membership(update: Update) -> Incoming:
    change = update.my_chat_member
    assert change is not None  # noqa: S101  (the caller looked)
    left = change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
    return Incoming(update.update_id, What.LEFT if left else What.NOTHING, chat_id=change.chat.id)


def _message(update_id: int, message: Message) -> Incoming:
    text = (message.text or "")[:LOOKED_AT].strip()
    what, command = What.TEXT, ""
    if not text:
        what = What.NOTHING if _is_service(message) else What.MEDIA
    elif text.startswith("/") and text[1:2].isalpha():
        head, _, text = text.partition(" ")
        what, command = What.COMMAND, head[1:].split("@")[0].lower()
    return Incoming(
        update_id,
        what,
        chat_id=message.chat.id,
        is_private=message.chat.type == Chat.PRIVATE,
        text=text.strip(),
        command=command,
        message_id=message.message_id,
        file_id=message.document.file_id if message.document else "",
        file_bytes=(message.document.file_size or 0) if message.document else 0,
    )


def _is_service(message: Message) -> bool:
    """True for what Telegram itself writes into a chat (joined, pinned …), to which nobody expects an answer."""
    return message.effective_attachment is None and not message.text
