"""Which concepts a text names where, and how much of the text is no known word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import MappingProxyType

from rules.understanding.lexicon import concepts, fillers, flagged
from rules.understanding.normalise import Token, tokens

_LEFT_OVER, _A_FILLER, _A_CONCEPT = 1.0, 0.5, 0.4


@dataclass(frozen=True, slots=True)
class Tag:
    """A concept named by the text from `start` to `end`."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tagging:
    """The concepts of a text in order, and what of it is no known word: characters, a Latin word counting as two.

    `unknown_places`: where in the text an unknown word stands.
    """

    tags: tuple[Tag, ...]
    unknown: int
    length: int
    unknown_places: frozenset[int] = frozenset()


def tag_concepts(text: str, taken: tuple[tuple[int, int], ...] = ()) -> Tagging:
    """The concepts that a text names. `taken`: spans that are something else (numbers), so count as known."""
    cut = tokens(text)
    found = [*_phrases(cut), *_patterned(text)]
    covered = bytearray(len(text) + 1)
    for start, end in (*taken, *((start, end) for start, end, _ in found)):
        covered[start:end] = b"\1" * (end - start)
    words = [token for token in cut if token.key[0] == " " or (token.key.isalnum() and not token.key.isdecimal())]
    unknown = [token for token in words if not covered[token.start]]
    size = sum(map(_size, unknown)) + _split_words(cut, covered)
    tags = (Tag(name, start, end) for start, end, names in found for name in names)
    places = frozenset(place for token in unknown for place in range(token.start, token.end))
    in_order = tuple(sorted(tags, key=lambda tag: (tag.start, tag.end)))
    return Tagging(in_order, size, sum(map(_size, words)), places)


def _keys(cut: list[Token]) -> str:
    """A phrase as its tokens' keys in one string."""
    return "".join(token.key for token in cut)


@cache
def _index() -> tuple[Mapping[str, tuple[str, ...]], int]:
    """From a phrase's keys to the concepts that it names; a filler names none. And the longest phrase in tokens."""
    index: dict[str, list[str]] = {filler: [] for filler in fillers()}
    longest = 1
    for concept in concepts().values():
        for phrase in (*concept.words, *concept.english):
            cut = tokens(phrase)
            longest = max(longest, len(cut))
            index.setdefault(_keys(cut), []).extend((concept.name, *_subjects_inside(phrase)))
    return MappingProxyType({keys: tuple(dict.fromkeys(names)) for keys, names in index.items()}), longest


def _subjects_inside(phrase: str) -> Iterator[str]:
    """The subjects that a longer phrase names too: 退出联盟 is about the alliance."""
    return (name for name, words in _subjects() if words.search(phrase))


@cache
def _subjects() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each subject with any of its longer words."""
    longer = {
        name: filter(lambda word: len(word) > 1, known.words)
        for name, known in concepts().items()
        if name in flagged().inside_words
    }
    return tuple((name, re.compile("|".join(map(re.escape, words)))) for name, words in longer.items())


def _split_words(cut: list[Token], covered: bytearray) -> int:
    """How many one-character fillers stand by an unknown character: 用 in 信用 is half of a word, not a filler."""
    held = [token for token in cut if len(token.key) == 1]
    return sum(
        not covered[one.start] and one.end == other.start and other.key in fillers() and one.key.isalpha()
        for one, other in pairwise(held)
    )


def _size(token: Token) -> int:
    return 2 if token.key[0] == " " else 1


def _phrases(cut: list[Token]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The known phrases of the cheapest way to cut the whole text into them: few pieces, little left over."""
    index, longest = _index()
    cost, cut_at = [0.0], [0]
    for last in range(1, len(cut) + 1):
        best, begin = cost[last - 1] + _LEFT_OVER, last - 1
        keys = ""
        for first in range(last - 1, max(last - longest, 0) - 1, -1):
            keys = cut[first].key + keys
            if (names := index.get(keys)) is not None:
                tried = cost[first] + (_A_CONCEPT if names else _A_FILLER)
                if tried < best:
                    best, begin = tried, first
        cost.append(best)
        cut_at.append(begin)
    last = len(cut)
    while last:
        first = cut_at[last]
        names = index.get(_keys(cut[first:last]))
        if names is not None:
            yield cut[first].start, cut[last - 1].end, names
        last = first


def _patterned(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    for concept in concepts().values():
        for pattern in concept.patterns:
            for found in pattern.finditer(text):
                yield found.start(), found.end(), (concept.name,)
