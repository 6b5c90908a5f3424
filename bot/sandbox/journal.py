"""The journal: every Bot API call, when it came, what it asked and how it was answered."""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.sandbox.refusals import Json
from bot.sandbox.signals import Signal

DROPPED = 0  # the status of a call whose connection was closed without a reply


@dataclass(slots=True)
class Call:
    """One call. `status` is None while in flight, 0 when no reply was sent; `mono` is in seconds."""

    n: int
    bot: str
    method: str
    chat_id: Any
    params: Mapping[str, Any]
    at: float
    mono: float
    status: int | None = None
    description: str = ""
    took_s: float = 0.0


class Journal:
    """The newest `cap` calls, numbered from 1 by arrival."""

    def __init__(self, cap: int = 100_000) -> None:
        self.n = 0
        self.signal = Signal()
        self._calls: deque[Call] = deque(maxlen=cap)

    def clear(self) -> None:
        """Forget the calls; numbering goes on."""
        self._calls.clear()

    def open(self, bot: str, method: str, params: Mapping[str, Any]) -> Call:
        """Enter a call on arrival."""
        self.n += 1
        now, mono = time.time(), time.monotonic()
        call = Call(self.n, bot, method, as_number(params.get("chat_id")), params, now, mono)
        self._calls.append(call)
        return call

    def close(self, call: Call, status: int, description: str = "") -> None:
        """Note how the call was answered."""
        call.status = status
        call.description = description
        call.took_s = time.monotonic() - call.mono
        self.signal.fire()

    def find(self, after: int = 0, limit: int = 1000, **wanted: Any) -> list[Json]:
        """Answered and open calls newer than number `after`, oldest first, the newest `limit` of them.

        `wanted` filters by equal fields; None does not filter.
        """
        filters = [(name, value) for name, value in wanted.items() if value is not None]
        newest = islice(reversed(self._calls), max(0, self.n - after))
        hits = (call for call in newest if all(getattr(call, name) == value for name, value in filters))
        return [_row(call) for call in islice(hits, limit)][::-1]


def _row(call: Call) -> Json:
    return {name: getattr(call, name) for name in Call.__slots__}


def as_number(value: Any) -> Any:
    """The number that a text says, else the value."""
    try:
        return int(value) if isinstance(value, str) else value
    except ValueError:
        return value
