"""The answer to a reading of a question: the values for the templates, each number beside the edition's limits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.conversation.presses import Press
from bot.views.examples import examples
from bot.views.other_edition import EditionOffers, history, see_topic
from bot.views.render import Rendered, render
from rules.edition import Clause, Coverage, Edition, Judged, Topic
from rules.kinds import FigureKind
from rules.lines import AtLine, at_line
from rules.reading import AnswerKind, Figure, Part, Reading, Side

MOST_BUTTONS = 3
LIMITS = {
    FigureKind.CLOSURES: "chances",
    FigureKind.DAYS_SINCE_JOINED: "exempt_days",
    FigureKind.DAYS_SINCE_OPENED: "personal_days",
    FigureKind.DAYS_SINCE_PENALTY: "penalty_days",
}
"""The edition's figure that a count or a span of days is held to."""


class ShowTopic(Press, verb="t"):
    """The plain answer of a topic."""

    topic: str


@dataclass(frozen=True)
class FigureView:
    """A number of the question as the answer judges the number. `claimed`: said of the rule, not of a shop.

    `lines`: with a certain side for the number, or with a side decided by an untold choice. `limit`: the edition's, for
    a claim, a count or days; None while unsettled. `label`: of the number's score, "" for the main score.
    """

    kind: str
    value: Decimal
    side: str
    claimed: bool
    lines: tuple[AtLine, ...] = ()
    limit: Decimal | None = None
    label: str = ""


@dataclass(frozen=True)
class PartView:
    topic: Topic
    lead: str
    figures: tuple[FigureView, ...]
    clauses: tuple[Clause, ...]


def answer(edition: Edition, reading: Reading, offers: EditionOffers | None = None) -> Rendered:
    """The reply to a question, by kind. Each clause is quoted once, under the first part that cites the clause.

    `offers`: the catalogue's other editions; an answer by another than the answering edition is shown as a preview.
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
        is_sourced=any(part.clauses or part.topic.coverage is Coverage.GAP for part in parts),
        onward=tuple(_buttons(edition, parts, is_preview=is_preview))[: MOST_BUTTONS - others],
        offers_check=not is_preview,
        records=records,
        beside=beside,
        history=history(edition, reading, offers.catalogue) if offers and not is_preview else None,
    )


def _shows_readings(parts: tuple[PartView, ...]) -> bool:
    """Whether to add our reading of a clause: to a single quote, and where warning and closing are told apart."""
    told_apart = all(part.topic.judged in (Judged.WARNING, Judged.CLOSING) for part in parts)
    return told_apart or sum(len(part.clauses) for part in parts) == 1


@dataclass(frozen=True)
class Recordable:
    """A score to be kept as today's. `label`: of the fact, "" for the main score."""

    fact: str
    label: str
    value: Decimal


def _recordable(edition: Edition, reading: Reading) -> Recordable | None:
    """The only score in the question; None for several, and for a number outside the fact's scale."""
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
    """The clauses quoted by the reply, in order, each once."""
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
    """The topics onward as buttons; from a preview the buttons lead to previews."""
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


def figure_view(edition: Edition, figure: Figure, part: Part) -> FigureView:
    """The number beside the limits for this part of the question."""
    fact = edition.score_of(edition.topic(part.topic)).id
    view = FigureView(figure.kind.value, figure.value, figure.side.value, figure.claimed, label=label_of(edition, fact))
    if figure.kind is not FigureKind.SCORE:
        limit = edition.figures.get(LIMITS.get(figure.kind, ""))
        return replace(view, limit=limit if limit is not None and _is_settled(figure, limit) else None)
    if figure.claimed:
        return replace(view, limit=_quoted_limit(edition, part, fact))
    lines = (
        at_line(edition, one, {fact: figure.value}, edition.held_from) for one in edition.lines if one.fact == fact
    )
    return replace(view, lines=tuple(_seen(line, figure) for line in lines if _is_told(line, figure)))


def label_of(edition: Edition, fact: str) -> str:
    """The name of the score, "" for the main score."""
    return "" if fact == edition.main_score.id else edition.fact(fact).label


def _quoted_limit(edition: Edition, part: Part, fact: str) -> Decimal | None:
    """The limit of the line quoted by the answer; None for no such line or several limits."""
    quoted = (line for line in edition.lines if line.fact == fact and line.clause in part.clauses and not line.own)
    limits = {line.limit for line in quoted}
    return limits.pop() if len(limits) == 1 else None


def _is_settled(figure: Figure, limit: Decimal) -> bool:
    """Whether "within a year" or "twice and more" tells the number's side of the limit."""
    if figure.side is Side.AT or figure.claimed:
        return True
    if figure.kind is FigureKind.CLOSURES:
        return figure.side is Side.ABOVE and figure.value >= limit
    return figure.value <= limit if figure.side is Side.BELOW else figure.value > limit


def _is_told(line: AtLine, figure: Figure) -> bool:
    """Whether "below 3.8" or "3.8 and more" tells the score's side of the line, or the choice that decides the side."""
    if line.below is None:
        return figure.side is Side.AT
    if figure.side is Side.BELOW:
        return figure.value <= line.limit
    return figure.side is Side.AT or figure.value >= line.limit


def _seen(line: AtLine, figure: Figure) -> AtLine:
    return replace(line, below=True) if figure.side is Side.BELOW else line
