"""The editions of the rules as frozen values: the text of each, and the edition in force on a day.

The TOML of an edition has exactly these keys; `catalogue` refuses an unknown key. Nothing falls back to another
edition: a wrong name, or a day between the spans, is an EditionError (LookupError) that lists the known editions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from pydantic import Field

from rules.history import Revision
from rules.kinds import FactType
from rules.other_text import OtherText
from rules.requirements import (
    Chances,
    Condition,
    Criterion,
    Effect,
    Exact,
    Facts,
    Frozen,
    Line,
    Table,
    Texts,
    all_hold,
)

Scores = Mapping[str, Decimal | None]
"""Scores told, by fact; None: the shop has no such score."""

LATEST = "latest"
FAR_BELOW = 10


def is_share(value: Decimal) -> bool:
    """Whether the number is written as a share of the whole (0.85 for 85 of 100): no score is so near to 0."""
    return 0 < value < 1


class Clause(Frozen):
    """A provision. `text`: verbatim from the source, or the digest. `reading`: our understanding of a doubt."""

    id: str
    heading: str
    number: str = ""
    text: str
    reading: str = ""


class LeftOut(Frozen):
    """A part of the source, to the letter, that is no clause on purpose, and `why`.

    `clause`: the clause whose reading speaks of it. `topic`: the topic that answers for it.
    """

    text: str
    why: str
    clause: str = ""
    topic: str = ""


class Option(Frozen):
    """A value of a choice and the word on the button. `words`: other ways in which merchants write the value.

    `topic`: what answers a question of the rules that names this value, "" for none of its own.
    """

    value: str
    label: str
    words: tuple[str, ...] = ()
    topic: str = ""


class Fact(Frozen):
    """Something a merchant can tell.

    `asked_if`: the conditions of the question; with a condition known to be false, the fact is neither asked nor
    missed. `none_if`: when all conditions hold and nothing was told, there is known to be none. `future`: a day that
    may lie ahead, such as the last day of a ban. `yes_words`, `no_words`: other ways in which merchants say `yes` and
    `no` to just this question.
    """

    id: str
    type: FactType
    label: str
    question: str
    hint: str = ""
    nullable: bool = False
    future: bool = False
    none_label: str = ""
    lowest: Exact | None = None
    highest: Exact | None = None
    decimals: int = 0
    unit: str = ""
    options: tuple[Option, ...] = ()
    yes: str = ""
    no: str = ""
    yes_words: tuple[str, ...] = ()
    no_words: tuple[str, ...] = ()
    asked_if: tuple[Condition, ...] = ()
    none_if: tuple[Condition, ...] = ()

    @property
    def step(self) -> Decimal:
        """The smallest difference between two scores of this fact."""
        return Decimal(1).scaleb(-self.decimals)

    @property
    def scale(self) -> str:
        """The scale of a score as bounds: "0-5". Scores of two scales are never compared."""
        return f"{self.lowest}-{self.highest}"

    def is_on_scale(self, value: Decimal) -> bool:
        """Whether the number lies within the bounds, both included."""
        too_low = self.lowest is not None and value < self.lowest
        too_high = self.highest is not None and value > self.highest
        return not (too_low or too_high)

    def can_be(self, value: Decimal) -> bool:
        """Whether a shop can have this number as a score: on the scale, with no more decimals than the scale has."""
        return self.is_on_scale(value) and value == round(value, self.decimals)


class Coverage(StrEnum):
    """How a topic is answered: with provisions, in our own words, as a gap in the text, or as none of our business."""

    PROVISION = "provision"
    OWN_WORDS = "own_words"
    GAP = "gap"
    OUTSIDE = "outside"
    CHAT = "chat"


class Judged(StrEnum):
    """How a score in the question picks the provisions: not, by the lines at the score, or by the effect on the
    access."""

    NOT = "not"
    HOLDS = "holds"
    WARNING = "warning"
    CLOSING = "closing"


class Topic(Frozen):
    """A subject of merchants' questions. `lead`: our sentence or two; `{figure}` stands for a number of the edition.

    `asks`: whole phrasings as merchants write them. `next`: topics for the buttons onward, at most three with actions.
    `judged`: how a score in the question picks among the edition's lines; without a score, `clauses` are quoted.
    `fact`: the score meant by a number in the question, "" the main score. `answers`: our sentence instead of `lead` to
    a point of the topic (要不要申请), by the names of `rules/understanding/points.toml`; a yes or a no comes first.
    """

    id: str
    title: str
    coverage: Coverage = Coverage.PROVISION
    judged: Judged = Judged.NOT
    fact: str = ""
    clauses: tuple[str, ...] = ()
    lead: str
    answers: Texts = Field(default={}, validate_default=True)
    asks: tuple[str, ...] = ()
    next: tuple[str, ...] = ()

    def said_to(self, points: Sequence[str]) -> str:
        """Our sentence: the answer to the first point that the topic answers, else `lead`."""
        return next((self.answers[point] for point in points if point in self.answers), self.lead)


class Wording(StrEnum):
    VERBATIM = "verbatim"
    DIGEST = "digest"


Entry = TypeVar("Entry", Clause, Fact, Criterion, Topic)


class Edition(Frozen):
    """A text of the rules: the provisions, the source, the days in force as far as known, and the certainty."""

    name: str
    title: str
    published: date
    held_from: date
    held_until: date | None = None
    wording: Wording
    source_name: str
    source_url: str = ""
    checked: date
    confidence: str
    sure: str = ""
    """`confidence` in one short sentence, "" for its first sentence."""
    scale_name: str
    clauses: tuple[Clause, ...] = Field(alias="clause")
    facts: tuple[Fact, ...] = Field(alias="fact")
    criteria: tuple[Criterion, ...] = Field(alias="criterion")
    product_criteria: tuple[Criterion, ...] = Field(default=(), alias="product_criterion")
    """What a single product is held to, for as long as it is promoted. Two on one fact: the bounds of a limit that the
    text leaves to a list of its own."""
    lines: tuple[Line, ...] = Field(alias="line")
    chances: Chances | None = None
    figures: Table = Field(default={}, validate_default=True)
    """Every number that a text may name, by its name: made by the loader, never written by hand."""
    topics: tuple[Topic, ...] = ()

    @property
    def age(self) -> tuple[date, date]:
        """The days of publication and of coming into force: sorted by age, editions stand oldest first."""
        return self.published, self.held_from

    @property
    def span(self) -> str:
        """The days in force as far as known, as an error message writes them."""
        return f"{self.held_from} to {self.held_until}" if self.held_until else f"from {self.held_from} on"

    @property
    def how_sure(self) -> str:
        """How sure the text is, in one sentence."""
        return self.sure or f"{self.confidence.partition('。')[0]}。"

    def is_over(self, on: date) -> bool:
        """Whether the text is known to hold no more on the day."""
        return self.held_until is not None and self.held_until < on

    def is_likely_score(self, value: Decimal, fact: str = "") -> bool:
        """Whether a shop's score may well be this number: possible, no share, and not far below the platform's lines.

        4.3 is possible on a scale to 100, but whoever says so means another scale. 0 may be said on any. `fact`: ""
        for the main score; False for a score unknown to the edition.
        """
        score = next((one for one in self.scores if one.id == (fact or self.main_score.id)), None)
        if score is None or not score.is_on_scale(value) or is_share(value):
            return False
        limits = [line.limit for line in self.lines if line.fact == score.id and not line.own]
        return not value or value >= min(limits, default=Decimal(0)) / FAR_BELOW

    def may_have(self, scores: Scores) -> bool:
        """Whether a shop may well have all these scores; None, for no score, where the edition knows of such shops."""
        known = {score.id: score for score in self.scores}
        return all(
            name in known and (known[name].nullable if value is None else self.is_likely_score(value, name))
            for name, value in scores.items()
        )

    def clause(self, clause_id: str) -> Clause:
        """The clause of this id. Raises KeyError; the loader has checked every id within the edition."""
        return _found(self.clauses, clause_id)

    def fact(self, fact_id: str) -> Fact:
        """The fact of this id. Raises KeyError."""
        return _found(self.facts, fact_id)

    def topic(self, topic_id: str) -> Topic:
        """The topic of this id. Raises KeyError."""
        return _found(self.topics, topic_id)

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion of this id. Raises KeyError."""
        return _found(self.criteria, criterion_id)

    def filled(self, text: str) -> str:
        """A text of the edition with the number for each `{figure}`. The loader has checked the names."""
        return text.format_map(self.figures)

    @property
    def scores(self) -> tuple[Fact, ...]:
        """The scores of the edition, 体验分 first."""
        return tuple(fact for fact in self.facts if fact.type is FactType.SCORE)

    @property
    def main_score(self) -> Fact:
        """The score meant when none is named. Raises IndexError; an edition without a score is refused."""
        return self.scores[0]

    def line(self, effect: Effect, fact: str = "") -> Line | None:
        """The line for every shop with this effect on this score ("": the main score), else None."""
        of = fact or self.main_score.id
        general = (line for line in self.lines if not line.applies_when)
        return next((line for line in general if line.effect is effect and line.fact == of), None)

    def completed(self, facts: Facts, on: date) -> Facts:
        """The facts with the absences that follow from other facts: a kind of shop that never has such a score."""
        absent = (fact.id for fact in self.facts if fact.none_if and all_hold(fact.none_if, facts, on))
        return {**dict.fromkeys(absent), **facts}


def _found(entries: tuple[Entry, ...], entry_id: str) -> Entry:
    """The entry of this id. Raises KeyError."""
    for entry in entries:
        if entry.id == entry_id:
            return entry
    raise KeyError(entry_id)


class EditionError(LookupError):
    """No edition of this name, or no edition known to have held on this day; the message lists the known editions."""


@dataclass(frozen=True)
class Catalogue:
    """The editions by name, the other texts of the platform, and the revisions of which no text is known.

    `read_until`: the day after which no revision could be read, None where nobody says so.
    """

    editions: tuple[Edition, ...]
    history: tuple[Revision, ...] = ()
    texts: tuple[OtherText, ...] = ()
    read_until: date | None = None

    def edition(self, name: str) -> Edition:
        """The edition of this name. Raises EditionError."""
        for edition in self.editions:
            if edition.name == name:
                return edition
        known = ", ".join(edition.name for edition in self.editions)
        raise EditionError(f'unknown edition "{name}"; known are {known}')

    @property
    def choices(self) -> tuple[Fact, ...]:
        """The facts with options of all editions, whose words may be told under any of them."""
        return tuple(fact for edition in self.editions for fact in edition.facts if fact.options)

    def has(self, name: str) -> bool:
        """Whether there is an edition of this name."""
        return any(edition.name == name for edition in self.editions)

    def in_force(self, on: date) -> Edition:
        """The edition in force on the day as far as known. Raises EditionError."""
        for edition in self.editions:
            if edition.held_from <= on and (edition.held_until is None or on <= edition.held_until):
                return edition
        known = ", ".join(f"{edition.name} ({edition.span})" for edition in self.editions)
        raise EditionError(f"no edition is known to be in force on {on}; known are {known}")

    def resolve(self, setting: str, today: date) -> Edition:
        """The edition meant by a setting: a name, or "latest" for the edition in force today. Raises EditionError."""
        return self.in_force(today) if setting == LATEST else self.edition(setting)

    def of_scale(self, scale: str, preferred: Edition) -> Edition | None:
        """The edition that judges main scores of a scale: the preferred one if of that scale, else the newest such.

        None when no edition has the scale: such a score is judged by nobody.
        """
        fitting = [edition for edition in self.editions if edition.main_score.scale == scale]
        return preferred if preferred in fitting else max(fitting, key=lambda edition: edition.age, default=None)

    def by_scale(self, preferred: Edition) -> tuple[Edition, ...]:
        """The edition that judges the main scores of each scale, the preferred one first."""
        own = preferred.main_score.scale
        scales = dict.fromkeys(edition.main_score.scale for edition in self.editions)
        others = (self.of_scale(scale, preferred) for scale in scales if scale != own)
        return preferred, *(edition for edition in others if edition)

    def of_score(self, value: Decimal, preferred: Edition) -> Edition | None:
        """The edition that judges a main score told without a scale: the preferred one if the number is likely there.

        Else the newest edition in which the number is likely; None when it is likely in none.
        """
        if preferred.is_likely_score(value):
            return preferred
        likely = (edition for edition in self.editions if edition.is_likely_score(value))
        return max(likely, key=lambda edition: edition.age, default=None)

    def of_scores(self, scores: Scores, preferred: Edition) -> Edition | None:
        """The edition that judges scores told together: the preferred one if all are likely there.

        Else the newest edition in which all are likely; None when there is no such edition.
        """
        fitting = [edition for edition in self.editions if edition.may_have(scores)]
        return preferred if preferred in fitting else max(fitting, key=lambda edition: edition.age, default=None)

    def newer_than(self, edition: Edition) -> tuple[Edition, ...]:
        """The editions published later (or then, and in force later), oldest first."""
        newer = (other for other in self.editions if other.age > edition.age)
        return tuple(sorted(newer, key=lambda other: other.age))
