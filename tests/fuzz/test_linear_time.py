"""No text takes time that grows faster than its length: every path that reads texts, and every regular expression.

`make fuzz` tries each character of the vocabulary and thousands of pairs on each path, and on each regular expression
every pair of the characters that it can tell apart.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import product
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

import pytest

from tests.linear import FULL, MOST, ROOT, growth
from tests.linear import pieces as all_pieces
from tests.reading_paths import PATHS

FLOOR_S: Final = 0.001
PATTERN_FLOOR_S: Final = 0.02
"""For 2,000 characters, of which a message has half: what takes less holds up nobody."""
PIECES: Final = all_pieces()
OTHER: Final = "□ 8x"
"""Characters that a regular expression tells from its own."""
BOUNDED: Final = ("bot/feeds/", "rules/lint/")
"""What reads cells, which are short, and the texts of editions."""
NORMALISED: Final = "rules/understanding/"
"""What reads texts in which a blank never follows a blank."""
MOST_PAIRED: Final = 700
MOST_REPEATED: Final = 16
"""What repeats no more often takes linear time."""


@pytest.mark.parametrize("path", PATHS)
def test_a_repeated_text_takes_linear_time(path: str):
    found = {piece: growth(PATHS[path], piece, FLOOR_S) for piece in PIECES}
    assert {piece: ratio for piece, ratio in found.items() if ratio >= MOST} == {}


def test_every_regular_expression_takes_linear_time():
    tried, slow = 0, []
    for pattern, flags, place, is_from_a_place in patterns():
        if place.startswith(BOUNDED) and not FULL:
            continue
        compiled = re.compile(pattern, flags)
        for piece in pieces(pattern, flags):
            if place.startswith(NORMALISED) and piece.isspace():
                continue
            tried += 1
            for work in works(compiled, is_from_a_place=is_from_a_place):
                if (ratio := growth(work, piece, PATTERN_FLOOR_S)) >= MOST:
                    slow.append((place, pattern[:80], piece, round(ratio)))
    assert not slow
    assert tried > 1_000


@pytest.mark.parametrize("pattern", [r"\s+x", r"(?:a|ab)*c", r"\d+(?:\.\d+)?[eE]", r"<[^>]*>"])
def test_such_a_regular_expression_is_found(pattern: str):
    found = (
        growth(work, one, FLOOR_S) for one in pieces(pattern, 0, paired=True) for work in works(re.compile(pattern))
    )
    assert max(found) >= MOST


def patterns() -> Iterator[tuple[str, int, str, bool]]:
    """The regular expressions of the project, with flags, place, and whether they are only matched from a place on."""
    run = subprocess.run([sys.executable, "-m", "tests.patterns"], cwd=ROOT, capture_output=True, check=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(lines) > 500
    yield from map(tuple, lines)


def works(pattern: re.Pattern[str], *, is_from_a_place: bool = False) -> Iterator[Callable[[str], Any]]:
    """What is done with the regular expression: found everywhere, or matched from the start; to the end in vain."""
    yield pattern.match if is_from_a_place else lambda text: sum(1 for _ in pattern.finditer(text))
    yield lambda text: pattern.fullmatch(f"{text}□")


def pieces(pattern: str, flags: int, *, paired: bool = FULL) -> list[str]:
    """Each character over which the regular expression may loop, and with `paired` each pair; none without a loop."""
    tree = parser.parse(pattern, flags)
    looped = [part for part in parts(tree) if is_loop(part)]
    if not looped:
        return []
    is_open = any(part[0] in (code.ANY, code.NOT_LITERAL, code.NEGATE) for loop in looped for part in parts(loop))
    known = sorted(characters(tree if is_open else looped) | set(OTHER))
    return [*known, *map("".join, product(known[:MOST_PAIRED], repeat=2))] if paired else known


def parts(tree: Any) -> Iterator[tuple[Any, Any]]:
    """All operations of a parsed regular expression, the inner ones too."""
    if isinstance(tree, tuple) and len(tree) == 2 and isinstance(tree[0], code._NamedIntConstant):
        yield tree
    for part in tree if isinstance(tree, list | tuple | parser.SubPattern) else ():
        yield from parts(part)


def is_loop(part: tuple[Any, Any]) -> bool:
    """Whether the operation repeats without a near end."""
    return part[0] in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT) and part[1][1] > MOST_REPEATED


def characters(tree: Any) -> set[str]:
    """The characters of a parsed regular expression: those written, and the ends of ranges."""
    found: set[str] = set()
    for operation, told in parts(tree):
        if operation in (code.LITERAL, code.NOT_LITERAL):
            found.add(chr(told))
        elif operation is code.RANGE:
            found |= set(map(chr, told))
    return found
