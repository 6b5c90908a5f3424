"""How a text stands on a phone: lines of so many Chinese characters, of which a Latin one takes a half."""

from math import ceil
from unicodedata import east_asian_width

WIDTH = 24


def lines_on_a_phone(text: str) -> int:
    """The lines that the plain text takes, empty ones included."""
    return sum(max(1, ceil(_width(line) / WIDTH)) for line in text.splitlines())


def _width(line: str) -> float:
    return sum(1 if east_asian_width(sign) in "WFA" else 0.5 for sign in line)
