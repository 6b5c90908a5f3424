"""Chinese slips (homophones, look-alikes, lost characters) put right, and the syllables of Chinese words.

Slips are judged against the lexicon alone, so that only words of this domain are ever put in. The syllables are from a
table written by `python -m bench.pinyin_table`.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from rules.understanding.lexicon import concepts, fillers
from rules.understanding.normalise import is_chinese
from rules.understanding.tables import load

_SYLLABLES = Path(__file__).with_name("pinyin.txt")
_ACCENTS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
UNKNOWN = "□"
STRONG = 0.5


@cache
def words() -> Mapping[str, float]:
    """Every Chinese word of the lexicon of two characters or more with its weight; a filler weighs nothing."""
    weighed = {word: 0.0 for word in sorted(fillers()) if len(word) > 1 and is_chinese(word)}
    for concept in concepts().values():
        for word in concept.words:
            if len(word) > 1 and is_chinese(word):
                weighed[word] = max(concept.weight, weighed.get(word, 0.0))
    return weighed


@cache
def reading(word: str) -> tuple[str, ...]:
    """A word's syllables, right also where the table of single characters is wrong."""
    written = load("spelling.toml")["readings"].get(word)
    return tuple(written.split()) if written else spelled(word)


def _shape(text: str) -> str:
    """The text with one character for all of the same look."""
    return text.translate(_shapes())


@cache
def _shapes() -> dict[int, str]:
    groups = load("spelling.toml")["shapes"]["groups"].split()
    return {ord(character): group[0] for group in groups for character in group}


@cache
def _by_sound() -> Mapping[tuple[str, ...], str]:
    return {reading(word): word for word in _terms()}


@cache
def _by_loose_sound() -> Mapping[tuple[str, ...], str]:
    return {tuple(map(folded, reading(word))): word for word in terms_of("slips")}


@cache
def _by_shape() -> Mapping[str, str]:
    return {_shape(word): word for word in _terms()}


@cache
def _by_slip() -> Mapping[str, str]:
    """From slips to the listed words: a character lost, two changed about, or one replaced by `UNKNOWN`."""
    found: dict[str, str] = {}
    for word in terms_of("slips"):
        for place in range(len(word)):
            before, here, after = word[:place], word[place], word[place + 1 :]
            found.setdefault(before + after[:1] + here + after[1:], word)
            if len(word) > 3:
                found.setdefault(before + after, word)
                found.setdefault(before + UNKNOWN + after, word)
    return {key: word for key, word in found.items() if key not in words()}


@cache
def _terms() -> tuple[str, ...]:
    """The words worth mending: the listed terms, and longer words of the lexicon, unlike any other in sound."""
    known = sorted(words().items(), key=lambda item: item[1])
    longer = (word for word, weight in known if weight >= 1 and len(word) in (4, 5, 6))
    return (*terms_of("terms"), *longer, *terms_of("slips"))


def terms_of(table: str) -> tuple[str, ...]:
    """The words of a table of `spelling.toml`."""
    return tuple(load("spelling.toml")[table]["words"].split())


def correct_slips(text: str) -> str:
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
    """The number of characters from `place` on that are a slip, and the word meant; 1 and the character for no slip."""
    if text[place] in readings():
        for size in (6, 5, 4, 3, 2):
            window = text[place : place + size]
            if len(window) == size and not _settled(known, place, size) and (word := _meant(window)):
                return size, word
    return 1, text[place]


def _settled(known: bytearray, place: int, size: int) -> bool:
    """Whether `size` characters belong to known words: all of them, or for two characters any."""
    held = known[place : place + size]
    return any(held) if size == 2 else all(held)


# Merchants' words pass here too, so that the cache must have an end.
@lru_cache(maxsize=2048)
def _meant(window: str) -> str | None:
    """The word of the domain that characters sound or look like; None for a known word and for no likeness."""
    if window in words() or not is_chinese(window):
        return None
    sound = spelled(window)
    if word := _by_sound().get(sound) or _by_shape().get(_shape(window)) or _by_slip().get(window):
        return word if word != window else None
    if len(window) > 2 and (word := _by_loose_sound().get(tuple(map(folded, sound)))):
        return word
    slips = (window[:place] + UNKNOWN + window[place + 1 :] for place in range(len(window)) if len(window) == 4)
    return next((word for slip in slips if (word := _by_slip().get(slip))), None)


def _known_places(text: str) -> bytearray:
    """For each character 1 if part of a known word of two characters or more, else 0."""
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
    """The lexicon's words, and everyday words of the same sound."""
    return frozenset((*words(), *terms_of("terms"), *terms_of("real")))


@cache
def readings() -> Mapping[str, str]:
    """Each GB2312 character with its usual syllable."""
    lines = (line.split() for line in _SYLLABLES.read_text("utf-8").splitlines())
    return {character: syllable for syllable, characters in lines for character in characters}


def spelled(text: str) -> tuple[str, ...]:
    """The syllable of each character; a character that the table lacks stands unchanged."""
    return tuple(readings().get(character, character) for character in text)


@lru_cache(maxsize=1024)
def folded(syllable: str) -> str:
    """The syllable without the sounds that southern speakers confuse: zh and z, ang and an, l and n are one."""
    for precise, loose in _ACCENTS:
        syllable = syllable.replace(precise, loose)
    return "l" + syllable[1:] if syllable[:1] == "n" else syllable
