"""Waiting without polling: sleepers wake when somebody fires the signal."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Signal:
    """Wakes all sleepers; firing costs next to nothing while nobody sleeps."""

    def __init__(self) -> None:
        self._sleepers: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        """Wake all sleepers."""
        for sleeper in self._sleepers:
            if not sleeper.done():
                sleeper.set_result(None)

    async def wait(self, timeout_s: float) -> None:
        """Return when fired, or after `timeout_s` seconds."""
        sleeper = asyncio.get_running_loop().create_future()
        self._sleepers.add(sleeper)
        try:
            await asyncio.wait((sleeper,), timeout=timeout_s)
        finally:
            self._sleepers.discard(sleeper)

    async def until(self, look: Callable[[], T], timeout_s: float) -> T:
        """The first result of `look` that is not empty, else the empty result after `timeout_s`."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout_s
        while not (found := look()) and (left := deadline - clock()) > 0:
            await self.wait(left)
        return found
