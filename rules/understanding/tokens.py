"""A text cut into tokens: Chinese characters, Latin words and marks, spelled as the lexicon spells them."""

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\S")
_CHINESE = re.compile(r"[㐀-鿿]")
_ENDINGS = ("ations", "ation", "ing", "ied", "ies", "ed", "es", "s", "e", "y")


@dataclass(frozen=True, slots=True)
class Token:
    """A Chinese character, a Latin word or a mark, with its place in the text. `key`: as the lexicon spells it."""

    key: str
    start: int
    end: int


def is_chinese(text: str) -> bool:
    """Whether every character of the text is Chinese."""
    return all(map(_CHINESE.match, text))


# Words of merchants pass here too, so that the cache must have an end.
@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """An English word without its ending, so that closed, closing and closes are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def tokens(text: str) -> list[Token]:
    """The text cut into characters and Latin words."""
    return [Token(key(found[0]), found.start(), found.end()) for found in _TOKEN.finditer(text)]


def key(written: str) -> str:
    """A token as the lexicon spells it: a Latin word as a space and its stem."""
    is_latin = written[0].isascii() and written[0].isalpha()
    return " " + stem(written.replace("'", "")) if is_latin else written
