"""How well a reader does on labelled questions: the figures that `alliance-bot eval` prints.

A line has `q`, `in_scope`, `expect` (topic ids), `alt` (other sets that are also right), `tag` (comma-separated).
Right: the quotes cover `expect` or a set of `alt`; a topic in our own words counts as covered when it is in the answer.
For `in_scope: false` right means refused: neither an answer nor choices.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pydantic import BaseModel, ConfigDict

from rules.edition import Edition
from rules.reading import AnswerKind, Reading

Read = Callable[[str], Reading]
_ANSWERING = (AnswerKind.ANSWER, AnswerKind.CHOICES)


class Labelled(BaseModel):
    """One labelled question. Further keys (`lang`, `family`) are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    q: str
    in_scope: bool
    expect: list[str] = []
    alt: list[list[str]] = []
    tag: str = ""

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of the line, "plain" where there is none."""
        return tuple(part.strip() for part in self.tag.split(",") if part.strip()) or ("plain",)


class BadLine(ValueError):
    """A line that is no labelled question; the message says which and why."""


@dataclass(frozen=True)
class Scored:
    """What became of one question. `excess`: quotes beyond the set of labels that fits best."""

    question: Labelled
    reading: Reading
    right: bool
    excess: int = 0


@dataclass(frozen=True)
class Scorecard:
    """The outcomes of a labelled file, and the figures over them."""

    outcomes: tuple[Scored, ...]

    @property
    def right(self) -> Fraction | None:
        """The share of the in-scope questions that got what they ask for; None without any."""
        return _share(outcome.right for outcome in self._in_scope())

    @property
    def refused(self) -> Fraction | None:
        """The share of the other questions that got no answer."""
        return _share(outcome.right for outcome in self.outcomes if not outcome.question.in_scope)

    @property
    def gaps_named(self) -> Fraction | None:
        """The share of the questions tagged `gap` that were told that the text has no provision for it."""
        gaps = (
            outcome for outcome in self.outcomes if "gap" in outcome.question.tags and not outcome.question.in_scope
        )
        return _share(outcome.reading.kind is AnswerKind.NOT_COVERED for outcome in gaps)

    @property
    def choices(self) -> Fraction | None:
        """The share of the in-scope questions that were asked back with buttons."""
        return _share(outcome.reading.kind is AnswerKind.CHOICES for outcome in self._in_scope())

    @property
    def excess(self) -> Fraction | None:
        """The share of the right answers that quote more than was asked."""
        return _share(outcome.excess > 0 for outcome in self._in_scope() if outcome.right)

    @property
    def by_tag(self) -> Mapping[str, tuple[int, int]]:
        """For each tag how many of its questions are right, and how many there are."""
        total, right = Counter[str](), Counter[str]()
        for outcome in self.outcomes:
            total.update(outcome.question.tags)
            right.update(outcome.question.tags if outcome.right else ())
        return {tag: (right[tag], total[tag]) for tag in sorted(total)}

    @property
    def misses(self) -> tuple[Scored, ...]:
        """The outcomes that are not right, in the order of the file."""
        return tuple(outcome for outcome in self.outcomes if not outcome.right)

    def _in_scope(self) -> Iterator[Scored]:
        return (outcome for outcome in self.outcomes if outcome.question.in_scope)


def labelled(lines: Iterable[str]) -> Iterator[Labelled]:
    """The questions of a labelled file's lines; empty lines are skipped. Raises BadLine."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield Labelled.model_validate(json.loads(line))
        except ValueError as error:
            raise BadLine(f"line {number}: not a labelled question: {str(error).splitlines()[0]}") from error


def evaluate(edition: Edition, lines: Iterable[str], read: Read) -> Scorecard:
    """How `read` does on the lines of a labelled file under this edition. Raises BadLine."""
    return Scorecard(tuple(_outcome(edition, question, read(question.q)) for question in labelled(lines)))


def shown(reading: Reading) -> frozenset[str]:
    """What an answer shows: the ids of the clauses that it quotes, and its topics that quote none."""
    if reading.kind not in _ANSWERING:
        return frozenset()
    clauses = {clause for part in reading.parts for clause in part.clauses}
    return frozenset(clauses | {part.topic for part in reading.parts if not part.clauses})


def _outcome(edition: Edition, question: Labelled, reading: Reading) -> Scored:
    if not question.in_scope:
        return Scored(question, reading, right=reading.kind not in _ANSWERING)
    given = shown(reading)
    quotes = given & {clause.id for clause in edition.clauses}
    wanted = [_wanted(edition, topics) for topics in (question.expect, *question.alt)]
    spare = [len(quotes - choice) for choice in wanted if choice <= given]
    return Scored(question, reading, right=bool(spare), excess=min(spare, default=0))


def _wanted(edition: Edition, topics: Iterable[str]) -> frozenset[str]:
    """What must be shown for these topics; a topic that the edition does not have can't be shown."""
    known = {topic.id: topic.clauses or (topic.id,) for topic in edition.topics}
    return frozenset(one for topic in topics for one in known.get(topic, (topic,)))


def _share(held: Iterable[bool]) -> Fraction | None:
    all_of = list(held)
    return Fraction(sum(all_of), len(all_of)) if all_of else None
