"""An update of the Bot API as the few things that the bot looks at (pure)."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from rules.understanding.normalise import two_ends

LOOKED_AT = 1000
"""Characters of a message that are kept; of a longer one the two ends, for the question may stand at either."""

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
    """`text`: typed words, or the words after a command; `data` and `callback_id` belong to a press.

    The words under a photo or file are as good as typed. `file_id`, `file_bytes`: of a document. `album`: the same for
    all pictures sent together, "" for one alone. `edited`: an earlier message as the writer corrected it. `sent_at`:
    when the message was written, or corrected (aware, UTC); None for a press. `topic_id`: the topic of the chat in
    which an answer belongs.
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
    topic_id: int | None = None


class Malformed(ValueError):
    """A part of the update needed by the bot is missing or of another type than Telegram's."""


def read(raw: object) -> Incoming:
    """The update in the bot's terms; `NOTHING` for a kind of update without an answer. Raises Malformed."""
    try:
        update = _Update.model_validate(raw)
    except ValidationError as error:
        raise Malformed(f"not what Telegram sends as {_place(error)}") from None
    if update.callback_query:
        return _press(update.update_id, update.callback_query)
    if update.my_chat_member:
        return _membership(update.update_id, update.my_chat_member)
    if update.message and update.message.sender:
        return _message(update.update_id, update.message)
    if update.edited_message and update.edited_message.sender:
        return replace(_message(update.update_id, update.edited_message), edited=True)
    return Incoming(update.update_id, What.NOTHING)


def _place(error: ValidationError) -> str:
    """The path of the first malformed part, without the value."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return ".".join(str(step) for step in first["loc"])


# An update as Telegram sends it, with just the fields that are read: all others are ignored.

_Int = Annotated[int, Field(strict=True, gt=-(2**63), lt=2**63)]
_Str = Annotated[str, StringConstraints(strict=True, pattern=r"^[^\x00]*$")]
"""Whole numbers and texts that a database can hold."""

_MEDIA: Final = AliasChoices(
    "animation",
    "audio",
    "contact",
    "dice",
    "document",
    "game",
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
    "venue",
    "video",
    "video_note",
    "voice",
)
"""Each name under which a message may hold what somebody sent that is no text."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class _User(_Part):
    id: _Int


class _Chat(_Part):
    id: _Int
    type: _Str

    @property
    def is_private(self) -> bool:
        return self.type == "private"


class _Document(_Part):
    file_id: _Str
    file_size: _Int | None = None


class _Message(_Part):
    message_id: _Int
    chat: _Chat
    sender: _User | None = Field(None, alias="from")
    text: _Str | None = None
    caption: _Str | None = None
    media_group_id: _Str | None = None
    date: _Int | None = None
    edit_date: _Int | None = None
    message_thread_id: _Int | None = None
    is_topic_message: bool | None = None
    document: _Document | None = None
    media: object = Field(None, validation_alias=_MEDIA)


class _Pressed(_Part):
    message_id: _Int
    chat: _Chat


class _Press(_Part):
    id: _Str
    sender: _User = Field(alias="from")
    message: _Pressed | None = None
    data: _Str | None = None


class _Member(_Part):
    status: _Str


class _Membership(_Part):
    chat: _Chat
    new_chat_member: _Member


class _Update(_Part):
    update_id: _Int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Press | None = None
    my_chat_member: _Membership | None = None


def _press(update_id: int, press: _Press) -> Incoming:
    on = press.message
    return Incoming(
        update_id,
        What.PRESS,
        chat_id=on.chat.id if on else press.sender.id,
        is_private=on is None or on.chat.is_private,
        data=press.data or "",
        callback_id=press.id,
        message_id=on.message_id if on else None,
    )


def _membership(update_id: int, change: _Membership) -> Incoming:
    left = change.new_chat_member.status in ("kicked", "left")
    return Incoming(update_id, What.LEFT if left else What.NOTHING, chat_id=change.chat.id)


def _message(update_id: int, message: _Message) -> Incoming:
    what, command, text = _typed(message.text or message.caption or "")
    if what is What.NOTHING and (message.text or message.media):
        what = What.MEDIA  # else a note of Telegram itself (joined, pinned …), to which nobody expects an answer
    document = message.document
    return Incoming(
        update_id,
        what,
        chat_id=message.chat.id,
        is_private=message.chat.is_private,
        text=text,
        command=command,
        message_id=message.message_id,
        file_id=document.file_id if document else "",
        file_bytes=(document.file_size or 0) if document else 0,
        album=message.media_group_id or "",
        sent_at=_instant(message.edit_date or message.date),
        topic_id=message.message_thread_id if message.is_topic_message else None,
    )


def _instant(seconds: int | None) -> datetime | None:
    """The instant of Telegram's seconds since 1970; None for none, or one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def _typed(text: str) -> tuple[What, str, str]:
    """Kind of the text, name of the command if the text is a command, and the typed words or those after the command.

    A pasted link to the bot is a /start with the link's payload.
    """
    seen = two_ends(text, LOOKED_AT).strip()
    if seen.startswith("/") and seen[1:2].isalpha():
        head, _, follows = seen.partition(" ")
        return What.COMMAND, head[1:].split("@")[0].lower(), follows.strip()
    if link := _START_LINK.fullmatch(seen):
        return What.COMMAND, "start", link[1]
    return (What.TEXT if seen else What.NOTHING), "", seen
