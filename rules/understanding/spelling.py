"""What a merchant meant to write: pinyin and initials as words, homophones and look-alikes as the word of the domain.

Everything is judged against the lexicon alone, so that only words of this domain are ever put in.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from rapidfuzz import fuzz, process

from rules.understanding.lexicon import concepts, data, fillers, is_chinese, stem
from rules.understanding.syllables import folded, readings, spelled, syllables

UNKNOWN = "□"
_LATIN_RUN = re.compile(r"[a-z][a-z']*(?:[ \-]+[a-z][a-z']*)*")
_LONGEST_SPELLING = 26
_FUZZY_LOOKUPS = 12
_WORD_COST, _CHARACTER_COST, _UNKNOWN_COST = 1.0, 1.5, 4.0
_STRONG = 0.5
_NEVER = float("inf")


@cache
def words() -> Mapping[str, float]:
    """Every Chinese word of the lexicon of two characters or more with its weight; a filler weighs nothing."""
    weighed = {word: 0.0 for word in fillers() if len(word) > 1 and is_chinese(word)}
    for concept in concepts().values():
        for word in concept.words:
            if len(word) > 1 and is_chinese(word):
                weighed[word] = max(concept.weight, weighed.get(word, 0.0))
    return MappingProxyType(weighed)


@cache
def reading(word: str) -> tuple[str, ...]:
    """A word's syllables, with the readings that the table of single characters gets wrong."""
    written = data("spelling.toml")["readings"].get(word)
    return tuple(written.split()) if written else spelled(word)


@cache
def english() -> frozenset[str]:
    """The stems of every English word that the lexicon knows."""
    phrases = (phrase for concept in concepts().values() for phrase in concept.english)
    known = {stem(word.replace("'", "")) for phrase in phrases for word in re.findall("[a-z']+", phrase)}
    return frozenset(known | {filler[1:] for filler in fillers() if filler[0] == " "})


# ── Pinyin ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _spellings() -> Mapping[str, tuple[str, float]]:
    """From letters to the word that they most likely spell, and what it costs to read them so."""
    found = dict.fromkeys(syllables(), (UNKNOWN, _UNKNOWN_COST))
    for pair in data("spelling.toml")["syllables"]["list"].split():
        syllable, _, character = pair.partition(":")
        found[syllable] = (character, _CHARACTER_COST)
    for word, weight in sorted(words().items(), key=lambda item: item[1]):
        found["".join(reading(word))] = (word, _WORD_COST + 0.05 * len(word) - 0.01 * weight)
    return MappingProxyType(found)


@cache
def _initials() -> Mapping[str, tuple[str, float]]:
    return MappingProxyType({key: (word, _WORD_COST) for key, word in data("spelling.toml")["initials"].items()})


def _read(letters: str, spellings: Mapping[str, tuple[str, float]]) -> tuple[str, float] | None:
    """The cheapest way to read all the letters as words, with its cost; None if there is none."""
    costs, begins = [0.0], [0]
    for end in range(1, len(letters) + 1):
        best, begin = _NEVER, end
        for start in range(max(0, end - _LONGEST_SPELLING), end):
            word = spellings.get(letters[start:end])
            if word and costs[start] + word[1] < best:
                best, begin = costs[start] + word[1], start
        costs.append(best)
        begins.append(begin)
    return (_joined(letters, begins, spellings), costs[-1]) if costs[-1] < _NEVER else None


def _joined(letters: str, begins: list[int], spellings: Mapping[str, tuple[str, float]]) -> str:
    """The words of a reading, from where each begins."""
    words_back, end = [], len(letters)
    while end:
        words_back.append(spellings[letters[begins[end] : end]][0])
        end = begins[end]
    return "".join(reversed(words_back))


class Latin:
    """Reads the Latin runs of one text; only so many words are looked up by likeness, which is the costly part."""

    def __init__(self) -> None:
        self._lookups = _FUZZY_LOOKUPS

    def __call__(self, text: str) -> str:
        return _LATIN_RUN.sub(lambda found: self._run(found[0]), text)

    def _run(self, run: str) -> str:
        """A run of Latin words: English stays, pinyin and initials become Chinese."""
        written = re.split(r"[ \-]+", run)
        if len(written) > 2 and all(len(word) == 1 for word in written):
            written = ["".join(written)]
        foreign = [word for word in written if not _is_english(word) and self._pinyin(word) is not None]
        if foreign and sum(map(len, foreign)) * 2 >= sum(map(len, written)):
            return self._joined(written)
        return " ".join(self._word(word) for word in written)

    def _joined(self, written: list[str]) -> str:
        """A run that is mostly pinyin: neighbours are read together, so that spaced syllables become words."""
        pieces: list[str] = []
        letters = ""
        for word in [*written, ""]:
            if word and _read(word, _spellings()) is not None and not (_is_english(word) and len(word) > 3):
                letters += word
                continue
            if letters:
                pieces.append((_read(letters, _spellings()) or (letters, 0))[0])
                letters = ""
            if word:
                pieces.append(self._word(word))
        return " ".join(pieces)

    @staticmethod
    def _pinyin(word: str) -> str | None:
        read = _read(word, _spellings())
        return read[0] if read else None

    def _word(self, word: str) -> str:
        """One Latin word among others: initials, pinyin of the domain, or a slip in an English or pinyin word."""
        if word in _initials():
            return _initials()[word][0]
        if _is_english(word):
            return word
        if (pinyin := self._pinyin(word)) and UNKNOWN not in pinyin and len(word) > 3:
            return pinyin
        if initials := _read(word, _initials()):
            return initials[0]
        return self._likely(word)

    def _likely(self, word: str) -> str:
        """The English word or the spelling that this one comes very near to, else the word itself."""
        if len(word) < 5 or len(word) > _LONGEST_SPELLING or not self._lookups:
            return word
        self._lookups -= 1
        near = process.extractOne(word, _likely_words(), scorer=fuzz.ratio, score_cutoff=84)
        return _likely_words()[near[2]] if near and near[2][0] == word[0] else word


@cache
def _likely_words() -> Mapping[str, str]:
    """Long spellings and English words, each with what is to be read for it."""
    phrases = (phrase for concept in concepts().values() if concept.weight >= _STRONG for phrase in concept.english)
    found = {word: word for phrase in phrases for word in re.findall("[a-z]{5,}", phrase)}
    strong = (word for word, weight in words().items() if weight >= _STRONG)
    found |= {letters: word for word in strong if len(letters := "".join(reading(word))) >= 6}
    return MappingProxyType(found)


def _is_english(word: str) -> bool:
    return stem(word.replace("'", "")) in english()


# ── Chinese slips ────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _shape_of() -> Mapping[str, str]:
    groups = data("spelling.toml")["shapes"]["groups"].split()
    return MappingProxyType({character: group[0] for group in groups for character in group})


def _shape(text: str) -> str:
    return "".join(_shape_of().get(character, character) for character in text)


@cache
def _by_sound() -> Mapping[tuple[str, ...], str]:
    return MappingProxyType({reading(word): word for word in _terms()})


@cache
def _by_loose_sound() -> Mapping[tuple[str, ...], str]:
    return MappingProxyType({tuple(map(folded, reading(word))): word for word in _listed("slips")})


@cache
def _by_shape() -> Mapping[str, str]:
    return MappingProxyType({_shape(word): word for word in _terms()})


@cache
def _by_slip() -> Mapping[str, str]:
    """The listed words with one character lost, two changed about, or one replaced by the mark for an unknown one."""
    found: dict[str, str] = {}
    for word in _listed("slips"):
        for place in range(len(word)):
            before, here, after = word[:place], word[place], word[place + 1 :]
            found.setdefault(before + after[:1] + here + after[1:], word)
            if len(word) > 3:
                found.setdefault(before + after, word)
                found.setdefault(before + UNKNOWN + after, word)
    return MappingProxyType({key: word for key, word in found.items() if key not in words()})


@cache
def _terms() -> tuple[str, ...]:
    """The words worth mending: the listed terms, and longer words of the lexicon, which nothing else sounds like."""
    known = sorted(words().items(), key=lambda item: item[1])
    longer = (word for word, weight in known if weight >= 1 and len(word) in (4, 5, 6))
    return (*_listed("terms"), *longer, *_listed("slips"))


def _listed(table: str) -> tuple[str, ...]:
    return tuple(data("spelling.toml")[table]["words"].split())


def mended(text: str) -> str:
    """The text with the slips in words of this domain put right; known words are left alone."""
    known = _known_places(text)
    out: list[str] = []
    place = 0
    while place < len(text):
        size, word = _slip(text, place, known)
        out.append(word)
        place += size
    return "".join(out)


def _slip(text: str, place: int, known: bytearray) -> tuple[int, str]:
    """How many characters from here on are a slip, and what for; one character for itself if none."""
    if _readable(text[place]):
        for size in (6, 5, 4, 3, 2):
            window = text[place : place + size]
            if len(window) == size and not _settled(known, place, size) and (word := _meant(window)):
                return size, word
    return 1, text[place]


def _readable(character: str) -> bool:
    return character in readings()


def _settled(known: bytearray, place: int, size: int) -> bool:
    """Whether known words hold these characters: all of them, or any where the window is short."""
    held = known[place : place + size]
    return any(held) if size == 2 else all(held)


def _meant(window: str) -> str | None:
    """The word of the domain that these characters sound or look like."""
    if window in words() or not is_chinese(window):
        return None
    sound = spelled(window)
    if word := _by_sound().get(sound) or _by_shape().get(_shape(window)) or _by_slip().get(window):
        return word if word != window else None
    if len(window) > 2 and (word := _by_loose_sound().get(tuple(map(folded, sound)))):
        return word
    return _one_replaced(window) if len(window) == 4 else None


def _one_replaced(window: str) -> str | None:
    slips = (window[:place] + UNKNOWN + window[place + 1 :] for place in range(len(window)))
    return next((word for slip in slips if (word := _by_slip().get(slip))), None)


def _known_places(text: str) -> bytearray:
    """Which characters belong to a known word of two characters or more; the longest word first."""
    known, reached = bytearray(len(text)), 0
    for place in range(len(text)):
        for size in range(8, 1, -1):
            if place + size > reached and text[place : place + size] in _real_words():
                known[place : place + size] = b"\1" * len(text[place : place + size])
                reached = max(reached, place + size)
                break
    return known


@cache
def _real_words() -> frozenset[str]:
    """The lexicon's words, and everyday words that only sound like one of them."""
    return frozenset(words()) | frozenset(_listed("terms")) | frozenset(_listed("real"))
