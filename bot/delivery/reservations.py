"""The short way: replies to an update are leased in the transaction that handles the update, and called right after the
commit.

`reserve` → `write` in the transaction → `launch` after the commit, or `cancel` after a rollback.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock, milliseconds
from bot.delivery.lanes import Lanes
from bot.delivery.under_way import CallsUnderWay
from storage import outbox, sending
from storage.outbox import Lane, Lease, Message
from storage.sending import LeasedMessage


@dataclass
class Reservation:
    """Messages not yet in the outbox: some go at once, the others wait for a turn."""

    at_once: list[Message] = field(default_factory=list)
    later: list[Message] = field(default_factory=list)
    leased: list[LeasedMessage] = field(default_factory=list)


class Reservations:
    """`lease` makes a lease of the process; `wake` tells of messages that wait in the outbox.

    `is_open`: the process sends, and alone. `replies_wait`: a reply waits in the outbox, and later replies behind.
    """

    def __init__(
        self, lanes: Lanes, calls: CallsUnderWay, clock: Clock, lease: Callable[[], Lease], wake: Callable[[], None]
    ) -> None:
        self._lanes = lanes
        self._calls = calls
        self._clock = clock
        self._lease = lease
        self._wake = wake
        self.is_open = False
        self.replies_wait = True

    def reserve(self, messages: Sequence[Message]) -> Reservation:
        """The messages, with turns set aside for those messages that may go at once."""
        now = self._clock.monotonic()
        reservation = Reservation()
        for message in messages:
            goes = self._may_go_at_once(message) and self._lanes.may_start(message, now)
            if goes:
                self._lanes.start(message, now)
            elif message.lane is Lane.REPLY:
                self.replies_wait = True  # before the commit: until the launch another update may be handled
            (reservation.at_once if goes else reservation.later).append(message)
        return reservation

    def _may_go_at_once(self, message: Message) -> bool:
        is_plain_reply = message.lane is Lane.REPLY and message.not_before is None and message.notice_id is None
        return is_plain_reply and self.is_open and not self.replies_wait and outbox.is_writable(message)

    async def write(self, conn: AsyncConnection, reservation: Reservation) -> None:
        """Put the reservation into the outbox, the messages that go at once leased to the process.

        A message that can't be written is set aside there, and keeps no other back.
        """
        now_ms = milliseconds(self._clock)
        numbers = await outbox.enqueue(conn, reservation.at_once, now_ms, self._lease())
        await outbox.enqueue(conn, reservation.later, now_ms)
        leased = [sending.leased(number, one, now_ms) for number, one in zip(numbers, reservation.at_once, strict=True)]
        reservation.leased = await sending.with_targets(conn, leased)

    def launch(self, reservation: Reservation) -> None:
        """Begin the calls: the reservation is on disk."""
        for message in reservation.leased:
            self._calls.start(message)
        if reservation.later:
            self._wake()

    def cancel(self, reservation: Reservation) -> None:
        """Free the turns of a reservation that was rolled back."""
        for message in reservation.at_once:
            self._lanes.finish(message)
