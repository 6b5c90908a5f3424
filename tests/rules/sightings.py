"""Rows of scores in a follower's watch, day after day, and the decision on each."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from rules.edition import Edition
from rules.reasons import Reason
from rules.watch import why_tell
from rules.watch_state import Decision, Frequency, Sighting, Wishes
from tests.packaged import FIVE_POINTS

DAY = date(2022, 10, 10)
DAILY, ON_CHANGE = Wishes(), Wishes(Frequency.ON_CHANGE)


def row(day: int, score: str, late: int = 0, **known: object) -> Sighting:
    """The row of so many days after the first, seen so many days late; `known`: `facts` beside the score, and more."""
    facts = {"score": Decimal(score)} | known.pop("facts", {})  # type: ignore[operator]
    on = DAY + timedelta(day)
    return replace(Sighting(on, on + timedelta(late), facts), **known)  # type: ignore[arg-type]


def decisions(rows: Iterable[Sighting], wishes: Wishes = DAILY, edition: Edition = FIVE_POINTS) -> list[Decision]:
    """The decision on each row, in order."""
    state, found = None, []
    for each in rows:
        found.append(why_tell(state, each, edition, wishes))
        state = found[-1].state
    return found


def reasons(rows: Iterable[Sighting], wishes: Wishes = DAILY, edition: Edition = FIVE_POINTS) -> list[Reason]:
    """The reason of each decision."""
    return [decision.reason for decision in decisions(rows, wishes, edition)]


def told(
    scores: Iterable[str], wishes: Wishes = DAILY, edition: Edition = FIVE_POINTS, **known: object
) -> list[Reason]:
    """The reasons of the messages to a follower with a score a day."""
    rows = (row(day, score, **known) for day, score in enumerate(scores))
    return [reason for reason in reasons(rows, wishes, edition) if reason.is_told]
