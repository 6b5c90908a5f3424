"""The figures of the feeds, counted anew only now and then: counting reads a row of every shop."""

from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import monitored
from storage.monitored import Fed

KEPT_MS: Final = 300_000


class FeedFigures:
    """Keeps the last count for `KEPT_MS`."""

    def __init__(self) -> None:
        self._kept: tuple[int, Fed] | None = None

    async def at(self, conn: AsyncConnection, today: date, now_ms: int) -> Fed:
        """The figures as of `now_ms` or a little before. Raises the database's errors."""
        if self._kept is None or now_ms - self._kept[0] > KEPT_MS:
            self._kept = now_ms, await monitored.fed(conn, today, now_ms)
        return self._kept[1]
