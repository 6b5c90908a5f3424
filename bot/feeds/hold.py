"""What is held until an operator says yes: rows that would alarm many, or whose scores look like another scale."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Edition, Fact
from rules.lines import hundredths
from storage import score_files
from storage.daily_check import new_closings
from storage.score_files import Incoming, Spread

CLOSED_AT_LEAST: Final = 3
CLOSED_SHARE: Final = 5
"""More than one in so many of the known shops."""

LOWEST_PART: Final = Decimal("0.05")
"""So far up the scale almost no shop's score is; the whole of a scale of 5 is there on a scale of 100."""

RATIO_MOST: Final = hundredths(Decimal(1))
"""Shares of 1 are no more than this."""

NAMED: Final = 5


class Why(StrEnum):
    CLOSINGS = "closings"
    SCALE = "scale"


@dataclass(frozen=True)
class Hold:
    """`count` of `of`: known shops that would newly close, or scores of `fact` that look like another scale.

    `shops`: names or ids of the first few.
    """

    why: Why
    count: int
    of: int
    shops: tuple[str, ...]
    fact: Fact | None = None


async def why_held(conn: AsyncConnection, edition: Edition, incoming: Incoming, today: date) -> Hold | None:
    """Why the staged rows are held, None when they may be stored. Fills `closers`, see `new_closings`."""
    newly = await new_closings.find(conn, edition, incoming)
    return await _other_scale(conn, edition, incoming) or (await _many_closings(conn, today) if newly else None)


async def _other_scale(conn: AsyncConnection, edition: Edition, incoming: Incoming) -> Hold | None:
    """The first score that looks like another scale; rows that change nothing are never held."""
    for number, fact in enumerate(edition.scores):
        low = suspicious_up_to(fact)
        spread = await score_files.spread(conn, number, low)
        if not looks_foreign(spread):
            continue
        would = await score_files.compare(conn, incoming)
        if would.new or would.corrected:
            named = await score_files.first_below(conn, number, max(low, RATIO_MOST), NAMED)
            return Hold(Why.SCALE, spread.low, spread.count, named, fact)
    return None


def suspicious_up_to(fact: Fact) -> int:
    """Hundredths: a score no higher may be one of another scale."""
    return max(RATIO_MOST, hundredths((fact.highest or Decimal(0)) * LOWEST_PART))


def looks_foreign(spread: Spread) -> bool:
    """Whether the scores of a column are not of the scale: shares of 1 all of them, or most of a smaller scale."""
    if spread.highest is None:
        return False
    return spread.highest <= RATIO_MOST or spread.count < 2 * spread.low


async def _many_closings(conn: AsyncConnection, today: date) -> Hold | None:
    count, known = await new_closings.count_of_day(conn, today)
    if count < CLOSED_AT_LEAST or count * CLOSED_SHARE <= known:
        return None
    return Hold(Why.CLOSINGS, count, known, await new_closings.first_names(conn, NAMED))
