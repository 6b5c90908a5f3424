"""A network by which messages go out, as the delivery sees the network; `bot.telegram.telegram_channel` is Telegram's.

A second network is a folder with such an object, a name in the column `outbox.channel`, and a `Sender` more in
`compose`.

The fate of a call, in words for every channel:

| fate      | took effect?          | then                                                                      |
|-----------|-----------------------|---------------------------------------------------------------------------|
| DONE      | yes, or nothing to do | counts as sent                                                            |
| PAUSED    | no                    | this chat waits as long as the network says                               |
| UNREACHED | no                    | everything waits: no server was reached, or the token is refused          |
| UNKNOWN   | nobody knows          | repeated, and the repeat says so: no answer, or none of the network's own |
| AGAIN     | no                    | refused in unknown words: once more after a wait of this chat alone       |
| PLAINER   | no                    | sent anew in a plainer form: text for a photo, a new message for an edit  |
| GONE      | no                    | the chat is silent until the person writes again                          |
| UNFOUND   | no                    | as GONE, unless many chats fare so at once: then the fault is not theirs  |
| MOVED     | no                    | once more, to the chat's new id                                           |
| AS_NEW    | no                    | the message to edit is gone: sent as a new message                        |
| DROPPED   | no                    | of no use any more                                                        |
| REJECTED  | no                    | set aside, and an operator is told                                        |
| BROKEN    | nobody knows          | the call could not be made or read: set aside, and an operator is told    |

How long a message is tried is no matter of the channel: the delivery gives up by the message's age.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple, Protocol

from storage.outbox import Message
from storage.sending import LeasedMessage, Methods, NextMessage

Outgoing = Message | NextMessage | LeasedMessage
"""A message on its way: about to be put into the outbox, waiting there, or leased."""


@dataclass(frozen=True)
class Limits:
    """Calls a second, seconds between messages of a chat, messages a minute in a group that the network tolerates.

    `burst`: so many replies may come at once. `counted`: beginnings of the methods that put a message into the chat. A
    group's chat has a negative number.
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
        """Whether the call puts a message into the chat."""
        return message.in_order and message.method.startswith(self.counted)


class Fate(Enum):
    """The fate of a message after a call that failed."""

    DONE = auto()
    PAUSED = auto()
    UNREACHED = auto()
    UNKNOWN = auto()
    AGAIN = auto()
    PLAINER = auto()
    GONE = auto()
    UNFOUND = auto()
    MOVED = auto()
    AS_NEW = auto()
    DROPPED = auto()
    REJECTED = auto()
    BROKEN = auto()


class Plainer(NamedTuple):
    """The plainer form of a call that was refused, as a row of the outbox holds a call."""

    method: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Failure:
    """`wait_s` before the chat is called again (PAUSED, UNREACHED, UNKNOWN, AGAIN); `new_id` of a chat that MOVED.

    `why` can be stored in every database. `plainer`: the form to send anew; there for PLAINER alone.
    """

    fate: Fate
    why: str
    wait_s: float = 0.0
    new_id: int = 0
    plainer: Plainer | None = None

    @property
    def is_of_the_server(self) -> bool:
        """Whether other chats would fare the same just now."""
        return self.fate in (Fate.UNREACHED, Fate.UNKNOWN)


@dataclass(frozen=True)
class CallResult:
    """`message_id`: the network's number of the sent message. `failure` None: the call took effect."""

    message: LeasedMessage
    message_id: int | None = None
    failure: Failure | None = None

    @property
    def is_good(self) -> bool:
        """Whether there is nothing more to do about the message."""
        return self.failure is None or self.failure.fate is Fate.DONE


class Channel(Protocol):
    """`methods`: the channel's name in the outbox, and properties of the channel's methods."""

    @property
    def methods(self) -> Methods: ...

    @property
    def limits(self) -> Limits: ...

    async def send(self, message: LeasedMessage) -> CallResult:
        """The result of the call; a failure is a result too, classified by the channel."""

    async def probe(self) -> bool:
        """Whether the network itself answers, and knows the bot: asked while the server is in trouble; never raises."""
