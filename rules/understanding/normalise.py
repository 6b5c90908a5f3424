"""A text in one writing (half width, lower case, simplified, no emoji, Mandarin for dialect), and cut into tokens."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from opencc import OpenCC

from rules.understanding.tables import load

MOST_READ = 600
"""No more characters of a message are read: of a longer one the two ends, where the question stands."""

_SPACES = re.compile(r"\s+")
_RE_DASH = re.compile(r"\bre-(?=[a-z])")
_KEPT = frozenset("\n.,?!;:、。，？！；：…·<>=%+-~/'\"()|《》【】“”‘’$¥@#&*_{}[]\\^`")
_ARROWS = frozenset("→⇒➡")
"""Written between the score before and the score now: 3.4→3.6."""
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\S")
_CHINESE = re.compile(r"[㐀-鿿]")
_ENDINGS = ("ations", "ation", "ing", "ied", "ies", "ed", "es", "s", "e", "y")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalise(text: str) -> str:
    """The text in half-width lower-case simplified characters; emoji, controls and marks become spaces.

    Of a run of spaces one is left, and of a long text the two ends.
    """
    kept = "".join(_seen(character) for character in two_ends(text, MOST_READ))
    narrow = two_ends(_SPACES.sub(_one_space, unicodedata.normalize("NFKC", kept).lower()), MOST_READ)
    return _RE_DASH.sub("re", str(_simplifier().convert(narrow)))


def two_ends(text: str, most: int) -> str:
    """The text, one of more than `most` characters without its middle."""
    return text if len(text) <= most else f"{text[: most // 2]}\n{text[-(most // 2) :]}"


def _one_space(run: re.Match[str]) -> str:
    return "\n" if "\n" in run[0] else " "


def tidy(answer: str) -> str:
    """A whole answer in this writing: 4。2 is 4.2, a run of spaces is one, and no mark stands at the ends."""
    text = re.sub(r"(?<=\d)\s*[。]\s*(?=\d)", ".", normalise(answer))
    return re.sub(r"\s+", " ", text).strip(" .。,!~…;'\"“”")


def _seen(character: str) -> str:
    """The character; 变到 for an arrow, nothing for an invisible mark, a space for a picture or a control."""
    if character in _ARROWS:
        return "变到"
    if character.isalnum() or character in _KEPT:
        return character
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    return character if category[0] == "P" else " "


def replace_dialect(text: str) -> str:
    """The text with the usual word for each dialect or net word: 怎么 for 点样 and 肿么; the longest first."""
    usual, any_word = _dialect()
    return any_word.sub(lambda found: usual[found[0]], text)


@cache
def _dialect() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """From each way to write a word to the usual way, and a pattern for any way."""
    table = load("spelling.toml")
    chinese = {variant: word for word, variants in table["wordings"].items() for variant in variants.split()}
    usual = chinese | dict(table["english_wordings"])
    return usual, re.compile("|".join(map(re.escape, sorted(usual, key=len, reverse=True))))


@dataclass(frozen=True, slots=True)
class Token:
    """A Chinese character, a Latin word or a mark of a text, from `start` to `end`; `key` in the lexicon's spelling."""

    key: str
    start: int
    end: int


def is_chinese(text: str) -> bool:
    """Whether every character of the text is Chinese."""
    return all(map(_CHINESE.match, text))


# Words of merchants pass here too, so that the cache must have an end.
@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """An English word without ending, so that closed, closing and closes are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def tokens(text: str) -> list[Token]:
    """The text cut into characters and Latin words."""
    return [Token(key(found[0]), found.start(), found.end()) for found in _TOKEN.finditer(text)]


def keys(text: str) -> list[str]:
    """The keys of the characters and Latin words of a text."""
    return [key(written) for written in _TOKEN.findall(text)]


def key(written: str) -> str:
    """A token in the lexicon's spelling: a space and the stem for a Latin word."""
    is_latin = written[0].isascii() and written[0].isalpha()
    return " " + stem(written.replace("'", "")) if is_latin else written
