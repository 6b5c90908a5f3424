"""The domain's words as concepts, read from `lexicon.toml`, and which of them a text names where."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum, auto
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from rules.reading import FigureKind
from rules.understanding.normalise import Wordings
from rules.understanding.tables import load

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\S")
_CHINESE = re.compile(r"[㐀-鿿]")
_LEFT_OVER, _A_FILLER, _A_CONCEPT = 1.0, 0.5, 0.4
# Sums are rounded, so that the order in which a set is walked can't tip a comparison.
_DIGITS = 6
_ENDINGS = ("ations", "ation", "ing", "ied", "ies", "ed", "es", "s", "e", "y")


@dataclass(frozen=True, slots=True)
class Token:
    """A Chinese character, a Latin word or a mark, with its place in the text. `key`: as the lexicon spells it."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A concept named by the text from `start` to `end`."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Concept:
    """A notion of the domain: how it is named, how much a question is about it, and how surely it is of this domain.

    `flags`: how the reader treats it, by the fields of `Flagged`. `figures`: the kinds of number that name it.
    """

    name: str
    flags: frozenset[str]
    figures: frozenset[FigureKind]
    weight: float
    ours: float
    words: tuple[str, ...]
    english: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


class Known(StrEnum):
    """The concepts that code treats by name; the lexicon has each."""

    ALLIANCE = auto()
    AUTO = auto()
    CLAIM = auto()
    CRITERIA = auto()
    FEAR = auto()
    FOREIGN = auto()
    JOIN = auto()
    MOVED = auto()
    NOSHOP = auto()
    PENALTY = auto()
    PERSONALSHOP = auto()
    POINTS = auto()
    PRODUCTSCORE = auto()
    SCALE = auto()
    SCORE = auto()
    WHETHER = auto()


@dataclass(frozen=True, slots=True)
class Flagged:
    """The names of the concepts under each flag of `lexicon.toml`; docs/understanding.md says what a flag means."""

    subject: frozenset[str]
    asks: frozenset[str]
    light: frozenset[str]
    aside: frozenset[str]
    beside: frozenset[str]
    season: frozenset[str]
    stranger: frozenset[str]
    no_rule: frozenset[str]
    talk: frozenset[str]
    idle: frozenset[str]
    place: frozenset[str]
    score_number: frozenset[str]
    score_talk: frozenset[str]
    with_number: frozenset[str]
    with_place: frozenset[str]
    holds_number: frozenset[str]
    inside_words: frozenset[str]


def is_chinese(text: str) -> bool:
    """Whether every character of the text is Chinese."""
    return all(map(_CHINESE.match, text))


@cache
def stem(word: str) -> str:
    """An English word without its ending, so that closed, closing and closes are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def tokens(text: str) -> list[Token]:
    """The text cut into characters and Latin words."""
    return [Token(_key(found[0]), found.start(), found.end()) for found in _TOKEN.finditer(text)]


def _key(written: str) -> str:
    is_latin = written[0].isascii() and written[0].isalpha()
    return " " + stem(written.replace("'", "")) if is_latin else written


def _joined(cut: list[Token]) -> str:
    """A phrase as its tokens' keys in one string."""
    return "".join(token.key for token in cut)


@cache
def wordings() -> Wordings:
    """Puts the usual word for dialect and net words; the lexicon's own words go through it too."""
    table = load("spelling.toml")
    chinese = {variant: word for word, variants in table["wordings"].items() for variant in variants.split()}
    return Wordings(chinese | dict(table["english_wordings"]))


@cache
def concepts() -> Mapping[str, Concept]:
    """Every concept by name, in the order of the file. Raises KeyError if one that code treats by name is missing."""
    found = {name: _concept(name, table) for name, table in load("lexicon.toml")["concept"].items()}
    if missing := [known for known in Known if known not in found]:
        raise KeyError(f"lexicon.toml has no concept {', '.join(missing)}, which the reader treats by name")
    return MappingProxyType(found)


@cache
def flagged() -> Flagged:
    """The concepts under each flag. Raises KeyError for a flag that the reader does not know."""
    return by_flag(concepts().values())


def by_flag(known: Iterable[Concept]) -> Flagged:
    """The names of these concepts under each flag. Raises KeyError for a flag that the reader does not know."""
    held: dict[str, set[str]] = {field.name: set() for field in fields(Flagged)}
    for concept in known:
        for flag in concept.flags:
            if flag not in held:
                raise KeyError(f'lexicon.toml, concept "{concept.name}": unknown flag "{flag}"')
            held[flag].add(concept.name)
    return Flagged(**{flag: frozenset(names) for flag, names in held.items()})


@cache
def named_by(kind: FigureKind) -> str:
    """The concept that a number of this kind names."""
    return next(concept.name for concept in concepts().values() if kind in concept.figures)


@cache
def number_concepts() -> frozenset[str]:
    """The concepts that numbers name."""
    return frozenset(map(named_by, FigureKind))


def _concept(name: str, table: Mapping[str, Any]) -> Concept:
    english = (" ".join(phrase.split()) for phrase in table.get("english", "").split(","))
    return Concept(
        name,
        frozenset(table.get("is", "").split()),
        frozenset(map(FigureKind, table.get("figures", "").split())),
        float(table["weight"]),
        float(table.get("ours", 0)),
        tuple(map(wordings(), table.get("words", "").split())),
        tuple(filter(None, english)),
        tuple(map(re.compile, table.get("patterns", ()))),
    )


def ours(named: Iterable[str]) -> float:
    """How surely these concepts speak of the alliance or the score."""
    return round(sum(concepts()[name].ours for name in named), _DIGITS)


@cache
def fillers() -> frozenset[str]:
    """Words that cover their place and say nothing, Chinese and English."""
    table = load("spelling.toml")["fillers"]
    return frozenset(table["words"].split()) | frozenset(map(_key, table["english"].split()))


@cache
def _index() -> tuple[Mapping[str, tuple[str, ...]], int]:
    """From a phrase's keys to the concepts that it names; a filler names none. And the longest phrase in tokens."""
    index: dict[str, list[str]] = {filler: [] for filler in fillers()}
    longest = 1
    for concept in concepts().values():
        for phrase in (*concept.words, *concept.english):
            cut = tokens(phrase)
            longest = max(longest, len(cut))
            index.setdefault(_joined(cut), []).extend((concept.name, *_within(phrase)))
    return MappingProxyType({keys: tuple(dict.fromkeys(names)) for keys, names in index.items()}), longest


def _within(phrase: str) -> Iterator[str]:
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


@dataclass(frozen=True, slots=True)
class Tagging:
    """The concepts of a text in order, and what of it is no known word: characters, a Latin word counting as two.

    `strange`: the places where an unknown word stands.
    """

    tags: tuple[Tag, ...]
    unknown: int
    length: int
    strange: frozenset[int] = frozenset()


def tagged(text: str, taken: tuple[tuple[int, int], ...] = ()) -> Tagging:
    """The concepts that a text names. `taken`: spans that are something else (numbers), so count as known."""
    cut = tokens(text)
    found = [*_phrases(cut), *_patterned(text)]
    covered = bytearray(len(text) + 1)
    for start, end in (*taken, *((start, end) for start, end, _ in found)):
        covered[start:end] = b"\1" * (end - start)
    words = [token for token in cut if token.key[0] == " " or (token.key.isalnum() and not token.key.isdecimal())]
    strange = [token for token in words if not covered[token.start]]
    unknown = sum(map(_size, strange)) + _halves(cut, covered)
    tags = (Tag(name, start, end) for start, end, names in found for name in names)
    places = frozenset(place for token in strange for place in range(token.start, token.end))
    in_order = tuple(sorted(tags, key=lambda tag: (tag.start, tag.end)))
    return Tagging(in_order, unknown, sum(map(_size, words)), places)


def _halves(cut: list[Token], covered: bytearray) -> int:
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
        names = index.get("".join(token.key for token in cut[first:last]))
        if names is not None:
            yield cut[first].start, cut[last - 1].end, names
        last = first


def _patterned(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    for concept in concepts().values():
        for pattern in concept.patterns:
            for found in pattern.finditer(text):
                yield found.start(), found.end(), (concept.name,)
