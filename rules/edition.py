"""What an edition of the rules says, as frozen values. Everything else in `rules/` is a function over these.

The TOML of an edition has exactly these keys; `catalogue` refuses an unknown one.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from rules.kinds import FactType, Kind

FactValue = bool | int | Decimal | date | str | tuple[date, ...] | None
"""A known fact. `None` is a known absence ("the shop has no score"); an unknown fact is not in the mapping."""

Facts = Mapping[str, FactValue]

IN_ALLIANCE = "in_alliance"
"""The fact that tells whether a shop has the access now; every edition calls it so."""


class Frozen(BaseModel):
    """A value: never changed after it is made, and refusing keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _exact(value: object) -> object:
    """Refuse a binary float where an exact decimal is wanted: 3.8 in TOML is written "3.8"."""
    if isinstance(value, float):
        raise ValueError(f'write the number as text, "{value}", so that it stays exact')
    return value


Exact = Annotated[Decimal, BeforeValidator(_exact)]
Table = Annotated[Mapping[str, Exact], AfterValidator(lambda table: MappingProxyType(dict(table)))]
"""A frozen mapping from a choice to a number."""


class Clause(Frozen):
    """One provision. `text` is verbatim in the edition's source, or its digest; `reading` is how we read a doubt."""

    id: str
    heading: str
    number: str = ""
    text: str
    reading: str = ""


class Option(Frozen):
    """One value of a choice and the word on its button. `words`: other ways in which merchants write it."""

    value: str
    label: str
    words: tuple[str, ...] = ()


class Condition(Frozen):
    """A claim about one fact; exactly one of the tests is set.

    `equals`: yes or no. `among`: one of these choices. `absent`: it is known that there is none. `within_days`: the
    fact is a day no more than so many days before the day of the check. `fewer_days`: strictly fewer. `figure`: the
    name under which texts of the edition may use the number of days.
    """

    fact: str
    equals: bool | None = None
    among: tuple[str, ...] | None = None
    absent: bool | None = None
    within_days: int | None = Field(default=None, ge=0)
    fewer_days: int | None = Field(default=None, ge=1)
    figure: str = ""


class Fact(Frozen):
    """Something a merchant can tell.

    `asked_if`: what the question presupposes; known to be false, the fact is neither asked nor missed.
    `future`: a day that may lie ahead, such as the last day of a ban. `yes_words`, `no_words`: other ways in which
    merchants say `yes` and `no` to just this question.
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


class LimitBy(Frozen):
    """A limit that depends on a choice; the choices not listed keep the general limit."""

    fact: str
    limits: Table


class Exemption(Frozen):
    """When all conditions hold, the criterion is not assessed; `clause` grants it."""

    clause: str
    conditions: tuple[Condition, ...]


class Criterion(Frozen):
    """One test of admission.

    `facts`: what it looks at (`holds` and `never` take several, the others one). `limit`: points, a count or days, by
    kind. `fallback`: the fact that counts when the first is known to be absent. `applies_when`: else it is exempt.
    `final_clause`: this clause makes "unmet" final (barred for good).
    """

    id: str
    kind: Kind
    clause: str
    label: str
    facts: tuple[str, ...]
    limit: Exact | None = None
    limit_by: LimitBy | None = None
    values: tuple[str, ...] = ()
    fallback: str | None = None
    applies_when: tuple[Condition, ...] = ()
    exempt: Exemption | None = None
    final_clause: str | None = None
    mend: str = ""
    figure: str = ""


class Effect(StrEnum):
    """What falling below a line does, from the mildest to the gravest."""

    NO_ENTRY = "no_entry"
    EARLY = "early"
    WARNING = "warning"
    CLOSING = "closing"


class Line(Frozen):
    """A level of a score: strictly below `limit`, `effect` follows.

    `own`: a line of the bot's, not of the platform. `also_if`: the effect follows too when all of these hold.
    """

    id: str
    fact: str
    limit: Exact
    limit_by: LimitBy | None = None
    effect: Effect
    clause: str
    label: str
    own: bool = False
    also_if: tuple[Condition, ...] = ()


class Chances(Frozen):
    """After `limit` closings by the system the access never comes back. `clause` says so."""

    limit: int = Field(ge=1)
    fact: str
    clause: str


class Coverage(StrEnum):
    """How a topic is answered: with provisions, in our own words, as a gap in the text, or as none of our business."""

    PROVISION = "provision"
    OWN_WORDS = "own_words"
    GAP = "gap"
    OUTSIDE = "outside"
    CHAT = "chat"


class Judged(StrEnum):
    """How a score in the question picks the provisions: not at all, what holds at it, or what it does to the access."""

    NOT = "not"
    HOLDS = "holds"
    WARNING = "warning"
    CLOSING = "closing"


class Topic(Frozen):
    """What merchants ask about. `lead`: our one or two sentences; `{figure}` stands for a number of the edition.

    `asks`: whole phrasings as merchants write them. `next`: topics for the buttons onward, at most three with actions.
    `judged`: how a score in the question picks among the edition's lines; without one, `clauses` are quoted. `fact`:
    the score that a number in the question is of, "" the main one.
    """

    id: str
    title: str
    coverage: Coverage = Coverage.PROVISION
    judged: Judged = Judged.NOT
    fact: str = ""
    clauses: tuple[str, ...] = ()
    lead: str
    asks: tuple[str, ...] = ()
    next: tuple[str, ...] = ()


class Wording(StrEnum):
    VERBATIM = "verbatim"
    DIGEST = "digest"


Entry = TypeVar("Entry", Clause, Fact, Criterion, Topic)


class Edition(Frozen):
    """One text of the rules: what it says, where it is from, when it held as far as known, and how sure that is."""

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
    scale_name: str
    clauses: tuple[Clause, ...] = Field(alias="clause")
    facts: tuple[Fact, ...] = Field(alias="fact")
    criteria: tuple[Criterion, ...] = Field(alias="criterion")
    lines: tuple[Line, ...] = Field(alias="line")
    chances: Chances | None = None
    figures: Table = Field(default={}, validate_default=True)
    """Every number that a text may name, by its name: made by the loader, never written by hand."""
    topics: tuple[Topic, ...] = ()

    def clause(self, clause_id: str) -> Clause:
        """The clause of this id. Raises KeyError; the loader has checked every id that the edition itself uses."""
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
        """A text of the edition with each `{figure}` replaced by its number. The loader has checked the names."""
        return text.format_map(self.figures)

    @property
    def scores(self) -> tuple[Fact, ...]:
        """The scores that the edition knows of, the one that all call 体验分 first."""
        return tuple(fact for fact in self.facts if fact.type is FactType.SCORE)

    @property
    def main_score(self) -> Fact:
        """The score that is meant when none is named. Raises IndexError; an edition without a score is refused."""
        return self.scores[0]

    def score_of(self, topic: Topic) -> Fact:
        """The score that a number in a question about this topic is of."""
        return self.fact(topic.fact) if topic.fact else self.main_score

    def line(self, effect: Effect, fact: str = "") -> Line | None:
        """The line with this effect on this score ("": the main one), None if the edition has none."""
        of = fact or self.main_score.id
        return next((line for line in self.lines if line.effect is effect and line.fact == of), None)


def _found(entries: tuple[Entry, ...], entry_id: str) -> Entry:
    """The entry of this id. Raises KeyError."""
    for entry in entries:
        if entry.id == entry_id:
            return entry
    raise KeyError(entry_id)


class Revision(Frozen):
    """A change of the rules of which only figures are known. `until`: the end of a span in which it came, if any."""

    on: date
    until: date | None = None
    title: str
    what: str
    figures: Table = Field(default={}, validate_default=True)
    source_name: str
    source_url: str = ""
    confidence: str
