"""A question's concepts and numbers → the topics that explain it best.

One idea decides: of all signs that fit, the one that accounts for most of what the question names wins. Another topic
is answered too only for what the first left over, as a further condition of "may I join?".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.understanding.clauses import Question
from rules.understanding.lexicon import Known, flagged, number_concepts
from rules.understanding.patterns import Sign, TopicPatterns, weight

ENOUGH = 1.0
HEAVY = 1.5
# Enough for a question that leans on the one before it: 怎么弄.
LEANING = 0.4
_ASIDE_SHARE = 0.2
# Sums are rounded, so that the order in which a set is walked can't tip a comparison.
_DIGITS = 6
_SAID_BEFORE = -0.05


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic read from a question: what it explains, how much that weighs, and where it begins."""

    topic: str
    explained: frozenset[str]
    weight: float
    place: int

    @property
    def is_bare(self) -> bool:
        """Whether nothing is named but joining itself: 能开吗, the frame of the conditions told around it."""
        return Known.JOIN in self.explained and self.explained - {Known.JOIN, Known.ALLIANCE} <= flagged().idle


class Matcher:
    """Reads questions by the signs of one edition."""

    def __init__(self, signs: TopicPatterns) -> None:
        self.signs = signs

    def hits(self, question: Question) -> list[Hit]:
        """The topics of a question in the order of the text; none if nothing weighs enough."""
        question = question.without_told(Known.FOREIGN)
        best = self._asked(question)
        if best is None or best.weight < (LEANING if question.leans else ENOUGH):
            return []
        found = [best]
        while best and best.topic in self.signs.companions:
            best = self._companion(question, found)
            found += [best] if best else []
        return sorted(found, key=lambda hit: hit.place)

    def ranked(self, question: Question) -> list[Hit]:
        """What each fitting sign explains, the one explaining most first, then the more particular one."""
        hits = []
        for sign, all_explained in self.signs.fitting(question.named):
            if explained := _near_enough(question, sign, all_explained):
                hits.append((_hit(question, sign, explained), sign))
        hits.sort(key=lambda pair: (-round(pair[0].weight, 3), -pair[1].particular, pair[1].rank))
        return [hit for hit, _ in hits]

    def _asked(self, question: Question) -> Hit | None:
        """The topic of the whole question, or of the clause that asks where the rest has no bearing."""
        ranked = self._without_told(question, self.ranked(question))
        whole = next(iter(ranked), None)
        if whole is None or len(question.clauses) == 1 or len(question.core) != 1:
            return whole
        if not question.asked and whole.topic not in self.signs.pasts:
            return whole
        asking = question.core[0]
        alone = next(
            iter(self.ranked(Question((asking,), question.context | question.named & flagged().subject))), None
        )
        if alone is None or _weigh(question, alone.explained & asking.named) < ENOUGH:
            return whole
        if not self._stands_alone(alone, whole, _weigh(question, alone.explained & asking.named - flagged().light)):
            return whole
        return self._condition(alone, ranked) if alone.topic in self.signs.frames else alone

    def _without_told(self, question: Question, ranked: list[Hit]) -> list[Hit]:
        """The hits without those on another business that is only told of, where something else is asked as surely."""
        others = [hit for hit in ranked if not any(map(question.only_tells, hit.explained & self._told(question, hit)))]
        return others if others and others[0].weight >= 2 * ENOUGH else ranked

    def _told(self, question: Question, hit: Hit) -> frozenset[str]:
        """The concepts that do not make this hit the answer where they are only told."""
        if not any(clause.has_matter for clause in question.asked):
            return flagged().beside
        seasons = flagged().season if hit.topic in self.signs.pasts else frozenset()
        return flagged().beside | seasons

    def _condition(self, alone: Hit, ranked: Sequence[Hit]) -> Hit:
        """The condition that is told before a bare "may I join?", where an aside weighed more; else the latter."""
        fellows = (hit for hit in ranked if hit.topic in self.signs.companions)
        return next((hit for hit in fellows if hit.weight >= alone.weight + ENOUGH), alone)

    def _stands_alone(self, alone: Hit, whole: Hit, matter: float) -> bool:
        """Whether the clause that asks is answered without the statements around it."""
        told = whole.topic in self.signs.asides or (matter >= ENOUGH and whole.topic in self.signs.pasts)
        if alone.topic in self.signs.frames:
            return told
        if whole.explained >= alone.explained:
            more = whole.weight >= alone.weight + HEAVY
            return not (more or whole.topic in self.signs.frames | self.signs.companions)
        return matter >= ENOUGH and (told or alone.topic not in self.signs.companions)

    def _companion(self, question: Question, found: Sequence[Hit]) -> Hit | None:
        """The topic of a further condition, for what is not explained yet."""
        left = question.own - flagged().light - frozenset().union(*(hit.explained for hit in found))
        if _weigh(question, left) < HEAVY:
            return None
        done = {hit.topic for hit in found}
        fellows = (hit for hit in self.ranked(question) if hit.topic in self.signs.companions and hit.topic not in done)
        return next((hit for hit in fellows if _weigh(question, hit.explained & left) >= HEAVY), None)


def _near_enough(question: Question, sign: Sign, explained: frozenset[str]) -> frozenset[str]:
    """What a sign accounts for: something said here, and what weighs much must stand near what the sign needs."""
    if explained.isdisjoint(question.own):
        return frozenset()
    if len(question.clauses) == 1:
        return explained
    needed = explained & sign.all_needed
    return frozenset(
        concept
        for concept in explained
        if concept in needed | number_concepts() or question.near(concept, needed) or _is_slight(question, concept)
    )


def _is_slight(question: Question, concept: str) -> bool:
    """Whether a concept weighs little of itself, so that it may stand anywhere in the question."""
    return _weight(question, concept) < ENOUGH and not question.only_tells(concept)


def _weight(question: Question, concept: str) -> float:
    """How much the question is about a concept; little for an aside, less than nothing if it was only said before."""
    if concept not in question.own:
        return _SAID_BEFORE
    return (_ASIDE_SHARE if question.only_tells(concept) else 1.0) * weight(concept)


def _weigh(question: Question, explained: Iterable[str]) -> float:
    return round(sum(_weight(question, concept) for concept in explained), _DIGITS)


def _hit(question: Question, sign: Sign, explained: frozenset[str]) -> Hit:
    """The hit of a sign, placed where the heaviest concept that it explains stands."""
    own = [tag for clause in question.clauses for tag in clause.tags if tag.concept in explained]
    place = max(own, key=lambda tag: weight(tag.concept)).start if own else question.clauses[0].start
    return Hit(sign.topic, explained, _weigh(question, explained), place)
