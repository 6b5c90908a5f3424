"""A message in one writing, with concepts and figures, and whether the message is of this domain."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise

from rules.understanding import budget
from rules.understanding.clauses import SURE_CLAUSE, Question, questions
from rules.understanding.latin import replace_latin
from rules.understanding.lexicon import Tag, concepts, fillers, flagged, sureness
from rules.understanding.normalise import Token, keys, normalise, replace_dialect, tokens
from rules.understanding.number_roles import FigureInText, NumberRoles, is_bare
from rules.understanding.number_writing import around_numbers, one_number_writing
from rules.understanding.numbers_in_text import Number, numbers
from rules.understanding.spelling import correct_slips

# No more of a message than this may be unknown words, however sure one of its questions is.
MOST_UNKNOWN = 0.65
# No more questions of a message are read: nobody could follow the answer.
MOST_QUESTIONS = 16
_LEFT_OVER, _A_FILLER, _A_CONCEPT = 1.0, 0.5, 0.4
# The start and the end of a phrase in a text, and the concepts named, none for a filler.
Phrase = tuple[int, int, tuple[str, ...]]


@dataclass(frozen=True)
class Utterance:
    """A text in one writing, with its concepts in order and its figures and other numbers.

    `length` and `unknown`: the size of all words and of the unknown ones in characters, a Latin word counting as two.
    `unknown_places`: the places of the text where unknown words stand.
    """

    text: str
    tags: tuple[Tag, ...]
    figures: tuple[FigureInText, ...]
    numbers: tuple[Number, ...]
    length: int
    unknown: int
    unknown_places: frozenset[int]

    @cached_property
    def named(self) -> frozenset[str]:
        """The concepts of the text."""
        return frozenset(tag.concept for tag in self.tags)

    @cached_property
    def questions(self) -> list[Question]:
        """The questions of the text in the order asked, at most `MOST_QUESTIONS`."""
        return questions(self.text, self.tags)[:MOST_QUESTIONS]


# A message is read by several readers. Words of merchants pass here, so that the cache must have an end.
@lru_cache(maxsize=16)
def one_writing(text: str) -> str:
    """The text in simplified Mandarin: dialect and pinyin replaced, slips in words of the domain corrected."""
    return one_number_writing(correct_slips(around_numbers(replace_dialect(replace_latin(normalise(text))))))


def utterance(typed: str, roles: NumberRoles) -> Utterance:
    """A message as typed, with its concepts and its figures. Raises TooLong."""
    return tagged(one_writing(typed), roles)


def tagged(text: str, roles: NumberRoles) -> Utterance:
    """A text in one writing, with its concepts and its figures. Raises TooLong."""
    cut = tokens(text)
    phrases = [*_phrases(cut), *_patterned(text)]
    tags = [Tag(name, start, end) for start, end, names in phrases for name in names]
    counted = numbers(text)
    budget.spend(len(cut), len(tags), len(counted))
    figures = _figures(text, counted, tags, roles)
    covered = _covered(text, counted, phrases)
    words = [token for token in cut if token.key[0] == " " or (token.key.isalnum() and not token.key.isdecimal())]
    unknown = [token for token in words if not covered[token.start]]
    return Utterance(
        text,
        tuple(sorted((*tags, *(figure.tag for figure in figures)), key=lambda tag: (tag.start, tag.end))),
        figures,
        counted,
        length=sum(map(_size, words)),
        unknown=sum(map(_size, unknown)) + _split_words(cut, covered),
        unknown_places=_places(unknown),
    )


def _figures(text: str, counted: Iterable[Number], tags: Iterable[Tag], roles: NumberRoles) -> tuple[FigureInText, ...]:
    """The figures of a text; a number in a name (60分名单) is no figure."""
    names = _places(tag for tag in tags if tag.concept in flagged().holds_number)
    free = [number for number in counted if not names.issuperset((number.start, number.end - 1))]
    return tuple(roles.figures(text, free, frozenset(tag.concept for tag in tags)))


def _covered(text: str, counted: Iterable[Number], phrases: Iterable[Phrase]) -> bytearray:
    """For each place of the text 1 where a known phrase or a number stands, else 0."""
    covered = bytearray(len(text) + 1)
    numbered = ((number.start, number.end) for number in counted if number.unit or number.exact)
    spans = [(0, len(text))] if is_bare(text) else numbered
    for start, end in (*spans, *((start, end) for start, end, _ in phrases)):
        covered[start:end] = b"\1" * (end - start)
    return covered


def _places(spans: Iterable[Tag | Token]) -> frozenset[int]:
    """The places of a text where the concepts or tokens stand."""
    return frozenset(place for span in spans for place in range(span.start, span.end))


def is_ours(said: Utterance, roles: NumberRoles) -> bool:
    """Whether the text is of this domain: the less sure the concepts, the fewer words may be unknown."""
    if not said.named.isdisjoint(flagged().subject):
        return said.unknown <= 0.75 * said.length
    free = [figure for figure in said.figures if roles.stands_free(figure, said.text, said.unknown_places)]
    if free:
        written_out = sum(figure.number.end - figure.number.start for figure in free)
        return 2 * said.unknown <= said.length + written_out
    if said.unknown <= (0.05 + 0.20 * min(2.0, sureness(said.named))) * said.length:
        return True
    return said.unknown <= MOST_UNKNOWN * said.length and _asks_ours(said)


def _asks_ours(said: Utterance) -> bool:
    """Whether a clause asks, is surely of this domain, and has no unknown word; all around is talk."""
    if not said.named.isdisjoint(flagged().stranger):
        return False
    clauses = (clause for question in said.questions for clause in question.asking)
    return any(
        sureness(clause.named) >= SURE_CLAUSE and said.unknown_places.isdisjoint(clause.places) for clause in clauses
    )


@cache
def _index() -> tuple[Mapping[str, tuple[str, ...]], int]:
    """From a phrase's keys to the concepts named, none for a filler; and the length of the longest phrase in tokens."""
    subjects = _subjects()
    index: dict[str, list[str]] = {filler: [] for filler in fillers()}
    longest = 1
    for concept in concepts().values():
        for phrase in (*concept.words, *concept.english):
            cut = keys(phrase)
            longest = max(longest, len(cut))
            inside = (name for name, words in subjects.items() if words.search(phrase))
            index.setdefault("".join(cut), []).extend((concept.name, *inside))
    return {phrase: tuple(dict.fromkeys(names)) for phrase, names in index.items()}, longest


def _subjects() -> Mapping[str, re.Pattern[str]]:
    """Patterns of the concepts also named by a longer phrase around a word: 退出联盟 is about the alliance."""
    words = {name: [word for word in concepts()[name].words if len(word) > 1] for name in flagged().inside_words}
    return {name: re.compile("|".join(map(re.escape, words[name]))) for name in concepts() if name in words}


def _split_words(cut: list[Token], covered: bytearray) -> int:
    """The number of one-character fillers behind an unknown character: 用 in 信用 is half a word, no filler."""
    held = [token for token in cut if len(token.key) == 1]
    return sum(
        not covered[one.start] and one.end == other.start and other.key in fillers() and one.key.isalpha()
        for one, other in pairwise(held)
    )


def _size(token: Token) -> int:
    return 2 if token.key[0] == " " else 1


def _phrases(cut: list[Token]) -> Iterator[Phrase]:
    """The known phrases in the cheapest cut of the whole text: few pieces, little left over."""
    index, longest = _index()
    cost, cut_at = [0.0], [0]
    for last in range(1, len(cut) + 1):
        best, begin = cost[last - 1] + _LEFT_OVER, last - 1
        phrase = ""
        for first in range(last - 1, max(last - longest, 0) - 1, -1):
            phrase = cut[first].key + phrase
            if (names := index.get(phrase)) is not None:
                tried = cost[first] + (_A_CONCEPT if names else _A_FILLER)
                if tried < best:
                    best, begin = tried, first
        cost.append(best)
        cut_at.append(begin)
    last = len(cut)
    while last:
        first = cut_at[last]
        names = index.get("".join(token.key for token in cut[first:last]))
        if names is not None:
            yield cut[first].start, cut[last - 1].end, names
        last = first


def _patterned(text: str) -> Iterator[Phrase]:
    for concept in concepts().values():
        for pattern in concept.patterns:
            for found in pattern.finditer(text):
                yield found.start(), found.end(), (concept.name,)
