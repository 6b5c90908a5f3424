"""How well a reader does on labelled questions: the figures of `alliance-bot eval`.

A line has `q`, `in_scope`, `expect` (topic ids), `alt` (other sets that are also right), `tag` (comma-separated).
Right: the quotes cover `expect` or a set of `alt`; a topic in our own words counts as covered when it is in the answer.
For `in_scope: false` right means refused: neither an answer nor choices. `may_refuse`: this is right as well.

A line may also have `must` and `not`: patterns on the lead, which is the reply before its first quote. A lead is false
when a pattern of `not` is found, and right when every pattern of `must` is found and none of `not`. A line with these
alone needs no `in_scope`. `edition` names the edition that answers, else the edition of the run.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from rules.edition import Edition
from rules.reading import AnswerKind, Reading, shown_by

Read = Callable[[str], Reading]
ReadLead = Callable[["Labelled"], str]
"""What stands before the first quote of the reply to a labelled question."""
WRITER_LINES = 20
"""A family of fewer lines is one wording in variants, no writer."""
_ANSWERING = (AnswerKind.ANSWER, AnswerKind.CHOICES)


def _pattern(written: str) -> str:
    """The pattern. Raises ValueError for what is no regular expression."""
    try:
        re.compile(written)
    except re.error as error:
        raise ValueError(f"{written!r} is no regular expression: {error}") from error
    return written


Pattern = Annotated[str, AfterValidator(_pattern)]


class Labelled(BaseModel):
    """A labelled question. `family`: its writer or wording. Further keys (`lang`, `why`) are left alone."""

    model_config = ConfigDict(frozen=True, strict=True)

    q: str
    in_scope: bool | None = None
    expect: list[str] = []
    alt: list[list[str]] = []
    tag: str = ""
    family: str = ""
    must: list[Pattern] = []
    never: list[Pattern] = Field(default=[], alias="not")
    may_refuse: bool = False
    edition: str = ""

    @model_validator(mode="after")
    def has_a_label(self) -> Self:
        """The line itself. Raises ValueError for a line that labels neither quotes nor a lead."""
        if self.in_scope is None and not self.has_lead:
            raise ValueError("in_scope, must or not is missing")
        return self

    @property
    def has_lead(self) -> bool:
        """Whether the line labels the lead. A line with empty patterns does: it only has to be readable."""
        return not {"must", "never"}.isdisjoint(self.model_fields_set)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of the line, "plain" for a line without tags."""
        return tuple(part.strip() for part in self.tag.split(",") if part.strip()) or ("plain",)


class BadLine(ValueError):
    """A line is no labelled question; the message has the line's number and the reason."""


@dataclass(frozen=True)
class Scored:
    """The outcome of a question. `excess`: the number of quotes beyond the best-fitting set of labels."""

    question: Labelled
    reading: Reading
    right: bool
    excess: int = 0


@dataclass(frozen=True)
class Lead:
    """The lead of a question. `found`: the patterns of `not` in it; `missing`: those of `must` not in it."""

    question: Labelled
    text: str
    found: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def right(self) -> bool:
        return not (self.found or self.missing)


@dataclass(frozen=True)
class Scorecard:
    """The outcomes of a labelled file, and figures over all outcomes."""

    outcomes: tuple[Scored, ...]
    leads: tuple[Lead, ...] = ()

    @property
    def leads_right(self) -> Fraction | None:
        """The share of right leads; None without labelled leads."""
        return _share(lead.right for lead in self.leads)

    @property
    def false_leads(self) -> tuple[Lead, ...]:
        """The leads that say what is not so, in the order of the file."""
        return tuple(lead for lead in self.leads if lead.found)

    @property
    def lacking_leads(self) -> tuple[Lead, ...]:
        """The leads that are not false and lack something."""
        return tuple(lead for lead in self.leads if lead.missing and not lead.found)

    @property
    def right(self) -> Fraction | None:
        """The share of in-scope questions with a right answer; None without in-scope questions."""
        return _share(outcome.right for outcome in self._in_scope())

    @property
    def refused(self) -> Fraction | None:
        """The share of out-of-scope questions without an answer; None without out-of-scope questions."""
        return _share(outcome.right for outcome in self.outcomes if not outcome.question.in_scope)

    @property
    def gaps_named(self) -> Fraction | None:
        """The share of the questions tagged `gap` that are answered "no provision"; None without such questions."""
        outside = (outcome for outcome in self.outcomes if not outcome.question.in_scope)
        gaps = (outcome for outcome in outside if "gap" in outcome.question.tags)
        return _share(outcome.reading.kind is AnswerKind.NOT_COVERED for outcome in gaps)

    @property
    def choices(self) -> Fraction | None:
        """The share of in-scope questions asked back with choices; None without in-scope questions."""
        return _share(outcome.reading.kind is AnswerKind.CHOICES for outcome in self._in_scope())

    @property
    def answered_wrong(self) -> Fraction | None:
        """The share of all questions with an answer that is wrong; None without questions."""
        return _share(outcome.reading.kind is AnswerKind.ANSWER and not outcome.right for outcome in self.outcomes)

    @property
    def excess(self) -> Fraction | None:
        """The share of right answers with quotes in excess; None without right answers."""
        return _share(outcome.excess > 0 for outcome in self._in_scope() if outcome.right)

    @property
    def by_tag(self) -> Mapping[str, tuple[int, int]]:
        """For each tag the number of right questions, and of all questions."""
        return self._counted(lambda question: question.tags)

    @property
    def by_writer(self) -> Mapping[str, tuple[int, int]]:
        """For each family of `WRITER_LINES` lines or more the number of right questions, and of all questions."""
        counted = self._counted(lambda question: (question.family,))
        return {name: counts for name, counts in counted.items() if name and counts[1] >= WRITER_LINES}

    def _counted(self, groups: Callable[[Labelled], Iterable[str]]) -> Mapping[str, tuple[int, int]]:
        total, right = Counter[str](), Counter[str]()
        for outcome in self.outcomes:
            total.update(groups(outcome.question))
            right.update(groups(outcome.question) if outcome.right else ())
        return {name: (right[name], total[name]) for name in sorted(total)}

    @property
    def misses(self) -> tuple[Scored, ...]:
        """The wrong outcomes, in the order of the file."""
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


def evaluate(edition: Edition, lines: Iterable[str], read: Read, lead: ReadLead | None = None) -> Scorecard:
    """The outcomes of `read` on the lines of a labelled file, and of `lead` where given. Raises BadLine."""
    questions = tuple(labelled(lines))
    quoting = (question for question in questions if question.in_scope is not None)
    leading = (question for question in questions if question.has_lead and lead)
    return Scorecard(
        tuple(scored(edition, question, read(question.q)) for question in quoting),
        tuple(judged(question, lead(question)) for question in leading if lead),
    )


def judged(question: Labelled, lead: str) -> Lead:
    """The lead beside the patterns of the line."""
    found = tuple(pattern for pattern in question.never if re.search(pattern, lead))
    return Lead(question, lead, found, tuple(pattern for pattern in question.must if not re.search(pattern, lead)))


def shown(reading: Reading) -> frozenset[str]:
    """The ids of the clauses quoted by an answer, and of the topics without a clause."""
    if reading.kind not in _ANSWERING:
        return frozenset()
    return shown_by(*reading.parts)


def scored(edition: Edition, question: Labelled, reading: Reading) -> Scored:
    """The outcome of a reading of a labelled question."""
    is_refused = reading.kind not in _ANSWERING
    if not question.in_scope or (question.may_refuse and is_refused):
        return Scored(question, reading, right=is_refused)
    given = shown(reading)
    quotes = given & {clause.id for clause in edition.clauses}
    wanted = [_wanted(edition, topics) for topics in (question.expect, *question.alt)]
    spare = [len(quotes - choice) for choice in wanted if choice <= given]
    return Scored(question, reading, right=bool(spare), excess=min(spare, default=0))


def _wanted(edition: Edition, topics: Iterable[str]) -> frozenset[str]:
    """The ids to be shown for the topics; the topic's own, which is never shown, for a topic not in the edition."""
    known = {topic.id: topic.clauses or (topic.id,) for topic in edition.topics}
    return frozenset(one for topic in topics for one in known.get(topic, (topic,)))


def _share(held: Iterable[bool]) -> Fraction | None:
    all_of = list(held)
    return Fraction(sum(all_of), len(all_of)) if all_of else None
