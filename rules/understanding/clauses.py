"""The questions of a message, cut at marks, joining words and unmarked ends, each with the statements around."""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from functools import cache, cached_property

from rules.understanding.lexicon import Known, Tag, flagged, sureness
from rules.understanding.tables import load

# A clause so surely of our domain is asked about, whatever is told around.
SURE_CLAUSE = 0.6
_MARKS = r"[。?!;,、:()\n…~]+|(?<![\d.])\.+(?!\d)|(?<!\S)\d[.、)](?!\d)|(?<!\s)\s+(?=[^\sa-z\d])"


@dataclass(frozen=True)
class Clause:
    """A stretch of a text between two cuts, with the concepts named there."""

    start: int
    end: int
    tags: tuple[Tag, ...]

    @cached_property
    def named(self) -> frozenset[str]:
        return frozenset(tag.concept for tag in self.tags)

    @property
    def places(self) -> range:
        """The places of the text in the clause."""
        return range(self.start, self.end)

    @property
    def asks(self) -> bool:
        return not self.named.isdisjoint(flagged().asks)

    @property
    def has_matter(self) -> bool:
        """Whether the clause names more than how something is asked and how things stand."""
        return not self.named <= flagged().light

    @property
    def tells_of_foreign(self) -> bool:
        """Whether the clause says more of another platform than the bare name."""
        names = [tag for tag in self.tags if tag.concept == Known.FOREIGN]
        return bool(names) and (len(self.named) > 1 or names[0].end - names[0].start + 3 <= self.end - self.start)

    @property
    def tells_score_of_goods(self) -> bool:
        """Whether a number is told as the score of the goods."""
        return Known.PRODUCTSCORE in self.named and not self.named.isdisjoint(flagged().score_number)

    @property
    def only_fears(self) -> bool:
        """Whether the clause asks nothing and tells a fear, no fact: 我怕被罚."""
        names = (tag.concept for tag in self.tags)
        first = next((name for name in names if name == Known.FEAR or name not in flagged().light), None)
        return first == Known.FEAR and not self.asks


@dataclass(frozen=True)
class Question:
    """A clause that asks, with the statements around.

    `context`: the concepts named before the question. `is_continuation`: whether the question has no matter of its own,
    only the matter of the question before.
    """

    clauses: tuple[Clause, ...]
    context: frozenset[str] = frozenset()
    is_continuation: bool = False

    @cached_property
    def named_here(self) -> frozenset[str]:
        """The concepts of the question's clauses."""
        return _named_in(self.clauses)

    @cached_property
    def named(self) -> frozenset[str]:
        """The concepts of the question's clauses and of its context."""
        return self.named_here | self.context

    @cached_property
    def asking(self) -> tuple[Clause, ...]:
        """The clauses that ask."""
        return tuple(clause for clause in self.clauses if clause.asks)

    @property
    def main(self) -> tuple[Clause, ...]:
        """The clauses that ask, else the last clause with any matter, else none."""
        return self.asking or tuple(clause for clause in self.clauses if clause.has_matter)[-1:]

    def covers(self, place: int) -> bool:
        """Whether a place of the text belongs to the question."""
        return any(place in clause.places for clause in self.clauses)

    def count_asked(self, places: Set[int]) -> int:
        """How many of the places are in clauses that ask; in all clauses where none asks."""
        return sum(place in places for clause in self.asking or self.clauses for place in clause.places)

    def only_tells_of(self, concept: str) -> bool:
        """Whether a concept is an aside of a statement, and the question about something else."""
        if concept not in flagged().aside or len(self.clauses) == 1:
            return False
        asked = _named_in(self.asking)
        surely = concept != Known.FOREIGN and sureness(asked) >= SURE_CLAUSE
        return concept not in asked and (surely or not self.named.isdisjoint(flagged().subject))

    def without_other_platforms(self) -> "Question":
        """The question without statements on another platform, where the alliance is named apart, asked or last."""
        told = [clause for clause in self.clauses if clause.tells_of_foreign and Known.NOSHOP not in clause.named]
        if not told or Known.FOREIGN in _named_in(self.asking):
            return self
        named = [clause for clause in self.clauses if not clause.named.isdisjoint(flagged().subject)]
        is_last = any(clause.asks or clause.start > told[-1].start for clause in named)
        if Known.MOVED not in self.named_here and not is_last:
            return self
        starts = {clause.start for clause in told}
        return replace(self, clauses=tuple(clause for clause in self.clauses if clause.start not in starts))

    def names_together(self, concept: str, others: Set[str]) -> bool:
        """Whether a concept stands in a clause with one of the others."""
        return any(concept in clause.named and not clause.named.isdisjoint(others) for clause in self.clauses)


def _named_in(clauses: Iterable[Clause]) -> frozenset[str]:
    """The concepts of all the clauses together."""
    return frozenset(tag.concept for clause in clauses for tag in clause.tags)


def questions(text: str, tags: tuple[Tag, ...]) -> list[Question]:
    """The questions of a text in the order asked, each with the statements before."""
    out: list[Question] = []
    told: list[Clause] = []
    subjects: frozenset[str] = frozenset()
    for clause in _clauses(text, tags):
        if out and clause.only_fears:
            continue
        if not clause.asks:
            told.append(clause)
            continue
        continues = bool(out) and not told and not clause.has_matter
        out.append(Question((*told, clause), out[-1].named if continues else subjects, continues))
        subjects |= out[-1].named & flagged().subject
        told = []
    if told and out:
        out[-1] = Question((*out[-1].clauses, *told), out[-1].context)
    elif told:
        out = [Question(tuple(told))]
    return [part for question in out for part in _parted_by_score(question)]


def _parted_by_score(question: Question) -> Iterator[Question]:
    """The question, cut in two where scores of shop and goods are told: 体验分3.7,商品分80."""
    of_goods = tuple(clause for clause in question.clauses if clause.tells_score_of_goods)
    others = tuple(clause for clause in question.clauses if not clause.tells_score_of_goods)
    if not of_goods or all(clause.named.isdisjoint(flagged().score_number) for clause in others):
        yield question
        return
    yield replace(question, clauses=others)
    yield Question(of_goods, question.context)


def _clauses(text: str, tags: tuple[Tag, ...]) -> Iterator[Clause]:
    """The clauses of the text, without those where no concept is named."""
    start, next_tag = 0, 0
    for end in _ends(text):
        held = []
        while next_tag < len(tags) and tags[next_tag].start < end:
            held.append(tags[next_tag])
            next_tag += 1
        if held:
            yield Clause(start, end, tuple(held))
        start = end


def _ends(text: str) -> list[int]:
    """The places of the cuts in order, the end of the text as the last."""
    return [*sorted({cut.start() for pattern in _breaks() for cut in pattern.finditer(text)}), len(text)]


@cache
def _breaks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns for a mark or a joining word, and for the place between two questions without a mark."""
    table = load("breaks.toml")
    whole, taking, asked, told = (table[name].split() for name in ("whole", "taking", "asked", "told"))
    begins = "|".join(asked)
    unmarked = f"{_after(whole)}(?={begins}|{'|'.join(told)})|{_after(taking)}(?={begins})|(?<=吗)(?=[一-鿿]{{3}})"
    return re.compile("|".join((_MARKS, *table["joining"]))), re.compile(unmarked)


def _after(ends: Iterable[str]) -> str:
    """A pattern for the place right after any of the words."""
    return "(?:" + "|".join(f"(?<={end})" for end in ends) + ")"
