"""A text of the platform beside the editions: a digest in our own words, whose points answer topics of the editions."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from rules.requirements import Frozen, Texts

MOST_POINTS = 2
"""So many points are said to a question at most."""
COLON = "\uff1a"
"""Stands in an advice between the page and what to look at there."""
DEFAULT_ADVICE = "default"
"""The name of the advice on a score without an advice of its own."""


class Point(Frozen):
    """What the text says of one matter. `text`: our own words, at most a few short sentences.

    `topics`: of the editions, answered by the point whatever is asked of them. `points_of`: topics answered by the
    point only where one of `points` (`rules/understanding/points.toml`) is asked. `source_name`: where the point is
    from, "" for the text's own source.
    """

    id: str
    text: str
    topics: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    points_of: tuple[str, ...] = ()
    source_name: str = ""


class OtherText(Frozen):
    """A text of the platform that is no edition: nothing is judged by it, and it is never quoted.

    `published`: the day of the announcement. `confidence`: how sure it is, in a few words. `advice`: what to look at
    when a score is low, by the score's fact, else `DEFAULT_ADVICE`.
    """

    name: str
    title: str
    published: date
    held_from: date
    wording: Literal["digest"]
    source_name: str
    source_url: str = ""
    checked: date
    confidence: str
    scale_name: str
    advice: Texts = Field(default={}, validate_default=True)
    points: tuple[Point, ...] = Field(alias="point")

    @property
    def span(self) -> str:
        """The days in force as far as known, as for an edition."""
        return f"from {self.held_from} on"

    def on(self, topic: str, asked: Sequence[str]) -> tuple[Point, ...]:
        """What answers the topic: the first of what is asked exactly that has an answer, else the topic in general."""
        general = tuple(point for point in self.points if topic in point.topics)
        exact = (self._exactly(topic, one) for one in asked)
        return next(filter(None, exact), general)[:MOST_POINTS]

    def _exactly(self, topic: str, asked: str) -> tuple[Point, ...]:
        return tuple(point for point in self.points if topic in point.points_of and asked in point.points)

    def advice_on(self, fact: str) -> str:
        """What to look at when this score is low; "" where the text has no advice."""
        return self.advice.get(fact, self.advice.get(DEFAULT_ADVICE, ""))
