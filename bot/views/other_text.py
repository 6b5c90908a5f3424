"""What another text of the platform says where the edition that answers leaves a question open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.edition import Catalogue
from rules.other_text import MOST_POINTS, OtherText, Point
from rules.reading import AnswerKind, Reading

ANSWERED = (AnswerKind.ANSWER, AnswerKind.NOT_COVERED)


@dataclass(frozen=True)
class TextTold:
    """The points of a text that answer a question, as few as will do."""

    text: OtherText
    points: tuple[Point, ...]

    @property
    def is_of_text(self) -> bool:
        """Whether a point is from the text itself."""
        return not all(point.source_name for point in self.points)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the points are from, each source once."""
        return tuple(dict.fromkeys(point.source_name or self.text.source_name for point in self.points))


def told_by_text(catalogue: Catalogue, reading: Reading) -> TextTold | None:
    """What the first text with an answer says to the question; None where no text has one."""
    if reading.kind not in ANSWERED:
        return None
    topics = [part.topic for part in reading.parts]
    told = (TextTold(text, _points(text, topics, reading.said.points)) for text in catalogue.texts)
    return next((one for one in told if one.points), None)


def _points(text: OtherText, topics: Iterable[str], asked: Sequence[str]) -> tuple[Point, ...]:
    """The points on the topics, each once."""
    found = dict.fromkeys(point.id for topic in topics for point in text.on(topic, asked))
    return tuple(point for point in text.points if point.id in found)[:MOST_POINTS]
