"""A shop's name as it may stand in a message or on a button, whatever somebody has put into it (pure)."""

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
    """The name to keep: without what nobody sees, in one line, no longer than a name is; "" when nothing is left."""
    return _visible(text)[:LONGEST_KEPT].strip()


def harmless(name: str | None, longest: int = LONGEST) -> str:
    """The name to show: nothing in it hides, turns the line around, reads as markup, or fills the screen."""
    seen = _visible(name or "").translate(_OURS)
    return f"{seen[: longest - 1].strip()}…" if len(seen) > longest else seen


def _visible(text: str) -> str:
    """The text in one line, without controls, marks of direction, joiners and piled-up accents."""
    spaced = "".join(" " if character.isspace() else character for character in unicodedata.normalize("NFC", text))
    seen = "".join(character for character in spaced if unicodedata.category(character)[0] != "C")
    return " ".join(_PILED_UP.sub(r"\1", seen).split())
