"""A question's concepts and numbers → the topics that explain the question best.

Of all fitting patterns the one wins that accounts for most of the concepts. Another topic is answered besides only for
concepts left over, as a further condition of "may I join?".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.understanding.clauses import Question
from rules.understanding.lexicon import Known, flagged, number_concepts
from rules.understanding.patterns import TopicPattern, TopicPatterns, weight

ENOUGH = 1.0
HEAVY = 1.5
# Enough for a question that leans on the question before: 怎么弄.
ENOUGH_TO_CONTINUE = 0.4
_ASIDE_SHARE = 0.2
# Sums are rounded, so that the order in which a set is walked can't tip a comparison.
_DIGITS = 6
_SAID_BEFORE = -0.05


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic of a question, with the concepts explained, their weight, and the place where the topic begins."""

    topic: str
    explained: frozenset[str]
    weight: float
    place: int

    @property
    def is_bare(self) -> bool:
        """Whether nothing but joining is named: 能开吗, the frame of conditions told around."""
        return Known.JOIN in self.explained and self.explained - {Known.JOIN, Known.ALLIANCE} <= flagged().idle


class TopicMatcher:
    """Topics of questions by the patterns of one edition."""

    def __init__(self, patterns: TopicPatterns) -> None:
        self.patterns = patterns

    def hits(self, question: Question) -> list[Hit]:
        """The topics of a question in the order of the text; none if nothing weighs enough."""
        question = question.without_other_platforms()
        best = self._asked(question)
        if best is None or best.weight < (ENOUGH_TO_CONTINUE if question.is_continuation else ENOUGH):
            return []
        found = [best]
        while best and best.topic in self.patterns.companions:
            best = self._companion(question, found)
            found += [best] if best else []
        return sorted(found, key=lambda hit: hit.place)

    def ranked(self, question: Question) -> list[Hit]:
        """A hit for each fitting pattern, by weight, then by the pattern's specificity."""
        fitting = self.patterns.fitting(question.named)
        near = ((pattern, _near_enough(question, pattern, explained)) for pattern, explained in fitting)
        hits = [(_hit(question, pattern, explained), pattern) for pattern, explained in near if explained]
        hits.sort(key=lambda pair: (-round(pair[0].weight, 3), -pair[1].specificity, pair[1].rank))
        return [hit for hit, _ in hits]

    def _asked(self, question: Question) -> Hit | None:
        """The topic of the whole question, or of the asking clause where the rest has no bearing; None if none fits."""
        ranked = self._without_told(question, self.ranked(question))
        if not ranked or len(question.clauses) == 1 or len(question.main) != 1:
            return next(iter(ranked), None)
        overall, asking = ranked[0], question.main[0]
        if not question.asking and overall.topic not in self.patterns.pasts:
            return overall
        alone = self.ranked(Question((asking,), question.context | question.named & flagged().subject))
        if not alone or _weigh(question, alone[0].explained & asking.named) < ENOUGH:
            return overall
        apart = alone[0]
        if not self._stands_alone(apart, overall, _weigh(question, apart.explained & asking.named - flagged().light)):
            return overall
        return self._condition(apart, ranked) if apart.topic in self.patterns.frames else apart

    def _without_told(self, question: Question, ranked: list[Hit]) -> list[Hit]:
        """The hits without other businesses only told of, where something else is asked as surely."""
        others = [
            hit for hit in ranked if not any(map(question.only_tells_of, hit.explained & self._told(question, hit)))
        ]
        return others if others and others[0].weight >= 2 * ENOUGH else ranked

    def _told(self, question: Question, hit: Hit) -> frozenset[str]:
        """The concepts that do not make the hit an answer where only told."""
        if not any(clause.has_matter for clause in question.asking):
            return flagged().beside
        seasons = flagged().season if hit.topic in self.patterns.pasts else frozenset()
        return flagged().beside | seasons

    def _condition(self, apart: Hit, ranked: Sequence[Hit]) -> Hit:
        """The condition told before a bare "may I join?", where an aside weighed more; else the bare question."""
        fellows = (hit for hit in ranked if hit.topic in self.patterns.companions)
        return next((hit for hit in fellows if hit.weight >= apart.weight + ENOUGH), apart)

    def _stands_alone(self, apart: Hit, overall: Hit, matter: float) -> bool:
        """Whether the asking clause is answered without the statements around."""
        told = overall.topic in self.patterns.asides or (matter >= ENOUGH and overall.topic in self.patterns.pasts)
        if apart.topic in self.patterns.frames:
            return told
        if overall.explained >= apart.explained:
            more = overall.weight >= apart.weight + HEAVY
            return not (more or overall.topic in self.patterns.frames | self.patterns.companions)
        return matter >= ENOUGH and (told or apart.topic not in self.patterns.companions)

    def _companion(self, question: Question, found: Sequence[Hit]) -> Hit | None:
        """The topic of a further condition, for concepts not explained yet; None without one."""
        left = question.named_here - flagged().light - frozenset().union(*(hit.explained for hit in found))
        if _weigh(question, left) < HEAVY:
            return None
        done = {hit.topic for hit in found}
        fellows = (
            hit for hit in self.ranked(question) if hit.topic in self.patterns.companions and hit.topic not in done
        )
        return next((hit for hit in fellows if _weigh(question, hit.explained & left) >= HEAVY), None)


def _near_enough(question: Question, pattern: TopicPattern, explained: frozenset[str]) -> frozenset[str]:
    """The concepts that a pattern accounts for: a heavy one must stand near a needed one; none if only said before."""
    if explained.isdisjoint(question.named_here):
        return frozenset()
    if len(question.clauses) == 1:
        return explained
    needed = explained & pattern.all_needed
    return frozenset(
        concept
        for concept in explained
        if concept in needed | number_concepts()
        or question.names_together(concept, needed)
        or _is_slight(question, concept)
    )


def _is_slight(question: Question, concept: str) -> bool:
    """Whether a concept weighs so little that any place in the question will do."""
    return _weight(question, concept) < ENOUGH and not question.only_tells_of(concept)


def _weight(question: Question, concept: str) -> float:
    """How much a question is about a concept; little for an aside, less than nothing if only said before."""
    if concept not in question.named_here:
        return _SAID_BEFORE
    return (_ASIDE_SHARE if question.only_tells_of(concept) else 1.0) * weight(concept)


def _weigh(question: Question, explained: Iterable[str]) -> float:
    return round(sum(_weight(question, concept) for concept in explained), _DIGITS)


def _hit(question: Question, pattern: TopicPattern, explained: frozenset[str]) -> Hit:
    """The hit of a pattern, at the place of the heaviest explained concept."""
    own = [tag for clause in question.clauses for tag in clause.tags if tag.concept in explained]
    place = max(own, key=lambda tag: weight(tag.concept)).start if own else question.clauses[0].start
    return Hit(pattern.topic, explained, _weigh(question, explained), place)
