"""What became of a call, in words that hold for every channel.

| fate       | did the call take effect? | then                                                                    |
|------------|---------------------------|-------------------------------------------------------------------------|
| DONE       | yes, or there was nothing to do | counts as sent                                                    |
| PAUSED     | no                        | this chat waits as long as the network says                             |
| UNREACHED  | no                        | everything waits a little: the server was not reached or the token refused |
| UNKNOWN    | nobody knows              | repeated, and the repeat says so                                        |
| GONE       | no                        | the chat is silent until it speaks again                                |
| MOVED      | no                        | once more, to the chat's new id                                         |
| AS_NEW     | no                        | what it edits is gone: sent as a message of its own                     |
| DROPPED    | no                        | of no use any more                                                      |
| REJECTED   | no                        | dead letter: an operator must look                                      |
"""

from dataclasses import dataclass
from enum import Enum, auto

from storage.sending import LeasedMessage


class Fate(Enum):
    """What becomes of a message whose call failed."""

    DONE = auto()
    PAUSED = auto()
    UNREACHED = auto()
    UNKNOWN = auto()
    GONE = auto()
    MOVED = auto()
    AS_NEW = auto()
    DROPPED = auto()
    REJECTED = auto()


@dataclass(frozen=True)
class Failure:
    """`wait_s` before the chat is called again (PAUSED, UNREACHED, UNKNOWN); `new_id` of a chat that MOVED."""

    fate: Fate
    why: str
    wait_s: float = 0.0
    new_id: int = 0
    is_of_the_server: bool = False
    """True when other chats would fare the same just now."""


@dataclass(frozen=True)
class CallResult:
    """`message_id`: the network's own, of what was sent. `failure` None: the call took effect."""

    message: LeasedMessage
    message_id: int | None = None
    failure: Failure | None = None

    @property
    def is_good(self) -> bool:
        """Whether there is nothing more to do about the message."""
        return self.failure is None or self.failure.fate is Fate.DONE
