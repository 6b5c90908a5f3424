"""A message in one writing, with the concepts and the figures that it names, and whether it is of this domain."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rules.understanding.clauses import SURE_CLAUSE, Question, questions
from rules.understanding.latin import replace_latin
from rules.understanding.lexicon import flagged, sureness
from rules.understanding.normalise import normalise, replace_dialect
from rules.understanding.number_roles import FigureInText, NumberRoles, is_bare
from rules.understanding.numbers_in_text import numbers
from rules.understanding.spelling import correct_slips
from rules.understanding.tagging import Tag, Tagging, tag_concepts

# No more of a message than this may be unknown words, however sure one of its questions is.
MOST_UNKNOWN = 0.65
# More questions than these in one message are not read: nobody could follow the answer.
MOST_QUESTIONS = 16


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text in one writing, with its concepts and its figures."""

    text: str
    tagging: Tagging
    figures: tuple[FigureInText, ...]
    named: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "named", frozenset(tag.concept for tag in self.tagging.tags))

    @property
    def questions(self) -> list[Question]:
        """The questions of the text in the order asked, at most `MOST_QUESTIONS`."""
        return questions(self.text, self.tagging.tags)[:MOST_QUESTIONS]


def one_writing(text: str) -> str:
    """The text in simplified Mandarin: dialect and pinyin replaced, slips in words of the domain corrected."""
    return correct_slips(replace_dialect(replace_latin(normalise(text))))


def utterance(typed: str, roles: NumberRoles) -> Utterance:
    """What was typed, with the concepts and figures that it names."""
    text = one_writing(typed)
    counted = numbers(text)
    spans = tuple((number.start, number.end) for number in counted if number.unit or number.exact)
    words = tag_concepts(text, ((0, len(text)),) if is_bare(text) else spans)
    names = _places(words.tags)
    counted = tuple(number for number in counted if not names.issuperset((number.start, number.end - 1)))
    figures = tuple(roles.figures(text, counted, frozenset(tag.concept for tag in words.tags)))
    tags = sorted((*words.tags, *(figure.tag for figure in figures)), key=lambda tag: (tag.start, tag.end))
    return Utterance(text, replace(words, tags=tuple(tags)), figures)


def _places(tags: Iterable[Tag]) -> frozenset[int]:
    """The places of a text where names stand that hold a number."""
    named = (tag for tag in tags if tag.concept in flagged().holds_number)
    return frozenset(place for tag in named for place in range(tag.start, tag.end))


def is_ours(said: Utterance, roles: NumberRoles) -> bool:
    """Whether the text speaks of this domain: the less sure its concepts are, the fewer words may be unknown."""
    words = said.tagging
    if not said.named.isdisjoint(flagged().subject):
        return words.unknown <= 0.75 * words.length
    free = [figure for figure in said.figures if roles.stands_free(figure, said.text, words.unknown_places)]
    if free:
        written_out = sum(figure.number.end - figure.number.start for figure in free)
        return 2 * words.unknown <= words.length + written_out
    if words.unknown <= (0.05 + 0.20 * min(2.0, sureness(said.named))) * words.length:
        return True
    return words.unknown <= MOST_UNKNOWN * words.length and _asks_ours(said)


def _asks_ours(said: Utterance) -> bool:
    """Whether one clause asks, is surely of this domain, and has no unknown word; what stands around is talk."""
    if not said.named.isdisjoint(flagged().stranger):
        return False
    clauses = (clause for question in said.questions for clause in question.asking)
    return any(
        sureness(clause.named) >= SURE_CLAUSE and not clause.covers_any(said.tagging.unknown_places)
        for clause in clauses
    )
