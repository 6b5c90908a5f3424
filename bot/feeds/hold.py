"""What is held until an operator says yes: rows that would alarm many, whose scores look like another scale, or of
which most can't be taken.
"""

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
from storage.score_files import Incoming

CLOSED_AT_LEAST: Final = 3
CLOSED_SHARE: Final = 5
"""More than one in so many of the known shops."""

LOWEST_PART: Final = Decimal("0.05")
"""So far up the scale almost no shop's score is; the whole of a scale of 5 is there on a scale of 100."""

RATIO_MOST: Final = Decimal(1)
"""Shares of 1, as a percentage comes out of a spreadsheet, are no more than this."""

NAMED: Final = 5


class Why(StrEnum):
    CLOSINGS = "closings"
    SCALE = "scale"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Hold:
    """`count` of `of`: known shops that would newly close, scores of `fact` that look like another scale, or lines
    that are set aside.

    `shops`: names or ids of the first few. `earlier`: other shops that closed by earlier rows of the day.
    """

    why: Why
    count: int
    of: int
    shops: tuple[str, ...]
    fact: Fact | None = None
    earlier: int = 0


async def why_held(conn: AsyncConnection, edition: Edition, incoming: Incoming, today: date) -> Hold | None:
    """Why the staged rows are held, None when they may be stored. Fills `closers`, see `new_closings`."""
    many = await _many_closings(conn, edition, incoming, today)
    return await other_scale(conn, edition, incoming) or many


async def other_scale(conn: AsyncConnection, edition: Edition, incoming: Incoming) -> Hold | None:
    """The first score of which a value looks like another scale, and is news of its shop."""
    for number, fact in enumerate(edition.scores):
        count, named = await score_files.newly_low(conn, incoming, number, suspicious_up_to(fact), NAMED)
        if count:
            return Hold(Why.SCALE, count, await score_files.count_of_score(conn, number), named, fact)
    return None


def mostly_set_aside(taken: int, set_aside: int) -> Hold | None:
    """The hold on a file of which more lines are set aside than taken."""
    return Hold(Why.SET_ASIDE, set_aside, set_aside + taken, ()) if set_aside > taken else None


def suspicious_up_to(fact: Fact) -> int:
    """Hundredths: a score no higher may be one of another scale."""
    return hundredths(max(RATIO_MOST, (fact.highest or Decimal(0)) * LOWEST_PART))


async def _many_closings(conn: AsyncConnection, edition: Edition, incoming: Incoming, today: date) -> Hold | None:
    """Too many shops newly closed, together with those of the day's earlier rows."""
    count = await new_closings.find(conn, edition, incoming)
    earlier = await new_closings.earlier(conn, edition, today) if count else 0
    if not count or count + earlier < CLOSED_AT_LEAST:
        return None
    known = await new_closings.known_shops(conn)
    if (count + earlier) * CLOSED_SHARE <= known:
        return None
    return Hold(Why.CLOSINGS, count, known, await new_closings.first_names(conn, NAMED), earlier=earlier)
