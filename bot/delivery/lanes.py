"""Whose turn it is (pure: time is handed in, in seconds of a monotonic clock).

Replies go before warnings, warnings before bulk; each tenth turn is for the others even so, that nothing starves.
A chat has one call under way. What puts a message into a chat is paced: replies may come in a short burst, warnings
and bulk may not. All calls together keep to an even pace, and when the server is in trouble one call at a time probes.

Pacing is by the instant at which the next one is due ("generic cell rate"): one number a chat, no history.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from storage.outbox import UNORDERED, Lane
from storage.sending import NextMessage

EARLY_S: Final = 0.005
"""How much too early a call may be: at 29 a second no window of one second then has more than 30."""

SHARED: Final = 0.75
"""Of the rate, what several processes keep to together: a call can be late on its own way, and those behind it not."""

SHARED_CHAT: Final = 0.7
"""The same within a chat, where one call that is late is near the next one already."""

OTHERS_AFTER: Final = 9
"""So many replies in a row, then one of another lane."""

SERVER_IN_TROUBLE: Final = 3
"""So many failures of the server in a row stop all but one probing call at a time."""

LONGEST_PROBE_WAIT_S: Final = 15.0
FLOODED_CHATS: Final = 5
"""So many chats in a row told to wait: the limit is that of all chats."""


@dataclass(frozen=True)
class Rates:
    """What Telegram tolerates: calls a second, seconds between messages of a chat, messages a minute in a group."""

    per_second: float = 29.0
    chat_interval_s: float = 1.05
    group_per_minute: int = 20
    burst: int = 3

    def shared(self) -> "Rates":
        """What several processes together keep to."""
        return replace(self, per_second=self.per_second * SHARED, chat_interval_s=self.chat_interval_s / SHARED_CHAT)

    def interval_s(self, chat_id: int) -> float:
        """Seconds between two messages; so that a burst of replies fits into a group's minute too."""
        return 60.0 / (self.group_per_minute - self.burst) if chat_id < 0 else self.chat_interval_s


class Lanes:
    """What is under way and what was lately sent; one for a process."""

    def __init__(self, rates: Rates, slots: int) -> None:
        self._rates = rates
        self._slots = slots
        self._busy: set[int] = set()
        self._calls = 0
        self._next_at = 0.0
        self._chat_next_at: dict[int, float] = {}
        self._replies_in_a_row = 0
        self._troubles = 0
        self._flooded: set[int] = set()
        self._held_until = 0.0

    @property
    def free_slots(self) -> int:
        """How many more calls may be under way."""
        probing = self._troubles >= SERVER_IN_TROUBLE
        return (1 if probing else self._slots) - self._calls

    def pick(self, heads: Sequence[NextMessage], now: float) -> list[NextMessage]:
        """Those that go now, in this order; they count as under way."""
        return [head for head, _ in self.plan(heads, now)]

    def plan(self, heads: Sequence[NextMessage], now: float, ahead_s: float = 0.0) -> list[tuple[NextMessage, float]]:
        """Those whose turn comes within `ahead_s`, each with the instant of its turn; they count as under way."""
        planned = []
        for head in self._by_turn(heads):
            if self.free_slots <= 0:
                break
            ready_at = self._ready_at(head.chat_id, head.lane, head.method)
            if ready_at <= now + ahead_s:
                at = max(now, ready_at)
                self.start(head.chat_id, head.lane, head.method, at)
                planned.append((head, at))
        return planned

    def may_start(self, chat_id: int, lane: Lane, method: str, now: float) -> bool:
        """Whether such a call may begin at once."""
        return self.free_slots > 0 and self._ready_at(chat_id, lane, method) <= now

    def start(self, chat_id: int, lane: Lane, method: str, now: float) -> None:
        """A call begins."""
        self._calls += 1
        if method in UNORDERED:
            return
        self._busy.add(chat_id)
        self._next_at = max(now, self._next_at) + 1 / self._rates.per_second
        self._replies_in_a_row = self._replies_in_a_row + 1 if lane is Lane.REPLY else 0
        if _adds_to_chat(method):
            interval_s = self._rates.interval_s(chat_id)
            self._chat_next_at[chat_id] = max(now, self._chat_next_at.get(chat_id, 0.0)) + interval_s
        if len(self._chat_next_at) > 10_000:
            self._chat_next_at = {chat: at for chat, at in self._chat_next_at.items() if at > now}

    @property
    def next_at(self) -> float:
        """The instant from which the next call of all may go."""
        return self._next_at

    def chat_next_at(self, chat_id: int) -> float:
        """The instant from which the chat's next message may go, bursts aside."""
        return self._chat_next_at.get(chat_id, 0.0)

    def adopt(self, next_at: float, chats: Mapping[int, float]) -> None:
        """What other processes sent: from these instants on the next may go."""
        self._next_at = next_at
        self._chat_next_at.update(chats)

    def finish(self, chat_id: int, method: str) -> None:
        """A call is over and what became of it is on disk."""
        self._calls -= 1
        if method not in UNORDERED:
            self._busy.discard(chat_id)

    def succeeded(self) -> None:
        """The server answered as it should."""
        self._troubles = 0
        self._flooded.clear()

    def troubled(self, now: float) -> None:
        """The server could not be reached, or is in trouble."""
        if now < self._held_until:
            return  # this call began before the others failed
        self._troubles += 1
        if self._troubles >= SERVER_IN_TROUBLE:
            wait_s = min(LONGEST_PROBE_WAIT_S, 2.0 ** min(self._troubles - SERVER_IN_TROUBLE, 10))
            self._held_until = max(self._held_until, now + wait_s)

    def flooded(self, chat_id: int, wait_s: float, now: float) -> None:
        """Telegram told this chat to wait; if it tells everybody so, everybody waits."""
        self._flooded.add(chat_id)
        if len(self._flooded) >= FLOODED_CHATS:
            self._held_until = max(self._held_until, now + wait_s)

    def next_ready_at(self, heads: Iterable[NextMessage]) -> float | None:
        """The instant at which the first of these may go, None when all wait for a call to end."""
        times = [self._ready_at(head.chat_id, head.lane, head.method) for head in heads]
        return min((at for at in times if at != float("inf")), default=None)

    def _by_turn(self, heads: Sequence[NextMessage]) -> Iterator[NextMessage]:
        others_turn = self._replies_in_a_row >= OTHERS_AFTER
        if others_turn:
            yield from [head for head in heads if head.lane is not Lane.REPLY]
        yield from [head for head in heads if not (others_turn and head.lane is not Lane.REPLY)]

    def _ready_at(self, chat_id: int, lane: Lane, method: str) -> float:
        """The instant from which such a call may begin; infinity while its chat has one under way."""
        if method in UNORDERED:
            return self._held_until
        if chat_id in self._busy:
            return float("inf")
        at = max(self._held_until, self._next_at - EARLY_S)
        if not _adds_to_chat(method):
            return at
        early_s = (self._rates.burst - 1) * self._rates.interval_s(chat_id) if lane is Lane.REPLY else 0.0
        return max(at, self._chat_next_at.get(chat_id, 0.0) - early_s)


def _adds_to_chat(method: str) -> bool:
    """Edits and deletions follow a merchant's tap and are not counted as messages."""
    return method.startswith(("send", "forward", "copy")) and method not in UNORDERED
