"""How long the intake waits after failures (pure)."""

from random import Random
from typing import Final

LONGEST_PAUSE_S: Final = 30.0


def pause_s(failures: int, random: Random) -> float:
    """Seconds to wait after this many failures in a row, at least one.

    Half a second, doubled by each further failure, at most 30 s; then up to a fifth less, so that replicas spread.
    """
    longest = min(LONGEST_PAUSE_S, 0.5 * 2.0 ** min(failures - 1, 10))
    return longest * (1 - 0.2 * random.random())
