"""Where a score is from, and how long a score counts as new: a row a source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Source(StrEnum):
    """Where a score is from."""

    FEED = "feed"
    MERCHANT = "merchant"
    ANSWER = "answer"
    """An answer of a check: never of a score, which is kept as the merchant's."""


@dataclass(frozen=True, slots=True)
class SourceTraits:
    """The traits of every score of a source.

    `is_official`: the platform's own figures, which a merchant's word never replaces and which bring news once a day.
    `stale_after`: after a longer silence the shop counts as silent. `lagging_days`: a row about a day so many days ago
    is no sign of life, however lately the row came. `fresh_days`: how old a row may be for good news, a forecast or a
    reminder.
    """

    is_official: bool
    stale_after: timedelta
    lagging_days: int
    fresh_days: int


SOURCES: Final[Mapping[Source, SourceTraits]] = {
    Source.FEED: SourceTraits(True, stale_after=timedelta(hours=26), lagging_days=3, fresh_days=1),
    Source.MERCHANT: SourceTraits(False, stale_after=timedelta(days=7), lagging_days=7, fresh_days=7),
    Source.ANSWER: SourceTraits(False, stale_after=timedelta(days=7), lagging_days=7, fresh_days=7),
}
