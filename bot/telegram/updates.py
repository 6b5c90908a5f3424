"""An update of the Bot API as the few things that the bot looks at (pure)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from bot.telegram.parts import Part, instant, number, part, text
from rules.understanding.normalise import two_ends
from storage.inbox import Unreadable

LOOKED_AT = 1000
"""Characters of a message that are kept; of a longer one the two ends, for the question may stand at either."""

IDS: Final = range(1, 2**63)
"""Of updates; those of chats may be negative too."""

LONGEST_ALBUM = 40
"""Characters of an album's name that are kept; Telegram's have 17 digits."""

T = TypeVar("T")
_WIDE_SLASH = re.compile(r"／[a-z]", re.ASCII | re.IGNORECASE)
_START_LINK = re.compile(r"(?:https?://)?(?:t|telegram)\.me/\w+\?start=([\w-]{1,64})", re.ASCII)


class What(StrEnum):
    TEXT = "text"
    COMMAND = "command"
    PRESS = "press"
    MEDIA = "media"
    LEFT = "left"
    CAME = "came"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Incoming:
    """`text`: typed words, or the words after a command; `data` and `callback_id` belong to a press.

    The words under a photo or file are as good as typed. `file_id`, `file_bytes`: of a document. `album`: the same for
    all pictures sent together, "" for one alone. `edited`: an earlier message as the writer corrected it. `sent_at`:
    when the message was written, or corrected; `written_at`: when the message was written, corrected later or not
    (both aware, UTC; None for a press). `topic_id`: the topic of the chat in which an answer belongs. `addressee`: the
    bot named after a command, "" for none.
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
    album: str = ""
    edited: bool = False
    sent_at: datetime | None = None
    written_at: datetime | None = None
    topic_id: int | None = None
    addressee: str = ""


class Malformed(Unreadable):
    """Nobody can tell whom to answer; the message has the path of the part that is missing or of another type."""


def read(raw: object) -> Incoming:
    """The update in the bot's terms; `NOTHING` for an update to which no answer is due. Raises Malformed.

    Only the parts that the bot uses are read. A part that can't be read is as good as absent, unless nobody could be
    answered without.
    """
    if not isinstance(raw, dict):
        raise Malformed("not an object")
    update_id = update_id_of(raw)
    if update_id is None:
        raise Malformed("no valid update_id")
    for kind, read_kind in _KINDS.items():
        if raw.get(kind) is not None:
            return read_kind(update_id, part(raw, kind))
    return Incoming(update_id, What.NOTHING)


def update_id_of(update: object) -> int | None:
    """The id that confirms the update to Telegram; None when the update has no valid id."""
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if type(found) is int and found in IDS else None


MEDIA: Final = (
    "animation",
    "audio",
    "checklist",
    "contact",
    "dice",
    "document",
    "game",
    "giveaway",
    "invoice",
    "live_photo",
    "location",
    "paid_media",
    "passport_data",
    "photo",
    "poll",
    "sticker",
    "story",
    "successful_payment",
    "text",
    "venue",
    "video",
    "video_note",
    "voice",
)
"""Each name under which a message may hold what somebody sent and the bot can't read; `text`: one that is no text."""


def _message(update_id: int, message: Part) -> Incoming:
    what, command, addressee, words = _typed(text(message, "text") or text(message, "caption"))
    if what is What.NOTHING and any(message.get(name) for name in MEDIA):
        what = What.MEDIA  # else a note of Telegram itself (joined, pinned …), to which nobody expects an answer
    chat, document = part(message, "chat"), part(message, "document")
    return Incoming(
        update_id,
        what,
        chat_id=_needed(number(chat, "id"), "chat.id"),
        is_private=_is_private(chat),
        text=words,
        command=command,
        message_id=number(message, "message_id"),
        file_id=text(document, "file_id"),
        file_bytes=number(document, "file_size") or 0,
        album=text(message, "media_group_id")[:LONGEST_ALBUM],
        sent_at=instant(message, "edit_date") or instant(message, "date"),
        written_at=instant(message, "date"),
        topic_id=_topic(message),
        addressee=addressee,
    )


def _edited(update_id: int, message: Part) -> Incoming:
    """A correction; nothing where no words were corrected: a place that is shared live moves once a second."""
    found = replace(_message(update_id, message), edited=True, file_id="", file_bytes=0)
    return replace(found, what=What.NOTHING) if found.what is What.MEDIA else found


def _press(update_id: int, press: Part) -> Incoming:
    """A press; of a message that can't be read the press is of the person's private chat."""
    on = part(press, "message")
    chat = part(on, "chat")
    chat_id = number(chat, "id")
    return Incoming(
        update_id,
        What.PRESS,
        chat_id=chat_id or _needed(number(part(press, "from"), "id"), "from.id"),
        is_private=not chat_id or _is_private(chat),
        data=text(press, "data"),
        callback_id=_needed(text(press, "id"), "id"),
        message_id=number(on, "message_id") if chat_id else None,
        topic_id=_topic(on),
    )


def _membership(update_id: int, change: Part) -> Incoming:
    status = text(part(change, "new_chat_member"), "status")
    chat_id = _needed(number(part(change, "chat"), "id"), "chat.id")
    return Incoming(update_id, _MEMBERSHIPS.get(status, What.NOTHING), chat_id)


_MEMBERSHIPS: Final[Mapping[str, What]] = {
    "kicked": What.LEFT,
    "left": What.LEFT,
    "member": What.CAME,
    "restricted": What.CAME,
    "administrator": What.CAME,
    "creator": What.CAME,
}
_KINDS: Final[Mapping[str, Callable[[int, Part], Incoming]]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _press,
    "my_chat_member": _membership,
}


def _needed(found: T | None, path: str) -> T:
    if not found:
        raise Malformed(f"no {path} that can be read")
    return found


def _is_private(chat: Part) -> bool:
    """Of a chat of an unknown type the number tells: only groups and channels have negative ones."""
    kind = text(chat, "type")
    return kind == "private" or (kind not in ("group", "supergroup", "channel") and (number(chat, "id") or 0) > 0)


def _topic(message: Part) -> int | None:
    return number(message, "message_thread_id") if message.get("is_topic_message") is True else None


def _typed(typed: str) -> tuple[What, str, str, str]:
    """Kind of the text, name and addressee of the command if the text is a command, and the other words.

    A pasted link to the bot is a /start with the link's payload. Any blank ends the name of a command, a line's end
    and the wide blank of Chinese keyboards among them; such a keyboard also writes a wide slash.
    """
    seen = two_ends(typed, LOOKED_AT).strip()
    if (seen.startswith("/") and seen[1:2].isalpha()) or _WIDE_SLASH.match(seen):
        head, *follows = seen[1:].split(maxsplit=1)
        name, _, addressee = head.partition("@")
        return What.COMMAND, name.lower(), addressee.lower(), follows[0] if follows else ""
    if link := _START_LINK.fullmatch(seen):
        return What.COMMAND, "start", "", link[1]
    return (What.TEXT if seen else What.NOTHING), "", "", seen
