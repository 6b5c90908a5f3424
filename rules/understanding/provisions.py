"""The clauses for a topic at the figures told, exact at every line, and all parts of an answer as one reading."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from rules.edition import Coverage, Edition, Fact, Judged, Topic
from rules.kinds import ON_A_SCALE, FigureKind
from rules.lines import LEVEL_OF
from rules.reading import AnswerKind, Figure, Part, Reading
from rules.requirements import Effect, Line
from rules.said import About, Aside, Claim, Said, Told
from rules.side import Side

_ANSWERED = (Coverage.PROVISION, Coverage.OWN_WORDS)


def clauses_for(edition: Edition, topic: Topic, figures: Sequence[Figure]) -> tuple[str, ...]:
    """The ids of the clauses for a topic at the figures, in the edition's order; the topic's own without a score."""
    scores = [figure for figure in figures if figure.kind is FigureKind.SCORE]
    if not scores or topic.judged is Judged.NOT:
        return topic.clauses
    if topic.judged is Judged.HOLDS:
        found = [clause for score in scores for clause in _holds_at(edition, score, only=len(scores) == 1)]
    else:
        found = _on_access(edition, topic.judged, scores)
    return _in_order(edition, found) or topic.clauses


def is_below(score: Figure, limit: Decimal) -> bool:
    """Whether the score falls below a limit; 低于3.8 means just under 3.8."""
    return score.value <= limit if score.side is Side.BELOW else score.value < limit


def lines(edition: Edition) -> tuple[Line, ...]:
    """The platform's lines on the main score, the gravest first."""
    found = (edition.line(effect) for effect in sorted(Effect, key=lambda effect: -LEVEL_OF[effect]))
    return tuple(line for line in found if line is not None and not line.own)


def _holds_at(edition: Edition, score: Figure, *, only: bool) -> list[str]:
    """The clauses in force at a score. Among several scores (not `only`) a line's own number stands for the line."""
    known = lines(edition)
    if not only and (named := [line.clause for line in known if line.limit == score.value]):
        return named[:1]
    hit = next((place for place, line in enumerate(known) if is_below(score, line.limit)), None)
    if hit is None:
        return [known[-1].clause] if known else []
    line = known[hit]
    alike = [other.clause for other in known if other.limit == line.limit]
    spared = known[hit - 1].clause if hit and line.effect is Effect.NO_ENTRY and len(alike) == 1 else line.clause
    return [*alike, spared]


def _on_access(edition: Edition, judged: Judged, scores: Sequence[Figure]) -> list[str]:
    """The clause of the line asked about, or those of both lines where the scores are on the other line's side."""
    warning, closing = edition.line(Effect.WARNING), edition.line(Effect.CLOSING)
    asked = closing if judged is Judged.CLOSING else warning
    other = warning if judged is Judged.CLOSING else closing
    both = [line.clause for line in (warning, closing) if line is not None and not line.own]
    if asked is None or other is None or closing is None:
        return both
    closes = all(is_below(score, closing.limit) for score in scores)
    return [asked.clause] if closes == (judged is Judged.CLOSING) else both


def _in_order(edition: Edition, found: Sequence[str]) -> tuple[str, ...]:
    """The clauses once each, in the edition's order."""
    return tuple(clause.id for clause in edition.clauses if clause.id in found)


def joined(topics: Mapping[str, Topic], parts: Sequence[Part], *, outside: bool = False) -> Reading:
    """The parts as one reading: answers before gaps, each clause quoted once, other businesses named as outside."""
    kept = _without_repeats(parts)
    coverage = {topics[part.topic].coverage for part in kept}
    answered = [part for part in kept if topics[part.topic].coverage in _ANSWERED]
    gaps = [part for part in kept if topics[part.topic].coverage is Coverage.GAP]
    if answered or gaps:
        kind = AnswerKind.ANSWER if answered else AnswerKind.NOT_COVERED
        return Reading(kind=kind, parts=(*answered, *gaps), outside=outside or Coverage.OUTSIDE in coverage)
    kind = AnswerKind.CHAT if coverage == {Coverage.CHAT} else AnswerKind.OUT_OF_SCOPE
    return Reading(kind=kind, parts=tuple(kept))


def _without_repeats(parts: Sequence[Part]) -> list[Part]:
    """The parts in order without repeats, no clause quoted twice."""
    kept: list[Part] = []
    quoted: set[str] = set()
    for part in parts:
        new = tuple(clause for clause in part.clauses if clause not in quoted)
        if (part.clauses and not new) or any(part.topic == other.topic and not new for other in kept):
            continue
        quoted.update(new)
        kept.append(part.model_copy(update={"clauses": new}))
    return kept


def seen_under(reading: Reading, old: Edition, new: Edition) -> Reading | None:
    """The same question for `new`; None when `new` has none of the topics.

    A score is never carried to another scale: it becomes a figure of another scale. A figure of another scale under
    `old` becomes a score when it fits the scale of `new`.
    """
    asked = (part.model_copy(update={"figures": _rescaled(part.figures, old, new)}) for part in reading.parts)
    return under(tuple(asked), new)


def under(parts: tuple[Part, ...], edition: Edition) -> Reading | None:
    """The parts with the clauses of this edition, without those of unknown topics; None when no part is left."""
    known = {topic.id: topic for topic in edition.topics}
    kept = tuple(
        part.model_copy(update={"clauses": clauses_for(edition, known[part.topic], part.figures)})
        for part in parts
        if part.topic in known
    )
    if not kept:
        return None
    is_answered = any(known[part.topic].coverage in _ANSWERED for part in kept)
    kind = AnswerKind.ANSWER if is_answered else AnswerKind.NOT_COVERED
    return Reading(kind=kind, parts=kept, said=_said(figure for part in kept for figure in part.figures))


_FACTS = {
    FigureKind.SCORE: "score",
    FigureKind.OTHER_SCALE: "score",
    FigureKind.CLOSURES: "closures",
    FigureKind.DAYS_SINCE_JOINED: "joined_on",
    FigureKind.DAYS_SINCE_OPENED: "opened_on",
    FigureKind.DAYS_SINCE_PENALTY: "penalties",
}
_CLAIMS = {FigureKind.SCORE: About.ENTRY_LIMIT, FigureKind.CLOSURES: About.FOREVER}


def _said(figures: Iterable[Figure]) -> Said:
    """What the figures of a button tell, where the text of the question is not at hand."""
    held = tuple(dict.fromkeys(figures))
    told = (figure for figure in held if figure.kind in _FACTS and not figure.claimed)
    claimed = (figure for figure in held if figure.kind in _CLAIMS and figure.claimed)
    return Said(
        told=tuple(Told(fact=_FACTS[one.kind], number=one.value, side=one.side) for one in told),
        claims=tuple(Claim(about=_CLAIMS[one.kind], number=one.value, side=one.side) for one in claimed),
        asides=(Aside.STARS,) if any(one.kind is FigureKind.STARS for one in held) else (),
    )


def _rescaled(figures: Iterable[Figure], old: Edition, new: Edition) -> tuple[Figure, ...]:
    """The figures as the scale of the main score of `new` has them."""
    before, after = old.main_score, new.main_score
    if (before.lowest, before.highest) == (after.lowest, after.highest):
        return tuple(figures)
    return tuple(_on_scale(figure, after) if figure.kind in ON_A_SCALE else figure for figure in figures)


def _on_scale(figure: Figure, score: Fact) -> Figure:
    """The number as this score when a number of another scale lies on its scale, else as one of another scale."""
    fits = figure.kind is FigureKind.OTHER_SCALE and score.is_on_scale(figure.value)
    return figure.model_copy(update={"kind": FigureKind.SCORE if fits else FigureKind.OTHER_SCALE})
