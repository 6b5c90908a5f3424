"""What the delivery needs of a network that messages go out by. Telegram is one: `bot.telegram.telegram_channel`.

A second one is a folder of its own with such an object, its name in the column `outbox.channel`, and a `Sender` more in
`compose`.
"""

from dataclasses import dataclass
from typing import Protocol

from bot.delivery.call_result import CallResult
from storage.outbox import Message
from storage.sending import LeasedMessage, Methods, NextMessage

Outgoing = Message | NextMessage | LeasedMessage
"""A message on its way: about to be put into the outbox, waiting there, or leased."""


@dataclass(frozen=True)
class Limits:
    """What the network tolerates: calls a second, seconds between messages of a chat, messages a minute in a group.

    `burst`: so many replies may come one right after another. `counted`: how the methods begin that put a message into
    the chat. A group's chat has a negative number.
    """

    per_second: float
    chat_interval_s: float
    group_per_minute: int
    burst: int
    counted: tuple[str, ...]

    def interval_s(self, chat_id: int) -> float:
        """Seconds between two messages; so that a burst of replies fits into a group's minute too."""
        return 60.0 / (self.group_per_minute - self.burst) if chat_id < 0 else self.chat_interval_s

    def counts(self, message: Outgoing) -> bool:
        """Whether this call counts as a message of its chat: what puts nothing into the chat does not."""
        return message.in_order and message.method.startswith(self.counted)


class Channel(Protocol):
    """`methods`: the name in the outbox, and what the channel's methods do."""

    @property
    def methods(self) -> Methods: ...

    @property
    def limits(self) -> Limits: ...

    async def send(self, message: LeasedMessage) -> CallResult:
        """Make the call. A failure is a result, not an error: the channel says what it means."""
