"""What an answer quotes: the clauses for a topic at its figures, exact at every line, and all parts as one reading."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rules.edition import Coverage, Edition, Judged, Topic
from rules.kinds import FigureKind
from rules.lines import LEVEL_OF
from rules.reading import AnswerKind, Figure, Part, Reading, Side
from rules.requirements import Effect, Line

_ANSWERED = (Coverage.PROVISION, Coverage.OWN_WORDS)


def clauses_for(edition: Edition, topic: Topic, figures: Sequence[Figure]) -> tuple[str, ...]:
    """The ids of the clauses that answer this topic at these figures, in order; the topic's own without a score."""
    scores = [figure for figure in figures if figure.kind is FigureKind.SCORE]
    if not scores or topic.judged is Judged.NOT:
        return topic.clauses
    if topic.judged is Judged.HOLDS:
        found = [clause for score in scores for clause in _holds_at(edition, score, only=len(scores) == 1)]
    else:
        found = _on_access(edition, topic.judged, scores)
    return _in_order(edition, found) or topic.clauses


def is_below(score: Figure, limit: Decimal) -> bool:
    """Whether the score falls below a limit; 低于3.8 means just under it."""
    return score.value <= limit if score.side is Side.BELOW else score.value < limit


def lines(edition: Edition) -> tuple[Line, ...]:
    """The platform's lines on the main score, the gravest first."""
    found = (edition.line(effect) for effect in sorted(Effect, key=lambda effect: -LEVEL_OF[effect]))
    return tuple(line for line in found if line is not None and not line.own)


def _holds_at(edition: Edition, score: Figure, *, only: bool) -> list[str]:
    """What holds at this score. Of several scores, one that is a line's own number stands for that line."""
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
    """What the score does to the access: the line asked about, and the other one where the score is on its side."""
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
    """The parts as one reading: what is ours is answered, each clause quoted once, the rest named as outside."""
    kept = _without_repeats(parts)
    coverage = [topics[part.topic].coverage for part in kept]
    answered = [part for part, covered in zip(kept, coverage, strict=True) if covered in _ANSWERED]
    gaps = [part for part, covered in zip(kept, coverage, strict=True) if covered is Coverage.GAP]
    outside = outside or (bool(answered or gaps) and Coverage.OUTSIDE in coverage)
    if answered or gaps:
        kind = AnswerKind.ANSWER if answered else AnswerKind.NOT_COVERED
        return Reading(kind=kind, parts=(*answered, *gaps), outside=outside)
    is_talk = bool(kept) and all(covered is Coverage.CHAT for covered in coverage)
    return Reading(kind=AnswerKind.CHAT if is_talk else AnswerKind.OUT_OF_SCOPE, parts=tuple(kept))


def _without_repeats(parts: Sequence[Part]) -> list[Part]:
    """The parts in order without repeats, and no clause quoted by two of them."""
    kept: list[Part] = []
    quoted: set[str] = set()
    for part in parts:
        new = tuple(clause for clause in part.clauses if clause not in quoted)
        if (part.clauses and not new) or any(part.topic == other.topic and not new for other in kept):
            continue
        quoted.update(new)
        kept.append(part.model_copy(update={"clauses": new}))
    return kept
