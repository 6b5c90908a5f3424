"""Where one question of a message ends and another may begin: at marks, at words that join, and without either."""

import re
from collections.abc import Iterable
from functools import cache

from rules.understanding.tables import load

_MARKS = r"[。?!;,、:()\n…~]+|(?<![\d.])\.+(?!\d)|(?<!\S)\d[.、)](?!\d)|\s+(?=[^\sa-z\d])"


def clause_ends(text: str) -> list[int]:
    """The places at which the text is cut, in order; its end is the last."""
    return [*sorted({cut.start() for pattern in _patterns() for cut in pattern.finditer(text)}), len(text)]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A mark or a word that joins; and the place after a question asked in full, before what begins another."""
    table = load("breaks.toml")
    whole, taking, asked, told = (table[name].split() for name in ("whole", "taking", "asked", "told"))
    begins = "|".join(asked)
    unmarked = f"{_after(whole)}(?={begins}|{'|'.join(told)})|{_after(taking)}(?={begins})|(?<=吗)(?=[一-鿿]{{3}})"
    return re.compile("|".join((_MARKS, *table["joining"]))), re.compile(unmarked)


def _after(ends: Iterable[str]) -> str:
    """A pattern for the place right after one of these words."""
    return "(?:" + "|".join(f"(?<={end})" for end in ends) + ")"
