"""An element of `getUpdates`, or a webhook body, as a row of the inbox (pure). No element and no body raises."""

import hashlib
import json
from typing import Any, Final

from storage.inbox import Arrival

LONGEST_BODY: Final = 1_000_000
"""In characters. A longer update is kept as dead, without its body."""

_ID_RANGE: Final = range(1, 2**63)


def arrival(update: Any) -> Arrival:
    """The inbox row of the update; dead from the start, with the reason, if the update can't be handled at all."""
    body = json.dumps(update)
    problem = _problem(update, body)
    if problem is None:
        return Arrival(update["update_id"], chat_of(update), body)
    return Arrival(_key_of(update, body), chat_of(update), body if len(body) <= LONGEST_BODY else None, problem)


def update_id_of(update: Any) -> int | None:
    """The id that confirms the update to Telegram; None when the update has no valid id."""
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if type(found) is int and found in _ID_RANGE else None


def chat_of(update: Any) -> int:
    """The id of the chat, within which updates are handled in order; else of the update's person, else 0."""
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
    return found if type(found) is int and abs(found) in _ID_RANGE else 0


def _problem(update: Any, body: str) -> str | None:
    if not isinstance(update, dict):
        return "not an object"
    if update_id_of(update) is None:
        return "no valid update_id"
    return "longer than 1 MB" if len(body) > LONGEST_BODY else None


def _key_of(update: Any, body: str) -> int:
    """The update's id, or a negative number made from the bytes: a malformed update that comes twice is kept once."""
    found = update_id_of(update)
    return found or -int.from_bytes(hashlib.sha256(body.encode()).digest()[:7])
