"""Words of the domain typed half in characters and half in pinyin: 清tui, 体yan分, 精选lian盟."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from rules.understanding.spelling import reading, terms_of

_LATIN_RUN = re.compile(r"(?<![a-z'])[a-z]{2,18}(?![a-z'])")
_CHARACTERS = 3


def replace_half_pinyin(text: str) -> str:
    """The text with the words that are half pinyin in characters."""
    out, reached = [], 0
    for run in _LATIN_RUN.finditer(text):
        if run.start() < reached:
            continue
        if found := _word_at(text, run.start(), run.end(), reached):
            start, end, word = found
            out += [text[reached:start], word]
            reached = end
    return "".join((*out, text[reached:]))


def _word_at(text: str, start: int, end: int, reached: int) -> tuple[int, int, str] | None:
    """The word that a Latin run is part of, with its span; the one with the most characters around the run."""
    spans = (
        (begin, finish)
        for begin in range(max(reached, start - _CHARACTERS), start + 1)
        for finish in range(end, end + _CHARACTERS + 1)
    )
    for begin, finish in sorted(spans, key=lambda span: span[0] - span[1]):
        if word := _half_pinyin().get(text[begin:finish]):
            return begin, finish, word
    return None


@cache
def _half_pinyin() -> Mapping[str, str]:
    """From each way to type a listed word with some of its characters in pinyin to the word."""
    words = dict.fromkeys((*terms_of("terms"), *terms_of("slips")))
    return MappingProxyType({half: word for word in words for half in _halves(word)})


def _halves(word: str) -> Iterator[str]:
    """The word with each stretch of its characters, but not all, in pinyin."""
    sounds = reading(word)
    for begin in range(len(word)):
        for end in range(begin + 1, len(word) + 1):
            if end - begin < len(word):
                yield word[:begin] + "".join(sounds[begin:end]) + word[end:]
