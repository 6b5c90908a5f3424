"""The journal of Bot API calls, and the feed of events a person could see, each numbered from 1."""

import time
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.sandbox.signals import Signal
from bot.sandbox.wire import Json

DROPPED = 0  # the status of a call whose connection was closed without a reply


@dataclass(slots=True)
class Call:
    """A call. `status` is None while in flight, 0 when no reply was sent; `mono` is in seconds."""

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
        """Answered and open calls newer than number `after`, oldest first, at most the newest `limit`.

        `wanted` filters by equal fields; None does not filter.
        """
        filters = [(name, value) for name, value in wanted.items() if value is not None]
        newest = islice(reversed(self._calls), max(0, self.n - after))
        hits = (call for call in newest if all(getattr(call, name) == value for name, value in filters))
        return [_row(call) for call in islice(hits, limit)][::-1]


def _row(call: Call) -> Json:
    return {name: getattr(call, name) for name in Call.__slots__}


def as_number(value: Any) -> Any:
    """The whole number in a text, else the value unchanged."""
    try:
        return int(value) if isinstance(value, str) else value
    except ValueError:
        return value


class Feed:
    """The newest `cap` events, each with `seq`, `kind` and `chat_id` (None: of no chat)."""

    def __init__(self, cap: int = 50_000) -> None:
        self.seq = 0
        self.signal = Signal()
        self._events: deque[Json] = deque(maxlen=cap)

    def publish(self, kind: str, chat_id: int | None, **what: Any) -> int:
        """The seq of the event, added; readers wake."""
        self.seq += 1
        self._events.append({"seq": self.seq, "kind": kind, "chat_id": chat_id, **what})
        self.signal.fire()
        return self.seq

    def after(self, seq: int, chat_id: int | None = None, kinds: Collection[str] = ()) -> list[Json]:
        """Events newer than `seq`, oldest first; only of `chat_id` and `kinds` when given."""
        newest = islice(reversed(self._events), max(0, self.seq - seq))
        return [
            event
            for event in newest
            if (chat_id is None or event["chat_id"] == chat_id) and (not kinds or event["kind"] in kinds)
        ][::-1]
