"""Drawing in a picture's own pixels with the shipped font, smoothly; a letter missing in the font is never a blot."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

FONT: Final = Path(__file__).parents[1] / "fonts" / "NotoSansCJKsc-GB2312.otf"
BESIDE_GB2312: Final = "·—–…±×≥≤↑↓"
UNKNOWN: Final = "□"
LONGEST_TEXT: Final = 200
FINER: Final = 2
"""Drawn so many times larger, to be scaled down: Pillow's own lines have jagged edges."""


def drawable(text: str) -> str:
    """The text with □ for each letter missing in the font; missing pictures and marks are left out."""
    return "".join(character if _has(character) else UNKNOWN * character.isalnum() for character in text)


def _has(character: str) -> bool:
    try:
        return character in BESIDE_GB2312 or (character.isprintable() and bool(character.encode("gb2312")))
    except UnicodeEncodeError:
        return False


@dataclass(frozen=True, slots=True)
class Canvas:
    """Drawing in the picture's own pixels; fonts are loaded once a size."""

    draw: "ImageDraw"
    fonts: dict[int, "FreeTypeFont"] = field(default_factory=dict)

    def font(self, size: int) -> "FreeTypeFont":
        """The shipped font in a size of pixels."""
        from PIL import ImageFont  # noqa: PLC0415 - only charts need it

        if size not in self.fonts:
            self.fonts[size] = ImageFont.truetype(FONT, size * FINER, layout_engine=ImageFont.Layout.BASIC)
        return self.fonts[size]

    def width(self, text: str, size: int) -> float:
        """How wide the text will be."""
        return self.font(size).getlength(text) / FINER

    def fitted(self, text: str, size: int, width: float) -> str:
        """The text, cut short with … when wider than `width`."""
        text = drawable(text[:LONGEST_TEXT])
        if self.width(text, size) <= width:
            return text
        while text and self.width(text + "…", size) > width:
            text = text[:-1]
        return text + "…"

    def text(self, at: tuple[float, float], text: str, size: int, colour: str, anchor: str) -> None:
        """Write the text; `anchor` as in Pillow: lm is left middle."""
        self.draw.text(_finer(at), text, colour, self.font(size), anchor)

    def line(self, ends: Sequence[tuple[float, float]], colour: str, width: int) -> None:
        """Draw from end to end."""
        self.draw.line([_finer(end) for end in ends], colour, width * FINER, joint="curve")

    def box(self, corners: tuple[float, float, float, float], colour: str, radius: int = 0) -> None:
        """Fill a box from left top to right bottom."""
        self.draw.rounded_rectangle([value * FINER for value in corners], radius * FINER, colour)

    def dot(self, at: tuple[float, float], radius: int, colour: str) -> None:
        """Fill a circle."""
        (x, y), size = _finer(at), radius * FINER
        self.draw.ellipse([x - size, y - size, x + size, y + size], colour)


def _finer(at: tuple[float, float]) -> tuple[float, float]:
    return at[0] * FINER, at[1] * FINER
