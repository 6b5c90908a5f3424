"""A shop's name, made harmless for messages and buttons, whatever the name holds (pure)."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 24
"""Characters of a name that are shown."""

LONGEST_KEPT: Final = 40
"""Characters of a name that are kept."""

_OURS: Final = str.maketrans({"|": "｜", "%": "％", ">": "＞", "<": "＜", "\n": " ", "\t": " "})
"""What means something in a template's buttons or markup, as a character that looks alike and means nothing."""

_PILED_UP: Final = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f]{2})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f]+"
)

_FLAG_HALF: Final = re.compile("[\U0001f1e6-\U0001f1ff]")
_FLAG_HALVES: Final = re.compile("[\U0001f1e6-\U0001f1ff]+$")
_SKIN: Final = re.compile("[\U0001f3fb-\U0001f3ff]")


def kept_name(text: str) -> str:
    """The name to keep, in a single line without invisible characters, cut to 40; "" when nothing is left."""
    return _cut(_visible(text), LONGEST_KEPT)


def harmless(name: str | None, longest: int = LONGEST) -> str:
    """The name to show, cut to `longest`: nothing hides, turns the line around, reads as markup, or fills a screen."""
    seen = _visible(name or "").translate(_OURS)
    return f"{_cut(seen, longest - 1)}…" if len(seen) > longest else seen


def _cut(text: str, most: int) -> str:
    """The beginning of at most so many characters, no flag, coloured emoji or accented letter cut in two."""
    end = min(most, len(text))
    while 0 < end < len(text) and _belongs_before(text, end):
        end -= 1
    return text[:end].strip()


def _belongs_before(text: str, at: int) -> bool:
    """Whether the character belongs to the one before."""
    if _FLAG_HALF.match(text[at]):
        halves = _FLAG_HALVES.search(text, 0, at)
        return halves is not None and len(halves[0]) % 2 == 1
    return unicodedata.category(text[at])[0] == "M" or _SKIN.match(text[at]) is not None


def _visible(text: str) -> str:
    """The text in a single line, without controls, marks of direction, joiners and piled-up accents."""
    spaced = "".join(" " if character.isspace() else character for character in unicodedata.normalize("NFC", text))
    seen = "".join(character for character in spaced if unicodedata.category(character)[0] != "C")
    return " ".join(_PILED_UP.sub(r"\1", seen).split())
