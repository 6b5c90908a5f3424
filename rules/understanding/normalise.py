"""What a merchant typed, brought to one writing: half width, lower case, simplified, no emoji, Mandarin for dialect."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from opencc import OpenCC

_RE_DASH = re.compile(r"\bre-(?=[a-z])")
_KEPT = frozenset("\n.,?!;:、。，？！；：…·<>=%+-~/'\"()|《》【】“”‘’$¥@#&*_{}[]\\^`")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def plain(text: str) -> str:
    """The text in half-width lower-case simplified characters; emoji, controls and marks become spaces."""
    kept = "".join(_seen(character) for character in text)
    return _RE_DASH.sub("re", str(_simplifier().convert(unicodedata.normalize("NFKC", kept).lower())))


def _seen(character: str) -> str:
    """The character, nothing for one without a width of its own, a space for a picture or a control."""
    if character.isalnum() or character in _KEPT:
        return character
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    return character if category[0] == "P" else " "


class Wordings:
    """Replaces one way to write a word by another: 点样 by 怎么, 肿么 by 怎么; the longest first, in one pass."""

    def __init__(self, replacements: Mapping[str, str]) -> None:
        self._by_word = dict(replacements)
        longest_first = sorted(self._by_word, key=len, reverse=True)
        self._any = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, text: str) -> str:
        return self._any.sub(lambda found: self._by_word[found[0]], text)
