"""Which updates are for the bot. All others are confirmed to Telegram, and leave no trace.

In a group the bot says that it works in private, once an hour, however often its members send commands.
"""

from collections.abc import Callable, Collection
from typing import Final

from bot.clock import Clock
from bot.telegram.arrival import is_of_use
from bot.telegram.hourly import AGAIN_S
from bot.telegram.updates import Incoming, What

MOST_GROUPS: Final = 10_000

_TYPED: Final = (What.TEXT, What.COMMAND, What.MEDIA)


class Addressed:
    """`operators`: chats of which everything is taken. `username`: the bot's own name, "" until it is known."""

    def __init__(self, clock: Clock, operators: Collection[int], username: Callable[[], str]) -> None:
        self._clock = clock
        self._operators = operators
        self._username = username
        self._taken: dict[int, tuple[float, int]] = {}

    def takes(self, incoming: Incoming) -> bool:
        """Whether the update is to be handled."""
        if not is_of_use(incoming) or not self._is_ours(incoming):
            return False
        if incoming.is_private or incoming.chat_id in self._operators or incoming.what not in _TYPED:
            return True
        return incoming.what is What.COMMAND and not incoming.edited and self._is_first(incoming)

    def _is_ours(self, incoming: Incoming) -> bool:
        """Whether a command is for this bot; before its name is known, one with a name is only in private."""
        name = self._username().lower()
        return incoming.addressee in ("", name) or (not name and incoming.is_private)

    def _is_first(self, incoming: Incoming) -> bool:
        """Whether this command is the group's first within an hour; the same one may come again."""
        now = self._clock.monotonic()
        at, update_id = self._taken.get(incoming.chat_id, (now - AGAIN_S, 0))
        if now - at < AGAIN_S and update_id != incoming.update_id:
            return False
        self._taken.pop(incoming.chat_id, None)
        if len(self._taken) >= MOST_GROUPS:
            del self._taken[next(iter(self._taken))]
        self._taken[incoming.chat_id] = (now, incoming.update_id)
        return True
