"""The order and the instants of calls (pure: time is handed in, in seconds of a monotonic clock).

Replies go before warnings, warnings before bulk; each tenth turn is for the others even so, that nothing starves.
A chat has a single call under way. Messages into a chat are paced: replies may come in a short burst, warnings and bulk
may not. All calls together keep to an even pace, and when the server is in trouble nobody calls (`trouble`).

Pacing is by the instant at which the next call is due ("generic cell rate"): a number for each chat. A call may begin
later than planned or travel longer than the next call; so `LastSecond` bounds the number of all calls too.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bot.delivery.channel import Limits, Outgoing
from bot.delivery.trouble import Trouble
from storage.outbox import Lane
from storage.sending import NextMessage

EARLY_S: Final = 0.005
"""How much too early a call may be planned, so that a look a little before its instant is not in vain."""

SECOND_S: Final = 1.03
"""A second, and a little for what two calls differ by on their way."""

LONGEST_WAY_S: Final = 1.0
"""A call is thought to reach the server within this time, also when the answer comes later."""

OTHERS_AFTER: Final = 9
"""So many replies in a row, then one of another lane."""

FLOODED_CHATS: Final = 5
"""So many chats in a row told to wait: the limit is that of all chats."""

LONGEST_HOLD_S: Final = 60.0
"""So long all chats wait at most for some that are told to wait for hours."""


class Turn(NamedTuple):
    """A message to send now or soon. `at`: the instant of the call."""

    message: NextMessage
    at: float


class LastSecond:
    """Instants at which calls of the last second reached the server; another call begins when fewer than `most` did.

    A call without an answer counts from the call's beginning. An answered call counts from the answer's instant, less
    the shortest time between call and answer: calls that were held up together and arrive together are followed by few.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._reached_at: list[float] = []
        self._quickest_s = float("inf")

    def begin(self, now: float) -> None:
        """A call begins."""
        while self._reached_at and self._reached_at[0] <= now - SECOND_S:
            del self._reached_at[0]
        insort(self._reached_at, now)

    def answered(self, began_at: float, now: float) -> None:
        """The answer to the call of `began_at` is here."""
        took_s = now - began_at
        self._quickest_s = min(took_s, self._quickest_s * 1.01)  # a way that has become longer is believed in time
        place = bisect_left(self._reached_at, began_at)
        if self._reached_at[place : place + 1] == [began_at]:
            del self._reached_at[place]
        insort(self._reached_at, began_at + min(took_s - self._quickest_s, LONGEST_WAY_S))

    def has_room_at(self, planned: int) -> float:
        """The instant from which a call beyond the `planned` calls may begin; infinity if no place is left."""
        too_many = len(self._reached_at) + planned - self._most
        if too_many < 0:
            return 0.0
        return self._reached_at[too_many] + SECOND_S if too_many < len(self._reached_at) else float("inf")


class Lanes:
    """Calls under way and instants of the next calls, of all chats of a process."""

    def __init__(self, limits: Limits, slots: int) -> None:
        self._limits = limits
        self._slots = slots
        self._busy: set[int] = set()
        self._calls = 0
        self._planned: set[int] = set()
        self._last_second = LastSecond(int(limits.per_second) + 1)
        self._next_at = 0.0
        self._chat_next_at: dict[int, float] = {}
        self._replies_in_a_row = 0
        self._trouble = Trouble()
        self._flooded: set[int] = set()
        self._held_until = 0.0

    @property
    def free_slots(self) -> int:
        """How many more calls may be under way."""
        return self._trouble.slots(self._slots) - self._calls

    @property
    def is_server_in_trouble(self) -> bool:
        """Whether the server as a whole is in trouble."""
        return self._trouble.is_on

    def is_server_to_be_asked(self, now: float) -> bool:
        """Whether it is time to ask the network itself."""
        return self._trouble.is_to_be_asked(now)

    def plan(self, waiting: Sequence[NextMessage], now: float, ahead_s: float = 0.0) -> list[Turn]:
        """The turns within `ahead_s` seconds, in order; the messages count as under way."""
        planned = []
        for message in self._by_turn(waiting):
            if self.free_slots <= 0:
                break
            ready_at = self._ready_at(message)
            if ready_at <= now + ahead_s:
                at = max(now, ready_at)
                self.start(message, at)
                planned.append(Turn(message, at))
        return planned

    def may_start(self, message: Outgoing, now: float) -> bool:
        """Whether the message's call may begin at once."""
        return self.free_slots > 0 and self._ready_at(message) <= now

    def start(self, message: Outgoing, now: float) -> None:
        """The message's call is to begin at the instant `now`."""
        self._calls += 1
        if not message.in_order:
            return
        chat_id = message.chat_id
        self._busy.add(chat_id)
        self._planned.add(chat_id)
        self._next_at = max(now, self._next_at) + 1 / self._limits.per_second
        self._replies_in_a_row = self._replies_in_a_row + 1 if message.lane is Lane.REPLY else 0
        if self._limits.counts(message):
            interval_s = self._limits.interval_s(chat_id)
            self._chat_next_at[chat_id] = max(now, self._chat_next_at.get(chat_id, 0.0)) + interval_s
        if len(self._chat_next_at) > 10_000:
            self._chat_next_at = {chat: at for chat, at in self._chat_next_at.items() if at > now}

    def begin(self, message: Outgoing, now: float) -> None:
        """The message's call begins, at the planned instant or later."""
        if message.in_order:
            self._planned.discard(message.chat_id)
            self._last_second.begin(now)

    def answered(self, message: Outgoing, began_at: float, now: float) -> None:
        """The message's call of `began_at` took effect, and the answer is here."""
        if message.in_order:
            self._last_second.answered(began_at, now)

    @property
    def next_at(self) -> float:
        """The instant of the next call of all."""
        return self._next_at

    def chat_next_at(self, chat_id: int) -> float:
        """The instant of the chat's next message, bursts aside."""
        return self._chat_next_at.get(chat_id, 0.0)

    def adopt(self, next_at: float, chats: Mapping[int, float]) -> None:
        """Take over the instants of the next call of all, and of each chat, from other processes."""
        self._next_at = next_at
        self._chat_next_at.update(chats)

    def finish(self, message: Outgoing) -> None:
        """Free the message's chat: the call's result is on disk, or the planned turn is not called."""
        self._calls -= 1
        if message.in_order:
            self._busy.discard(message.chat_id)
            self._planned.discard(message.chat_id)

    def succeeded(self) -> bool:
        """The server answered well; whether that ends the trouble of several chats."""
        self._flooded.clear()
        return self._trouble.answered()

    def heard(self) -> bool:
        """The server answered with a refusal; whether that ends the trouble of several chats."""
        return self._trouble.answered()

    def troubled(self, chat_id: int, now: float) -> None:
        """The server could not be reached, or is in trouble."""
        self._trouble.failed(chat_id, now)

    def asked(self, is_well: bool, now: float) -> None:
        """The network itself answered well, or not."""
        self._trouble.asked(is_well, now)

    def flooded(self, chat_id: int, wait_s: float, now: float) -> None:
        """The network told the chat to wait; after many such chats everybody waits."""
        self._flooded.add(chat_id)
        if len(self._flooded) >= FLOODED_CHATS:
            self._held_until = max(self._held_until, now + min(wait_s, LONGEST_HOLD_S))

    def next_ready_at(self, waiting: Iterable[NextMessage]) -> float | None:
        """The instant of the first call among `waiting`, None when all wait for a call to end."""
        times = [self._ready_at(message) for message in waiting]
        return min((at for at in times if at != float("inf")), default=None)

    def _by_turn(self, waiting: Sequence[NextMessage]) -> Iterator[NextMessage]:
        others_turn = self._replies_in_a_row >= OTHERS_AFTER
        if others_turn:
            yield from [message for message in waiting if message.lane is not Lane.REPLY]
        yield from [message for message in waiting if not (others_turn and message.lane is not Lane.REPLY)]

    def _ready_at(self, message: Outgoing) -> float:
        """The instant of the message's call at the earliest; infinity while the chat has a call under way."""
        if not message.in_order:
            return self._held_until
        chat_id = message.chat_id
        if chat_id in self._busy:
            return float("inf")
        at = max(self._held_until, self._next_at - EARLY_S, self._last_second.has_room_at(len(self._planned)))
        if not self._limits.counts(message):
            return at
        is_reply = message.lane is Lane.REPLY
        early_s = (self._limits.burst - 1) * self._limits.interval_s(chat_id) if is_reply else 0.0
        return max(at, self._chat_next_at.get(chat_id, 0.0) - early_s)
