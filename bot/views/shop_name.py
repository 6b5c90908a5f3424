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


def kept_name(text: str) -> str:
    """The name to keep, in a single line without invisible characters, cut to 40; "" when nothing is left."""
    return _visible(text)[:LONGEST_KEPT].strip()


def harmless(name: str | None, longest: int = LONGEST) -> str:
    """The name to show, cut to `longest`: nothing hides, turns the line around, reads as markup, or fills a screen."""
    seen = _visible(name or "").translate(_OURS)
    return f"{seen[: longest - 1].strip()}…" if len(seen) > longest else seen


def _visible(text: str) -> str:
    """The text in a single line, without controls, marks of direction, joiners and piled-up accents."""
    spaced = "".join(" " if character.isspace() else character for character in unicodedata.normalize("NFC", text))
    seen = "".join(character for character in spaced if unicodedata.category(character)[0] != "C")
    return " ".join(_PILED_UP.sub(r"\1", seen).split())
