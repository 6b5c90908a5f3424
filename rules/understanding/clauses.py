"""The questions of a message, cut at marks, joining words and unmarked ends, each with the statements around."""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from functools import cache

from rules.understanding.lexicon import Known, Tag, flagged, sureness
from rules.understanding.tables import load

# So surely of our domain, a clause asks about it whatever is told around.
SURE_CLAUSE = 0.6
_MARKS = r"[。?!;,、:()\n…~]+|(?<![\d.])\.+(?!\d)|(?<!\S)\d[.、)](?!\d)|\s+(?=[^\sa-z\d])"


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of text between marks, with the concepts that it names."""

    start: int
    end: int
    tags: tuple[Tag, ...]
    named: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "named", frozenset(tag.concept for tag in self.tags))

    @property
    def asks(self) -> bool:
        """Whether the clause asks something."""
        return not self.named.isdisjoint(flagged().asks)

    def tells_of(self, concept: str) -> bool:
        """Whether the clause says something of a concept, more than its bare name."""
        names = [tag for tag in self.tags if tag.concept == concept]
        return bool(names) and (len(self.named) > 1 or names[0].end - names[0].start + 3 <= self.end - self.start)

    def covers_any(self, places: Set[int]) -> bool:
        """Whether any of these places of the text is in the clause."""
        return not places.isdisjoint(range(self.start, self.end))

    @property
    def has_matter(self) -> bool:
        """Whether the clause names more than how something is asked and how things stand."""
        return not self.named <= flagged().light

    @property
    def tells_score_of_goods(self) -> bool:
        """Whether a number is told as the score of the goods."""
        return Known.PRODUCTSCORE in self.named and not self.named.isdisjoint(flagged().score_number)

    @property
    def only_fears(self) -> bool:
        """Whether the clause asks nothing and says what is feared, not what is: 我怕被罚."""
        names = (tag.concept for tag in self.tags)
        first = next((name for name in names if name == Known.FEAR or name not in flagged().light), None)
        return first == Known.FEAR and not self.asks


@dataclass(frozen=True, slots=True)
class Question:
    """The clause that asks, with the statements that belong to it.

    `context`: the concepts named before the question. `is_continuation`: whether the question has no matter of its own,
    only that of the question before. `named_here`: the concepts of its clauses; `named`: these and the context.
    """

    clauses: tuple[Clause, ...]
    context: frozenset[str] = frozenset()
    is_continuation: bool = False
    named_here: frozenset[str] = field(init=False)
    named: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        own: frozenset[str] = frozenset().union(*(clause.named for clause in self.clauses))
        object.__setattr__(self, "named_here", own)
        object.__setattr__(self, "named", own | self.context)

    @property
    def asking(self) -> tuple[Clause, ...]:
        """The clauses that ask."""
        return tuple(clause for clause in self.clauses if clause.asks)

    @property
    def main(self) -> tuple[Clause, ...]:
        """The clauses that ask; where none does, the last one that has any matter."""
        return self.asking or tuple(clause for clause in self.clauses if clause.has_matter)[-1:]

    def covers(self, place: int) -> bool:
        """Whether a place of the text belongs to this question."""
        return any(clause.start <= place < clause.end for clause in self.clauses)

    def count_asked(self, places: Set[int]) -> int:
        """How many of these places of the text belong to what this question asks."""
        asked = {place for clause in self.asking or self.clauses for place in range(clause.start, clause.end)}
        return len(asked & places)

    def only_tells_of(self, concept: str) -> bool:
        """Whether a concept is an aside of a statement: the question is about something else."""
        if concept not in flagged().aside or len(self.clauses) == 1:
            return False
        asked = frozenset[str]().union(*(clause.named for clause in self.asking))
        surely = concept != Known.FOREIGN and sureness(asked) >= SURE_CLAUSE
        return concept not in asked and (surely or not self.named.isdisjoint(flagged().subject))

    def without_statements_on(self, concept: str) -> "Question":
        """The question without what is told of a concept, where the alliance is named apart from it, asked or last."""
        told = [clause for clause in self.clauses if clause.tells_of(concept) and Known.NOSHOP not in clause.named]
        if not told or any(concept in clause.named for clause in self.asking):
            return self
        named = [clause for clause in self.clauses if not clause.named.isdisjoint(flagged().subject)]
        moved = any(Known.MOVED in clause.named for clause in self.clauses)
        if not moved and not any(clause.asks or clause.start > told[-1].start for clause in named):
            return self
        starts = {clause.start for clause in told}
        kept = tuple(clause for clause in self.clauses if clause.start not in starts)
        return Question(kept, self.context, self.is_continuation)

    def names_together(self, concept: str, others: Set[str]) -> bool:
        """Whether a concept stands in a clause with one of the others."""
        return any(concept in clause.named and not clause.named.isdisjoint(others) for clause in self.clauses)


def questions(text: str, tags: tuple[Tag, ...]) -> list[Question]:
    """The questions of a text in the order asked, each with the statements told before it."""
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
    out = out or ([Question(tuple(told))] if told else [])
    return [part for question in out for part in _parted_by_score(question)]


def _parted_by_score(question: Question) -> Iterator[Question]:
    """The question; two where scores of two things are told: 体验分3.7,商品分80."""
    of_goods = tuple(clause for clause in question.clauses if clause.tells_score_of_goods)
    others = tuple(clause for clause in question.clauses if not clause.tells_score_of_goods)
    if not of_goods or all(clause.named.isdisjoint(flagged().score_number) for clause in others):
        yield question
        return
    yield replace(question, clauses=others)
    yield Question(of_goods, question.context)


def _clauses(text: str, tags: tuple[Tag, ...]) -> Iterator[Clause]:
    """The clauses of the text that name anything."""
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
    """The places at which the text is cut, in order; its end is the last."""
    return [*sorted({cut.start() for pattern in _breaks() for cut in pattern.finditer(text)}), len(text)]


@cache
def _breaks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A mark or a word that joins; and the place after a question asked in full, before what begins another."""
    table = load("breaks.toml")
    whole, taking, asked, told = (table[name].split() for name in ("whole", "taking", "asked", "told"))
    begins = "|".join(asked)
    unmarked = f"{_after(whole)}(?={begins}|{'|'.join(told)})|{_after(taking)}(?={begins})|(?<=吗)(?=[一-鿿]{{3}})"
    return re.compile("|".join((_MARKS, *table["joining"]))), re.compile(unmarked)


def _after(ends: Iterable[str]) -> str:
    """A pattern for the place right after one of these words."""
    return "(?:" + "|".join(f"(?<={end})" for end in ends) + ")"
