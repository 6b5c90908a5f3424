"""Reads what a merchant wrote under one edition."""

import re
from collections.abc import Iterable
from decimal import Decimal

from rules.model import AnswerKind, Coverage, Edition, Figure, FigureKind, Part, Reading
from rules.understanding.figures import Number, Unit, numbers
from rules.understanding.judge import clauses_for
from rules.understanding.lexicon import Tag, Tagging, concepts, tagged, wordings
from rules.understanding.match import Hit, Matcher, Unit as Question, units
from rules.understanding.normalise import plain
from rules.understanding.signs import signs_of, weight
from rules.understanding.spelling import Latin, mended

_BARE = re.compile(r"\s*\d{1,3}(?:\.\d{1,2})?\s*分?\s*[?。!~,.]*\s*")
_PAST = re.compile(r"从|由|原来|本来|之前|以前|from")
UNCLEAR, NEIGHBOURS = "unclear", "neighbours"
_SCORE_CONTEXT = frozenset(("score", "join", "removed", "warned", "low", "enough", "again", "restore", "alliance"))


class Understanding:
    """The reader of one edition. Immutable; `read` may be called from any thread."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._topics = {topic.id: topic for topic in edition.topics}
        self._matcher = Matcher(signs_of(edition))
        self._highest = edition.fact("score").highest or Decimal(5)
        self.read("开通")

    def topic(self, topic_id: str) -> Reading:
        """The plain answer to a topic, as a button asks for it. Raises KeyError for an unknown one."""
        return self._reading([Part(topic=topic_id, clauses=self._topics[topic_id].clauses)], Tagging((), 0, 0))

    def written(self, text: str) -> str:
        """The text as it is read: one script, no slips."""
        return mended(wordings()(Latin()(plain(text))))

    def read(self, text: str, before: Reading | None = None) -> Reading:
        """What the text asks. `before`: the reading of the chat's last message, for what is only said by its subject."""
        written = self.written(text)
        counted = numbers(written)
        spans = tuple((number.start, number.end) for number in counted if number.unit is not Unit.NONE or number.exact)
        words = tagged(written, spans)
        bare = bool(_BARE.fullmatch(written))
        figured = _current(
            written, [(number, kind) for number in counted if (kind := self._kind(number, words, bare=bare))]
        )
        tags = sorted((*words.tags, *(_tag(number, kind) for number, kind in figured)), key=lambda tag: tag.start)
        tagging = Tagging(tuple(tags), words.unknown, words.length)
        return self._answer(written, tagging, figured)

    def _answer(self, written: str, tagging: Tagging, figured: list[tuple[Number, FigureKind]]) -> Reading:
        if not self._is_ours(tagging):
            return self._aside(tagging)
        asked: list[tuple[Hit, Part]] = []
        outside = elsewhere = False
        last: tuple[Figure, ...] = ()
        for question in units(written, tagging):
            if elsewhere and _ours(question.own) < 1:
                continue
            hits = self._matcher.hits(question) or self._unclear(question)
            elsewhere = any(self._topics[hit.topic].coverage is Coverage.OUTSIDE for hit in hits)
            outside |= not hits
            last = self._figures(question, figured) or last
            asked += [(hit, self._part(hit, question, last)) for hit in hits]
        conditions = any(hit.topic in self._matcher.companions for hit, _ in asked)
        parts = [part for hit, part in asked if not (conditions and hit.is_bare)]
        return self._reading(parts, tagging, outside=outside)

    def _unclear(self, question: Question) -> list[Hit]:
        """A question about the alliance or the score that no topic explains is a gap."""
        anchored = question.own & {"alliance", "score"} and "foreign" not in question.own
        return [Hit(UNCLEAR, frozenset(), 0.0, 0)] if anchored and UNCLEAR in self._topics else []

    def _is_ours(self, tagging: Tagging) -> bool:
        named = {tag.concept for tag in tagging.tags}
        if named & {"alliance", "score"}:
            return tagging.unknown <= 0.75 * tagging.length
        if "fig" in named:
            return tagging.unknown <= 0.4 * tagging.length
        return tagging.unknown <= (0.05 + 0.15 * min(2.0, _ours(named))) * tagging.length

    def _aside(self, tagging: Tagging) -> Reading:
        """No question of ours: a greeting, or something else."""
        return Reading(kind=AnswerKind.OUT_OF_SCOPE)

    @staticmethod
    def _figures(question: Question, figured: list[tuple[Number, FigureKind]]) -> tuple[Figure, ...]:
        """The figures that a question names."""
        return tuple(
            Figure(kind=kind, value=number.value, side=number.side)
            for number, kind in figured
            if question.holds(number.start)
        )

    def _part(self, hit: Hit, question: Question, figures: tuple[Figure, ...]) -> Part:
        topic = self._topics[hit.topic]
        if topic.id == NEIGHBOURS and question.own & {"alliance", "score"} and UNCLEAR in self._topics:
            topic = self._topics[UNCLEAR]
        return Part(topic=topic.id, figures=figures, clauses=clauses_for(self._edition, topic, figures))

    def _reading(self, parts: list[Part], tagging: Tagging, *, outside: bool = False) -> Reading:
        """The parts as one reading: what is ours is answered, the rest is named as outside."""
        once = {part.topic: part for part in reversed(parts)}
        kept = [part for part in parts if once[part.topic] is part or part.figures]
        by = {part: self._topics[part.topic].coverage for part in kept}
        ours = [part for part in kept if by[part] in (Coverage.PROVISION, Coverage.OWN_WORDS)]
        gaps = [part for part in kept if by[part] is Coverage.GAP]
        if ours:
            return Reading(
                kind=AnswerKind.ANSWER, parts=(*ours, *gaps), outside=outside or len(ours) + len(gaps) < len(kept)
            )
        if gaps:
            return Reading(kind=AnswerKind.NOT_COVERED, parts=tuple(gaps), outside=outside)
        if kept and all(by[part] is Coverage.CHAT for part in kept):
            return Reading(kind=AnswerKind.CHAT, parts=tuple(kept))
        return Reading(kind=AnswerKind.OUT_OF_SCOPE, parts=tuple(kept))

    def _kind(self, number: Number, words: Tagging, *, bare: bool) -> FigureKind | None:
        """What a number is to be judged as; None for one that is no figure of ours."""
        named = {tag.concept for tag in words.tags}
        if number.asked or number.lost or number.unit is Unit.OTHER:
            return None
        if number.unit is Unit.STARS:
            return FigureKind.STARS
        if number.unit is Unit.TIMES:
            return FigureKind.CLOSURES
        if number.unit is Unit.DAYS:
            return FigureKind.DAYS_SINCE_PENALTY if "penalty" in named else FigureKind.DAYS_SINCE_JOINED
        if number.unit is Unit.NONE and not (number.exact or bare or (named & _SCORE_CONTEXT)):
            return None
        if number.value <= self._highest:
            return FigureKind.SCORE
        return (
            FigureKind.OTHER_SCALE
            if number.value <= 100 and (number.unit is Unit.POINTS or bare or "score" in named)
            else None
        )


def _ours(named: Iterable[str]) -> float:
    """How surely these concepts speak of the alliance or the score."""
    return sum(known.ours for concept in named if (known := concepts().get(concept)))


def _current(text: str, figured: list[tuple[Number, FigureKind]]) -> list[tuple[Number, FigureKind]]:
    """The figures without a score that has been left behind: 从4.3掉到3.7 is about 3.7."""
    scores = [number for number, kind in figured if kind is FigureKind.SCORE]
    past = {number for number in scores[:-1] if _PAST.search(text[max(0, number.start - 4) : number.start + 1])}
    return [(number, kind) for number, kind in figured if number not in past]


_CONCEPT_OF = {
    FigureKind.SCORE: "fig",
    FigureKind.STARS: "scale",
    FigureKind.OTHER_SCALE: "scale",
    FigureKind.CLOSURES: "count",
    FigureKind.DAYS_SINCE_JOINED: "days",
    FigureKind.DAYS_SINCE_PENALTY: "days",
}


def _tag(number: Number, kind: FigureKind) -> Tag:
    return Tag(_CONCEPT_OF[kind], number.start, number.end)
