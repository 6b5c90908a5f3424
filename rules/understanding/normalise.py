"""What a merchant typed, brought to one writing: half width, lower case, simplified, no emoji, Mandarin for dialect."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from opencc import OpenCC

from rules.understanding.tables import load

_RE_DASH = re.compile(r"\bre-(?=[a-z])")
_KEPT = frozenset("\n.,?!;:、。，？！；：…·<>=%+-~/'\"()|《》【】“”‘’$¥@#&*_{}[]\\^`")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalise(text: str) -> str:
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


def replace_dialect(text: str) -> str:
    """The text with the usual word for each dialect or net word: 怎么 for 点样 and 肿么; the longest first."""
    usual, any_word = _dialect()
    return any_word.sub(lambda found: usual[found[0]], text)


@cache
def _dialect() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Each way to write a word with the usual one, and a pattern for any of them."""
    table = load("spelling.toml")
    chinese = {variant: word for word, variants in table["wordings"].items() for variant in variants.split()}
    usual = chinese | dict(table["english_wordings"])
    return usual, re.compile("|".join(map(re.escape, sorted(usual, key=len, reverse=True))))
