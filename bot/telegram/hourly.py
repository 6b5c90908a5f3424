"""What is told to operators once, and again each hour as long as it lasts."""

from typing import Final

from bot.clock import Clock

AGAIN_S: Final = 3600.0


class Hourly:
    """Remembers when each thing was told last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[str, float] = {}

    def is_due(self, what: str) -> bool:
        """Whether `what` is to be told now; then it counts as told."""
        now = self._clock.monotonic()
        if now - self._told.get(what, now - AGAIN_S) < AGAIN_S:
            return False
        self._told[what] = now
        return True

    def forget(self, what: str) -> bool:
        """`what` is over; whether it was ever told."""
        return self._told.pop(what, None) is not None
