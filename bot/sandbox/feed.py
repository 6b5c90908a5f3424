"""The feed of what a person could see happen: messages, edits, answers, chats. Numbered from 1."""

from collections import deque
from collections.abc import Collection
from itertools import islice
from typing import Any

from bot.sandbox.refusals import Json
from bot.sandbox.signals import Signal


class Feed:
    """The newest `cap` events, each with its `seq`, `kind` and (but for global ones) `chat_id`."""

    def __init__(self, cap: int = 50_000) -> None:
        self.seq = 0
        self.signal = Signal()
        self._events: deque[Json] = deque(maxlen=cap)

    def publish(self, kind: str, chat_id: int | None, **what: Any) -> int:
        """Add one event and wake the readers; the event's seq."""
        self.seq += 1
        self._events.append({"seq": self.seq, "kind": kind, "chat_id": chat_id, **what})
        self.signal.fire()
        return self.seq

    def after(self, seq: int, chat_id: int | None = None, kinds: Collection[str] = ()) -> list[Json]:
        """Events newer than `seq`, oldest first; of one chat and of some kinds when given."""
        newest = islice(reversed(self._events), max(0, self.seq - seq))
        return [
            event
            for event in newest
            if (chat_id is None or event["chat_id"] == chat_id) and (not kinds or event["kind"] in kinds)
        ][::-1]
