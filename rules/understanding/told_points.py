"""What exactly a question asks of a topic (要不要申请, 周末查不查), and the topic that answers it. Words in `points.toml`."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from typing import Final

from rules.reading import AnswerKind, Reading
from rules.understanding.tables import load

NOTHING_READ: Final = "none"
_UNREAD: Final = (AnswerKind.OUT_OF_SCOPE, AnswerKind.CHOICES)


def points(text: str) -> tuple[str, ...]:
    """The points that a text in one writing asks, in the order of the file; "any" last where yes or no is asked."""
    return tuple(_points(text))


def _points(text: str) -> Iterator[str]:
    for name, words in _compiled("open").items():
        if words.search(text):
            yield name
    if _compiled("kind")["yes_no"].search(text):
        yield from (name for name, words in _compiled("asked").items() if words.search(text))


def topic_of_points(asked: Sequence[str], reading: Reading) -> str | None:
    """The topic to answer instead of the reading; None where the reading stands."""
    for name in asked:
        move = load("points.toml")["moves"].get(name)
        if move and _read(reading) <= set(move["from"].split()):
            return str(move["to"])
    return None


def _read(reading: Reading) -> Set[str]:
    """The topics read; `NOTHING_READ` for a text that nothing answers, unless it is of something else."""
    topics = {part.topic for part in reading.parts}
    if reading.kind in _UNREAD and not topics:
        return {NOTHING_READ}
    return topics


@cache
def _compiled(table: str) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(re.sub(r"\n\s*", "", words)) for name, words in load("points.toml")[table].items()}
