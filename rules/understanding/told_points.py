"""What exactly a question asks of a topic (要不要申请, 周末查不查), and the topic that answers it.

The words are data, in `points.toml`.
"""

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


def asks_yes_or_no(text: str) -> bool:
    """Whether a yes or a no is asked for."""
    return _compiled("kind")["yes_no"].search(text) is not None


def _points(text: str) -> Iterator[str]:
    for name, words in _compiled("open").items():
        if words.search(text):
            yield name
    if asks_yes_or_no(text):
        yield from (name for name, words in _compiled("asked").items() if words.search(text))


def names_of_points() -> Set[str]:
    """The names of all points."""
    known = load("points.toml")
    return {*known["open"], *known["asked"]}


def outweighs(asked: Sequence[str]) -> tuple[str, ...]:
    """The points that are answered even where what is told of the shop could be judged."""
    over = load("points.toml")["kind"]["over"].split()
    return tuple(name for name in asked if name in over)


def topic_of_points(asked: Sequence[str], reading: Reading, *, of_rules: bool) -> str | None:
    """The topic to answer instead of the reading; None where the reading stands. `of_rules`: the rules are named."""
    read = _read(reading)
    for name in asked:
        move = load("points.toml")["moves"].get(name)
        if move and (read <= set(move["from"].split()) or (of_rules and read == {NOTHING_READ})):
            return str(move["to"])
    return None


def gap_of_points(asked: Sequence[str], reading: Reading) -> str | None:
    """The gap to be named instead of the reading; None for one that answers, and where no point names a gap."""
    read = _read(reading)
    gaps = (load("points.toml")["gaps"].get(name) for name in asked)
    answers = reading.kind in (AnswerKind.ANSWER, AnswerKind.CHOICES)
    return next((str(gap["to"]) for gap in gaps if gap and not answers and read <= set(gap["from"].split())), None)


def _read(reading: Reading) -> Set[str]:
    """The topics read; `NOTHING_READ` for a text that nothing answers, unless it is of something else."""
    topics = {part.topic for part in reading.parts}
    if reading.kind in _UNREAD and not topics:
        return {NOTHING_READ}
    return topics


@cache
def _compiled(table: str) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(re.sub(r"\n\s*", "", words)) for name, words in load("points.toml")[table].items()}
