"""Plainer forms of a call that was refused: a part less, and the words always stay (pure).

Of a known refusal the part that was refused is left out. Of a refusal in unknown words a part is left out at a time, in
the order of `Part`, and last all but the words. A message that is nothing but words has no plainer form.
"""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any, Final

from bot.delivery.channel import Plainer
from bot.views.render import LONGEST_MESSAGE, Rendered, shown_length

Payload = Mapping[str, Any]

SHORTENED: Final = LONGEST_MESSAGE - 100
"""The length of a text that was too long; the number of the message is added to it."""


class Part(Enum):
    """A part of a message that can be left out.

    THREAD: the topic of a group; REPLY: what is replied to; FILE: the picture over its caption; EDIT: that an older
    message is changed, instead of a new one put below; BUTTONS; MARKUP: bold, quotes, links; LENGTH: the end.
    """

    THREAD = auto()
    REPLY = auto()
    FILE = auto()
    EDIT = auto()
    BUTTONS = auto()
    MARKUP = auto()
    LENGTH = auto()


def plainer(method: str, payload: Payload, part: Part | None = None) -> Plainer | None:
    """The call without `part`, None for the first part that there is; None where nothing can be left out."""
    if part is not None:
        return _WITHOUT[part](method, payload)
    firsts = (_WITHOUT[one](method, payload) for one in (Part.THREAD, Part.REPLY, Part.FILE, Part.EDIT))
    return next(filter(None, firsts), None) or words_alone(method, payload)


def words_alone(method: str, payload: Payload) -> Plainer | None:
    """A new message without buttons and markup; None for one that has none, and for a call that is no new message."""
    found = _without_buttons(method, payload)
    return _without_markup(method, found.payload if found else payload) or found


def _without(*names: str) -> Callable[[str, Payload], Plainer | None]:
    def left_out(method: str, payload: Payload) -> Plainer | None:
        if not any(name in payload for name in names):
            return None
        return Plainer(method, {name: value for name, value in payload.items() if name not in names})

    return left_out


def _as_text(method: str, payload: Payload) -> Plainer | None:
    """The caption of a picture; a document's says nothing without the document."""
    if method != "sendPhoto" or not payload.get("caption"):
        return None
    kept = {name: value for name, value in payload.items() if name not in ("photo", "caption")}
    return Plainer("sendMessage", {"text": payload["caption"], **kept})


def _as_new(method: str, payload: Payload) -> Plainer | None:
    if method != "editMessageText":
        return None
    return Plainer("sendMessage", {name: value for name, value in payload.items() if name != "message_id"})


def _without_buttons(method: str, payload: Payload) -> Plainer | None:
    has_any = payload.get("reply_markup", {}).get("inline_keyboard")
    return _without("reply_markup")(method, payload) if has_any else None


def _without_markup(method: str, payload: Payload) -> Plainer | None:
    if payload.get("parse_mode") != "HTML":
        return None
    kept = {name: value for name, value in payload.items() if name != "parse_mode"}
    words: Payload = {name: Rendered(kept[name]).plain for name in ("text", "caption") if name in kept}
    return Plainer(method, {**kept, **words})


def _shortened(method: str, payload: Payload) -> Plainer | None:
    """The beginning of a text, without markup; None for a text that is short enough."""
    if "text" not in payload or shown_length(payload["text"]) <= SHORTENED:
        return None
    found = _without_markup(method, payload) or Plainer(method, payload)
    units = found.payload["text"].encode("utf-16-le", "replace")[: 2 * (SHORTENED - 1)]
    return Plainer(method, {**found.payload, "text": units.decode("utf-16-le", "ignore") + "…"})


_WITHOUT: Final[Mapping[Part, Callable[[str, Payload], Plainer | None]]] = {
    Part.THREAD: _without("message_thread_id", "direct_messages_topic_id"),
    Part.REPLY: _without("reply_parameters", "reply_to_message_id"),
    Part.FILE: _as_text,
    Part.EDIT: _as_new,
    Part.BUTTONS: _without_buttons,
    Part.MARKUP: _without_markup,
    Part.LENGTH: _shortened,
}
