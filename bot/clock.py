"""Time, handed in by `compose`, so that in a test hours pass in a moment."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from storage.instants import epoch_ms


class Clock(Protocol):
    """`now` is aware UTC; `monotonic` is in seconds and never steps back."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Return when the event is set or the time is over, whichever comes first."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        if seconds <= 0 or event.is_set():
            return
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return


def milliseconds(clock: Clock) -> int:
    """Epoch milliseconds of now."""
    return epoch_ms(clock.now())
