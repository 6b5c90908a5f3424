"""Parts of an object that Telegram sent. A part of another type than expected is as good as absent (pure).

Telegram adds kinds of senders, messages and chats every few weeks: what the bot does not use must not stop the bot.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

Part = Mapping[str, Any]

_STORED: Final = range(-(2**63) + 1, 2**63)
_NOT_STORED = re.compile("[\0\ud800-\udfff]")
"""Characters that JSON can write and no database takes: NUL, and half of a pair of surrogates."""


def part(holder: Part, name: str) -> Part:
    """The object under the name; empty when there is none."""
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def number(holder: Part, name: str) -> int | None:
    """The whole number under the name, if a database can hold it."""
    found = holder.get(name)
    return found if type(found) is int and found in _STORED else None


def text(holder: Part, name: str) -> str:
    """The text under the name, "" when there is none; characters that no database takes become U+FFFD."""
    found = holder.get(name)
    return _NOT_STORED.sub("\ufffd", found) if isinstance(found, str) else ""


def instant(holder: Part, name: str) -> datetime | None:
    """The instant (aware, UTC) of the seconds since 1970 under the name; None for none that a calendar has."""
    seconds = number(holder, name)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds and seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
