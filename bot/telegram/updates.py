"""One update of the Bot API as the few things that the bot looks at (pure)."""

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, Message, Update

LOOKED_AT = 1000
"""Characters of a message that are read; the rest of a longer one is left alone."""

_START_LINK = re.compile(r"(?:https?://)?(?:t|telegram)\.me/\w+\?start=([\w-]{1,64})", re.ASCII)


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
    incoming = _ordinary(raw) or _read(raw)
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


def _ordinary(raw: object) -> Incoming | None:
    """A text or a press in a private chat, of the very shape that nearly all have; None for any other.

    The library makes objects of all that an update holds, which takes longer than to keep it in the database.
    """
    match raw:
        case {
            "update_id": number,
            "message": {
                "message_id": message_id,
                "date": int(),
                "chat": {"id": chat_id, "type": "private"},
                "from": {"id": int(), "is_bot": bool(), "first_name": str()},
                "text": str(text),
                **rest_of_message,
            },
            **rest,
        } if text.strip() and not (rest or rest_of_message):
            what, command, words = _typed(text)
            return Incoming(number, what, chat_id, text=words, command=command, message_id=message_id)
        case {
            "update_id": number,
            "callback_query": {
                "id": callback_id,
                "from": {"id": int(), "is_bot": bool(), "first_name": str()},
                "message": {"message_id": message_id, "date": int(), "chat": {"id": chat_id, "type": "private"}},
                "chat_instance": str(),
                "data": str(data),
                **rest_of_press,
            },
            **rest,
        } if not (rest or rest_of_press):
            return Incoming(number, What.PRESS, chat_id, data=data, callback_id=callback_id, message_id=message_id)
    return None


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
    what, command, text = _typed(message.text or "")
    if what is What.NOTHING and not _is_service(message):
        what = What.MEDIA
    return Incoming(
        update_id,
        what,
        chat_id=message.chat.id,
        is_private=message.chat.type == Chat.PRIVATE,
        text=text,
        command=command,
        message_id=message.message_id,
        file_id=message.document.file_id if message.document else "",
        file_bytes=(message.document.file_size or 0) if message.document else 0,
    )


def _typed(text: str) -> tuple[What, str, str]:
    """What a text is, the command if it is one, and what was typed, or follows the command.

    A link to the bot that was pasted instead of opened is the /start that it stands for.
    """
    seen = text[:LOOKED_AT].strip()
    if seen.startswith("/") and seen[1:2].isalpha():
        head, _, follows = seen.partition(" ")
        return What.COMMAND, head[1:].split("@")[0].lower(), follows.strip()
    if link := _START_LINK.fullmatch(seen):
        return What.COMMAND, "start", link[1]
    return (What.TEXT if seen else What.NOTHING), "", seen


def _is_service(message: Message) -> bool:
    """True for what Telegram itself writes into a chat (joined, pinned …), to which nobody expects an answer."""
    return message.effective_attachment is None and not message.text
