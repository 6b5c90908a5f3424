"""A reading of a question as the values that the answer's templates show."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.conversation.presses import Press
from bot.views.examples import examples
from bot.views.figure import FigureView, figure_view, label_of
from bot.views.history import history
from bot.views.other_edition import EditionOffers, see_topic
from bot.views.render import Rendered, render
from rules.edition import Clause, Coverage, Edition, Judged, Topic
from rules.kinds import FigureKind
from rules.reading import AnswerKind, Part, Reading, Side

MOST_BUTTONS = 3


class ShowTopic(Press, verb="t"):
    """The plain answer of a topic."""

    topic: str


@dataclass(frozen=True)
class PartView:
    topic: Topic
    lead: str
    figures: tuple[FigureView, ...]
    clauses: tuple[Clause, ...]

    @property
    def own_words(self) -> bool:
        return self.topic.coverage is Coverage.OWN_WORDS

    @property
    def is_gap(self) -> bool:
        return self.topic.coverage is Coverage.GAP


def answer(edition: Edition, reading: Reading, offers: EditionOffers | None = None) -> Rendered:
    """The reply to a question, by its kind. Each clause is quoted once, under the first question that asks for it.

    `offers`: the editions beside this one; what it does not answer by is shown as a preview.
    """
    if reading.kind is AnswerKind.OUT_OF_SCOPE:
        return render("answers/out_of_scope", examples=examples(edition))
    parts = tuple(_parts(edition, reading))
    if reading.kind in (AnswerKind.CHOICES, AnswerKind.CHAT):
        return render(f"answers/{reading.kind.value}", parts=parts)
    beside = offers.beside_answer(edition, reading) if offers else None
    is_preview = offers is not None and offers.is_preview(edition)
    records = None if is_preview else _recordable(edition, reading)
    others = (beside is not None) + (records is not None) + (not is_preview)
    return render(
        "answers/answer",
        edition=edition,
        parts=parts,
        outside=reading.outside,
        shows_readings=_shows_readings(parts),
        has_provision=any(part.clauses for part in parts),
        has_gap=any(part.is_gap for part in parts),
        onward=tuple(_buttons(edition, parts, is_preview=is_preview))[: MOST_BUTTONS - others],
        offers_check=not is_preview,
        records=records,
        beside=beside,
        history=history(edition, reading, offers.catalogue) if offers and not is_preview else None,
    )


def _shows_readings(parts: tuple[PartView, ...]) -> bool:
    """Offer one quote alone, and wherever warning and closing are told apart, which is a matter of reading."""
    told_apart = all(part.topic.judged in (Judged.WARNING, Judged.CLOSING) for part in parts)
    return told_apart or sum(len(part.clauses) for part in parts) == 1


@dataclass(frozen=True)
class Recordable:
    """A score that may be today's. `label`: of the fact, "" for the main score."""

    fact: str
    label: str
    value: Decimal


def _recordable(edition: Edition, reading: Reading) -> Recordable | None:
    """The one score that was asked about; None for a number that no shop can have as a score."""
    facts = {edition.score_of(edition.topic(part.topic)).id for part in reading.parts if part.figures}
    value = _one_score(reading)
    if value is None or len(facts) != 1:
        return None
    fact = facts.pop()
    return Recordable(fact, label_of(edition, fact), value) if edition.fact(fact).can_be(value) else None


def _one_score(reading: Reading) -> Decimal | None:
    figures = {figure for part in reading.parts for figure in part.figures if not figure.claimed}
    scores = {figure.value for figure in figures if figure.kind is FigureKind.SCORE and figure.side is Side.AT}
    return scores.pop() if len(scores) == len(figures) == 1 else None


def clauses(edition: Edition, reading: Reading) -> tuple[Clause, ...]:
    """The clauses that the reply quotes, in order, each once."""
    return tuple(clause for part in _parts(edition, reading) for clause in part.clauses)


def _parts(edition: Edition, reading: Reading) -> Iterator[PartView]:
    seen: set[str] = set()
    for part in reading.parts:
        fresh = [clause for clause in part.clauses if clause not in seen]
        seen.update(fresh)
        yield _part(edition, part, tuple(edition.clause(clause) for clause in fresh))


def _part(edition: Edition, part: Part, quoted: tuple[Clause, ...]) -> PartView:
    topic = edition.topic(part.topic)
    lead = edition.filled(topic.lead)
    return PartView(topic, lead, tuple(figure_view(edition, figure, part) for figure in part.figures), quoted)


def _buttons(edition: Edition, parts: tuple[PartView, ...], *, is_preview: bool) -> Iterator[tuple[str, Press]]:
    """The topics onward as buttons; those of a preview stay in it."""
    for topic in _onward(edition, parts):
        press = see_topic(edition, topic.id) if is_preview else ShowTopic(topic.id).fitting()
        if press:
            yield topic.title, press


def _onward(edition: Edition, parts: tuple[PartView, ...]) -> Iterator[Topic]:
    known = {topic.id: topic for topic in edition.topics}
    asked = {part.topic.id for part in parts}
    for topic_id in dict.fromkeys(topic_id for part in parts for topic_id in part.topic.next):
        if topic_id in known and topic_id not in asked:
            yield known[topic_id]
