"""How long a message is tried, and how soon again: by its age since the first call, never by a count of calls.

A message that the server as a whole keeps from going out grows no older (see `bot.delivery.trouble`). One whose answers
get lost while others are answered waits twice as long each time, five minutes at most at first and later a quarter of
its age: each call may put one more copy into the chat.
"""

from collections.abc import Mapping
from typing import Final

from storage.outbox import Lane
from storage.sending import LeasedMessage

HOUR_S: Final = 3600

LONGEST_S: Final[Mapping[Lane, int]] = {Lane.REPLY: 12 * HOUR_S, Lane.WARNING: 3 * 24 * HOUR_S, Lane.BULK: 24 * HOUR_S}
"""After so long a message is set aside and the operators are told: nobody waits for the answer of half a day ago."""

LONG_S: Final = 300.0
"""The longest wait of a chat for an answer; a message alone may wait longer."""

_MOST_DOUBLINGS: Final = 20


def age_s(message: LeasedMessage, now_ms: int) -> float:
    """Seconds since the first call that reached the network."""
    return max(0, now_ms - (message.called_at or now_ms)) / 1000


def is_over(message: LeasedMessage, now_ms: int) -> bool:
    """Whether the message was tried long enough."""
    return age_s(message, now_ms) >= LONGEST_S[message.lane]


def wait_s(message: LeasedMessage, now_ms: int) -> float:
    """Seconds until a message without an answer is called again."""
    doubled = 2.0 ** min(message.tries - 1, _MOST_DOUBLINGS)
    return min(doubled, max(LONG_S, age_s(message, now_ms) / 4))
