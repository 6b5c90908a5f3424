"""Long polling: an update is confirmed to Telegram by the poll that follows the update's commit, never before.

Update ids can fall after an idle week, so update ids are never compared: the inbox knows repeated updates by the row's
key, and an empty answer ends the confirming: the next poll asks for all waiting updates.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, TypeVar

import structlog

from bot.clock import Clock
from bot.telegram.api import Api
from bot.telegram.arrival import Takes, arrivals, is_of_use
from bot.telegram.conflicts import Conflicts
from bot.telegram.errors import Conflict, InvalidToken, TelegramError, TooManyRequestsError, UnreachableError
from bot.telegram.updates import update_id_of
from storage.inbox import Arrival

POLL_S: Final = 25
"""How long Telegram holds a poll open. A hung poll is given up 4 s later: polling resumes within 35 s of any fault."""

GRACE_S: Final = 4.0
SHORTEST_TURN_S: Final = 0.5
"""The wait after a poll that brought updates of which none can be confirmed: at most two polls a second."""

LONGEST_PAUSE_S: Final = 30.0
REFUSALS_AT_START: Final = 3
KINDS: Final = ("message", "edited_message", "callback_query", "my_chat_member")

T = TypeVar("T")
Receive = Callable[[Sequence[Arrival]], Awaitable[int]]
"""Returns when the updates are on disk: how many were new. Raises when they are not."""

log = structlog.get_logger(__name__)


class TokenRefusedError(Exception):
    """Telegram does not know the bot's token."""


@dataclass(eq=False, repr=False)
class Poller:
    """Takes updates from Telegram and gives them to `receive`, but for those that `takes` leaves out."""

    api: Api
    receive: Receive
    clock: Clock
    random: Random
    poll_s: int = POLL_S
    takes: Takes = is_of_use
    conflicts: Conflicts = field(init=False)
    _offset: int | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)
    _has_worked: bool = field(default=False, init=False)
    _is_calling: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.conflicts = Conflicts(self.api, self.clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set. Raises TokenRefusedError when the very first polls are refused for the token."""
        polling = asyncio.create_task(self._loop(stop))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({polling, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if self._is_calling:
                polling.cancel()
            await asyncio.wait({polling})
        finally:
            stopped.cancel()
            polling.cancel()
        if not polling.cancelled():
            polling.result()

    async def _loop(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            wait_s = await self._turn()
            if wait_s:
                await self.clock.wait(stop, wait_s)

    async def _turn(self) -> float:
        """Seconds to wait between a poll and the next."""
        try:
            updates = await self._poll()
        except TelegramError as error:
            self._offset = None  # who answers next may be another server, with other numbers: nothing is confirmed
            return await self._after(error)
        except Exception as error:
            self._offset = None
            log.error("poll failed", error=type(error).__name__)
            return self._pause_s()
        self._failures, self._has_worked = 0, True
        self.conflicts.polled()
        try:
            return await self.take(updates)
        except Exception as error:  # the database: nothing is confirmed, so everything comes again
            log.error("updates not stored", error=type(error).__name__)
            return self._pause_s()

    async def _poll(self) -> Any:
        payload: dict[str, Any] = {"timeout": self.poll_s, "allowed_updates": KINDS}
        if self._offset is not None:
            payload["offset"] = self._offset
        return await self._interruptible(self.api.call("getUpdates", payload, self.poll_s + GRACE_S))

    async def _interruptible(self, call: Awaitable[T]) -> T:
        """What the call gives; it is not waited for when the poller is told to stop."""
        self._is_calling = True
        try:
            return await call
        finally:
            self._is_calling = False

    async def take(self, updates: Any) -> float:
        """Seconds to wait before the next poll, which confirms the updates; the updates are on disk by then."""
        if not isinstance(updates, list):
            log.warning("getUpdates answered no list")
            return self._pause_s()
        if taken := arrivals(updates, self.takes):
            await self.receive(taken)
            await asyncio.sleep(0)  # the answers set out before the next poll does
        ids = [found for found in map(update_id_of, updates) if found is not None]
        self._offset = max(ids) + 1 if ids else None
        return SHORTEST_TURN_S if updates and not ids else 0.0

    async def _after(self, error: TelegramError) -> float:
        """Seconds to wait after the failed poll. Raises TokenRefusedError."""
        wait_s = self._pause_s()
        if isinstance(error, InvalidToken) and not self._has_worked and self._failures >= REFUSALS_AT_START:
            raise TokenRefusedError("Telegram does not know this bot token") from None
        if isinstance(error, Conflict):
            await self._interruptible(self.conflicts.met())
        else:
            why = {"why": error.message} if isinstance(error, UnreachableError) else {}  # our own words
            log.warning("poll failed", error=type(error).__name__, failures=self._failures, **why)
        asked_s = error.seconds if isinstance(error, TooManyRequestsError) else 0.0
        return max(wait_s, min(asked_s, LONGEST_PAUSE_S))

    def _pause_s(self) -> float:
        """Seconds to wait after a further failure in a row."""
        self._failures += 1
        return pause_s(self._failures, self.random)


def pause_s(failures: int, random: Random) -> float:
    """Seconds to wait after `failures` in a row, from 1.

    Half a second, doubled by each further failure, at most 30 s; then up to a fifth less, so that replicas spread.
    """
    longest = min(LONGEST_PAUSE_S, 0.5 * 2.0 ** min(failures - 1, 10))
    return longest * (1 - 0.2 * random.random())
