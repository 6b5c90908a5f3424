"""Whether the server as a whole is in trouble, and who may call then (pure: time is handed in, in seconds).

well    everybody calls
away    after some failures in a row nobody calls: the network itself is asked (`Channel.probe`), and asked again later
tried   the network answered: one message at a time, until one is answered, then all is well; or it fails, then away

So while the server is away no message is called, none grows older, and no repeats are made.
"""

from typing import Final

FAILURES: Final = 3
"""So many failures of the server in a row are trouble."""

LONGEST_WAIT_S: Final = 10.0


class Trouble:
    """The state of a server."""

    def __init__(self) -> None:
        self._failures = 0
        self._chats: set[int] = set()
        self._asked_at = 0.0
        self._is_tried = False

    @property
    def is_on(self) -> bool:
        """Whether the server is in trouble."""
        return self._failures >= FAILURES

    def slots(self, usual: int) -> int:
        """How many calls may be under way; `usual`: when all is well."""
        if not self.is_on:
            return usual
        return 1 if self._is_tried else 0

    def failed(self, chat_id: int, now: float) -> None:
        """The server could not be reached, or did not answer."""
        if now >= self._asked_at:  # else this call began before the others failed
            self._chats.add(chat_id)
            self._count(now)

    def answered(self) -> bool:
        """The server answered a call; whether that ends the trouble of several chats."""
        was_general = self.is_on and len(self._chats) > 1
        self._failures, self._is_tried = 0, False
        self._chats.clear()
        return was_general

    def is_to_be_asked(self, now: float) -> bool:
        """Whether it is time to ask the network itself."""
        return self.is_on and not self._is_tried and now >= self._asked_at

    def asked(self, is_well: bool, now: float) -> None:
        """The network itself answered well, or not."""
        if is_well:
            self._is_tried = True
        else:
            self._count(now)

    def _count(self, now: float) -> None:
        self._failures += 1
        if self.is_on:
            self._is_tried = False
            self._asked_at = now + min(LONGEST_WAIT_S, 2.0 ** min(self._failures - FAILURES, 10))
