"""A clock with minutes as short as moments."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock


class FastClock(SystemClock):
    """A clock `speed` times as fast as the real clock."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._began = time.monotonic()
        self._at = datetime.now(UTC)

    def now(self) -> datetime:
        return self._at + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._began) * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        await super().wait(event, seconds / self.speed)
