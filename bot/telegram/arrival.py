"""An element of `getUpdates`, or a webhook body, as a row of the inbox (pure). No element and no body raises.

What can't be read is dead from the start, with the reason, so that nothing waits for it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from bot.telegram.updates import IDS, Incoming, Malformed, What, read, update_id_of
from storage.inbox import Arrival
from storage.instants import epoch_ms

LONGEST_BODY: Final = 1_000_000
"""In characters. A longer update is kept as dead, without its body."""

Takes = Callable[[Incoming], bool]
"""Whether the update is to be handled; else the update is confirmed, and not kept."""


def is_of_use(incoming: Incoming) -> bool:
    """Whether the update may change or say anything."""
    return incoming.what is not What.NOTHING


def arrivals(updates: Iterable[Any], takes: Takes = is_of_use) -> list[Arrival]:
    """The rows of the updates that are taken, in order."""
    return [row for row in (arrival(update, takes) for update in updates) if row is not None]


def arrival(update: Any, takes: Takes = is_of_use) -> Arrival | None:
    """The inbox row of the update; dead when the update can't be read; None when it is not taken."""
    try:
        incoming = read(update)
    except Malformed as problem:
        return _dead(update, str(problem))
    if not takes(incoming):
        return None
    body = _text(update)
    if body is None or len(body) > LONGEST_BODY:
        return _dead(update, "longer than 1 MB" if body else "nested too deeply to be kept")
    sent_at = epoch_ms(incoming.sent_at) if incoming.sent_at else None
    return Arrival(incoming.update_id, incoming.chat_id, body, sent_at=sent_at)


def _dead(update: Any, why: str) -> Arrival:
    """A row for an operator; without the body when it is too long to keep."""
    body = _text(update)
    is_kept = body is not None and len(body) <= LONGEST_BODY
    return Arrival(_key_of(update, body or ""), chat_of(update), body if is_kept else None, why)


def _text(update: Any) -> str | None:
    """The update as JSON in ASCII; None when it is nested too deeply."""
    try:
        return json.dumps(update)
    except RecursionError:
        return None


def chat_of(update: Any) -> int:
    """The id of the chat of an update that can't be read, as far as it tells; else of its person, else 0."""
    if not isinstance(update, dict):
        return 0
    for part in update.values():
        if isinstance(part, dict):
            pressed = part.get("message")
            holder = pressed if isinstance(pressed, dict) else part
            return _id(holder.get("chat")) or _id(part.get("from")) or _id(part.get("user"))
    return 0


def _id(part: Any) -> int:
    found = part.get("id") if isinstance(part, dict) else None
    return found if type(found) is int and abs(found) in IDS else 0


def _key_of(update: Any, body: str) -> int:
    """The update's id, or a negative number made from the bytes: a malformed update that comes twice is kept once."""
    found = update_id_of(update)
    return found or -int.from_bytes(hashlib.sha256(body.encode()).digest()[:7])
