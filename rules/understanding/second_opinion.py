"""Which of two opinions on a text stands, the one by patterns or the one by weights; both where neither is sure.

Scores are natural logarithms of odds: 0 is as likely as not, 1 nearly three to one. The constants were chosen on
lines of writers that had not been taught; `python -m bench.teach 5` counts such lines.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rules.edition import Edition, Judged
from rules.reading import AnswerKind, Part, Reading, shown_by
from rules.said import Said
from rules.understanding.opinion import GAP, OUTSIDE, Weights, features, limits_of
from rules.understanding.told_topic import UNCLEAR
from rules.understanding.utterance import Utterance

FIRST: Final = 0.5
"""How much more likely what the patterns say is taken to be."""
FIRST_IF_APT: Final = 1.5
"""The same, where the edition has a sentence for just what is asked."""
KNOWN: Final = -1.5
"""With no label more likely, the text says nothing to the second opinion, and an answer of the first stands."""
SURE: Final = 2.0
"""What is less likely does not overrule a gap that the patterns name, or a half that is ours."""
NAMED_GAP: Final = 1.0
"""How much more likely a gap is taken to be than its score: a gap that is named is better than a refusal."""
LEAST: Final = -3.0
"""An answer less likely is none, where the patterns find none either."""
NEAR: Final = 2.0
"""Two answers so near to each other are both offered."""
MAYBE: Final = -1.0
NEARLY: Final = 1.0
"""An answer above `MAYBE` so near to a refusal is offered, beside the next."""
ALSO: Final = 0.0
"""A further answer above this score is given too."""
MOST_ANSWERS: Final = 3
_LOOKED_AT: Final = 8
"""How many of the likeliest answers are looked at."""
REFUSALS: Final = (AnswerKind.NOT_COVERED, AnswerKind.OUT_OF_SCOPE, AnswerKind.CHAT)

Settled = tuple[AnswerKind, tuple[Part, ...]]
"""The kind and parts of an answer; without parts for a refusal."""


@dataclass(frozen=True)
class Likely:
    """A topic that may answer, with its score and the part that would be said."""

    score: float
    part: Part

    @property
    def shown(self) -> frozenset[str]:
        return shown_by(self.part)


@dataclass(frozen=True)
class Refusal:
    """That nothing answers, with its score beside the answers', and the plain score of the label."""

    kind: AnswerKind
    score: float
    plain: float

    def beside(self, first: Reading) -> Settled | None:
        """The refusal; None where the first reading refuses so already."""
        is_talk = first.kind is AnswerKind.CHAT and self.kind is AnswerKind.OUT_OF_SCOPE
        return None if first.kind is self.kind or is_talk else (self.kind, ())


class SecondOpinion:
    """Settles readings of one edition. `part_of`: the part of a topic for a text, with its figures."""

    def __init__(self, edition: Edition, part_of: Callable[[str, Utterance], Part], weights: Weights) -> None:
        self._weights = weights
        self._topics = {topic.id: topic for topic in edition.topics}
        self._exact = {topic.id for topic in edition.topics if topic.judged is Judged.HOLDS}
        self._limits = limits_of(edition)
        self._part_of = part_of

    def scores(self, said: Utterance) -> Mapping[str, float]:
        """The score of each topic of the edition, of a gap, and of what is none of ours."""
        known = {*self._topics, GAP, OUTSIDE}
        scores = self._weights.scores(features(said, self._limits))
        return {label: score for label, score in scores.items() if label in known}

    def speaking_for(self, said: Utterance, label: str) -> list[str]:
        """The runs of characters and the concepts that speak for a label, the strongest first."""
        return self._weights.speaking_for(label, features(said, self._limits))

    def settled(self, said: Utterance, told: Said, first: Reading, *, begins: bool) -> Settled | None:
        """The kind and parts of the answer, without parts for a refusal; None where the first reading stands.

        `begins`: nothing was asked before. Where something was, or the text tells something, the sentence above the
        quotes answers, and no choice is offered.
        """
        scores = self.scores(said)
        likely = self._likely(said, scores)
        if not likely or self._stands(first, scores):
            return None
        tells, on_point = told.tells or bool(said.figures), self._has_answer(first, told)
        backing, offers = _backing(first, likely), begins and not tells
        keeps = backing + (FIRST_IF_APT if on_point else FIRST)
        refusal = _refusal(first, scores, tells=tells, is_told=bool(told.told))
        if refusal.score >= max(likely[0].score, keeps):
            near = likely[0].score > MAYBE and refusal.plain - likely[0].score < NEARLY and not said.figures
            return (AnswerKind.CHOICES, tuple(one.part for one in likely[:2])) if near else refusal.beside(first)
        if keeps >= likely[0].score:
            return None if on_point else _with_more(first, backing, likely, offers=offers)
        return _overruled(first, backing, likely, offers=offers)

    def _stands(self, first: Reading, scores: Mapping[str, float]) -> bool:
        """Whether the first reading is not asked about: it is exact, or nothing likely speaks against it."""
        likeliest = max(scores.values())
        if first.kind is AnswerKind.NOT_COVERED:
            return likeliest < SURE and any(part.topic != UNCLEAR for part in first.parts)
        if first.kind is not AnswerKind.ANSWER:
            return False
        topics = {part.topic for part in first.parts}
        is_exact = not topics.isdisjoint(self._exact) and scores[OUTSIDE] < ALSO
        return is_exact or not topics <= scores.keys() or likeliest < KNOWN

    def _likely(self, said: Utterance, scores: Mapping[str, float]) -> list[Likely]:
        """The likeliest topics, the likeliest first."""
        ranked = sorted(scores.keys() - {GAP, OUTSIDE}, key=lambda label: (-scores[label], label))
        return [Likely(scores[label], self._part_of(label, said)) for label in ranked[:_LOOKED_AT]]

    def _has_answer(self, first: Reading, told: Said) -> bool:
        """Whether a topic of the reading has a sentence for what exactly is asked."""
        return any(point in self._topics[part.topic].answers for part in first.parts for point in told.points)


def _backing(first: Reading, likely: list[Likely]) -> float:
    """The best score among the topics that show something of what the first reading answers; none without an answer."""
    shown = shown_by(*first.parts) if first.kind is AnswerKind.ANSWER else frozenset()
    return max((one.score for one in likely if one.shown & shown), default=float("-inf"))


def _refusal(first: Reading, scores: Mapping[str, float], *, tells: bool, is_told: bool) -> Refusal:
    """The likelier refusal: a gap, or nothing of ours, beside what the first reading found.

    `tells`: a number, a fact or a claim is told; `is_told`: a fact is.
    """
    gap, outside = scores[GAP] + (0.0 if tells else NAMED_GAP), scores[OUTSIDE]
    if first.kind is AnswerKind.ANSWER and (first.outside or (is_told and outside < SURE)):
        outside = float("-inf")
    kind = AnswerKind.NOT_COVERED if gap > outside else AnswerKind.OUT_OF_SCOPE
    score = max(gap, outside, LEAST) + FIRST if first.kind in REFUSALS else max(gap, outside)
    return Refusal(kind, score, plain=max(scores[GAP], scores[OUTSIDE]))


def _with_more(first: Reading, backing: float, likely: list[Likely], *, offers: bool) -> Settled | None:
    """The first reading with further answers, or a choice; None where it stands alone."""
    others = _beside(first.parts, likely)
    if backing >= ALSO and (more := _likely_enough(others)):
        return AnswerKind.ANSWER, (*first.parts, *more)
    if offers and others and backing - others[0].score < NEAR:
        return AnswerKind.CHOICES, (*first.parts, others[0].part)
    return None


def _overruled(first: Reading, backing: float, likely: list[Likely], *, offers: bool) -> Settled:
    """The likeliest answer with further ones, with the first reading's where that is near, or a choice of two."""
    best, parts = likely[0].score, (likely[0].part,)
    others = _beside(parts, likely)
    if best >= ALSO and (more := _likely_enough(others)):
        return AnswerKind.ANSWER, (*parts, *more)
    if offers and others and best - others[0].score < NEAR:
        return AnswerKind.CHOICES, (*parts, others[0].part)
    return AnswerKind.ANSWER, (*first.parts, *parts) if not offers and best - backing < NEAR else parts


def _beside(parts: tuple[Part, ...], likely: list[Likely]) -> list[Likely]:
    """The topics that show something that the parts do not."""
    return [one for one in likely if not one.shown <= shown_by(*parts)]


def _likely_enough(others: list[Likely]) -> tuple[Part, ...]:
    """The further answers to give."""
    return tuple(one.part for one in others if one.score >= ALSO)[: MOST_ANSWERS - 1]
