"""Which of two opinions on a text stands, the one by patterns or the one by weights; both where neither is sure.

Scores are natural logarithms of odds: 0 is as likely as not, 1 nearly three to one. The constants were chosen by
`python -m bench.teach 5`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rules.edition import Edition, Judged
from rules.reading import AnswerKind, Part, Reading
from rules.understanding.opinion import GAP, OUTSIDE, Weights, features, limits_of
from rules.understanding.utterance import Utterance

FIRST: Final = 0.5
"""How much more likely what the patterns say is taken to be."""
NAMED_GAP: Final = 1.0
"""How much more likely a gap is taken to be than its score: a gap that is named is better than a refusal."""
LEAST: Final = -3.0
"""An answer less likely is none, where the patterns find none either."""
NEAR: Final = 2.0
"""Two answers so near to each other are both offered."""
ALSO: Final = 0.0
"""A further answer above this score is given too."""
MOST_ANSWERS: Final = 3
_LOOKED_AT: Final = 8
"""How many of the likeliest answers are looked at."""
REFUSALS: Final = (AnswerKind.NOT_COVERED, AnswerKind.OUT_OF_SCOPE, AnswerKind.CHAT)


@dataclass(frozen=True)
class Likely:
    """A topic that may answer, with its score and the part that would be said."""

    score: float
    part: Part

    @property
    def shown(self) -> frozenset[str]:
        return shown_by(self.part)


class SecondOpinion:
    """Settles readings of one edition. `part_of`: the part of a topic for a text, with its figures."""

    def __init__(self, edition: Edition, part_of: Callable[[str, Utterance], Part], weights: Weights) -> None:
        self._weights = weights
        self._topics = {topic.id for topic in edition.topics}
        self._exact = {topic.id for topic in edition.topics if topic.judged is Judged.HOLDS}
        self._limits = limits_of(edition)
        self._part_of = part_of

    def scores(self, said: Utterance) -> Mapping[str, float]:
        """The score of each topic of the edition, of a gap, and of what is none of ours."""
        known = self._topics | {GAP, OUTSIDE}
        scores = self._weights.scores(features(said, self._limits))
        return {label: score for label, score in scores.items() if label in known}

    def settled(self, said: Utterance, first: Reading, *, tells: bool) -> tuple[AnswerKind, tuple[Part, ...]] | None:
        """The kind and parts of the answer, without parts for a refusal; None where the first reading stands.

        `tells`: the text tells or asks of a shop, so that the sentence above the quotes answers: no choice is offered.
        """
        scores = self.scores(said)
        if first.kind is AnswerKind.ANSWER and not {part.topic for part in first.parts} <= scores.keys() - self._exact:
            return None
        gap, outside = scores[GAP] + NAMED_GAP, scores[OUTSIDE]
        ranked = sorted(scores.keys() - {GAP, OUTSIDE}, key=lambda label: (-scores[label], label))[:_LOOKED_AT]
        likely = [Likely(scores[label], self._part_of(label, said)) for label in ranked]
        backing = _backing(first, likely)
        refused = max(gap, outside)
        if first.kind in REFUSALS:
            refused = max(refused, LEAST) + FIRST
        if refused >= max(likely[0].score, backing + FIRST):
            return _refusal(first, AnswerKind.NOT_COVERED if gap > outside else AnswerKind.OUT_OF_SCOPE)
        return _answer(first, backing, likely, tells=tells)


def shown_by(*parts: Part) -> frozenset[str]:
    """The clauses that the parts quote, and the topics that quote none."""
    return frozenset(one for part in parts for one in part.clauses or (part.topic,))


def _backing(first: Reading, likely: list[Likely]) -> float:
    """The best score among the topics that show something of what the first reading answers; none without an answer."""
    shown = shown_by(*first.parts) if first.kind is AnswerKind.ANSWER else frozenset()
    return max((one.score for one in likely if one.shown & shown), default=float("-inf"))


def _refusal(first: Reading, kind: AnswerKind) -> tuple[AnswerKind, tuple[Part, ...]] | None:
    """The refusal; None where the first reading refuses so already."""
    stands = first.kind is kind or (first.kind is AnswerKind.CHAT and kind is AnswerKind.OUT_OF_SCOPE)
    return None if stands else (kind, ())


def _answer(
    first: Reading, backing: float, likely: list[Likely], *, tells: bool
) -> tuple[AnswerKind, tuple[Part, ...]] | None:
    """The answers that are likely enough, or a choice of two; None where the first reading stands."""
    keeps = backing + FIRST >= likely[0].score
    parts = first.parts if keeps else (likely[0].part,)
    score = backing if keeps else likely[0].score
    others = [one for one in likely if not one.shown <= shown_by(*parts)]
    more = [one.part for one in others if one.score >= ALSO][: MOST_ANSWERS - 1]
    if more and score >= ALSO:
        return AnswerKind.ANSWER, (*parts, *more)
    if not tells and others and score - others[0].score < NEAR:
        return AnswerKind.CHOICES, (*parts, others[0].part)
    if tells and not keeps and score - backing < NEAR:
        return AnswerKind.ANSWER, (*first.parts, *parts)
    return None if keeps else (AnswerKind.ANSWER, parts)
