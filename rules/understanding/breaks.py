"""Where one question of a message ends and another may begin: at marks, at words that join, and without either."""

import re
from collections.abc import Iterable
from functools import cache

from rules.understanding.lexicon import data

_MARKS = r"[。?!;,、:()\n…~]+|(?<![\d.])\.+(?!\d)|(?<!\S)\d[.、)](?!\d)|\s+(?=[^\sa-z\d])"
_JOINING = (
    r"\band\b(?!(?: for| at| of)?(?: an?| the| being| getting)? (?:clos|remov|warn|kick|shut|revok))|\balso\b"
    "|还有(?!我|没|多少|几|用|效|机会|救|戏|希望|可能|效)|另外|最后|顺便|以及|并且|然后|接着|其次|再就是|同时"
    r"|第[一二三四五六\d]个?(?:问题|问)"
)
_MARKED = re.compile(f"{_MARKS}|{_JOINING}")


def cuts(text: str) -> list[int]:
    """The places at which the text is cut, in order; its end is the last."""
    return [*sorted({mark.start() for cut in (_MARKED, _unmarked()) for mark in cut.finditer(text)}), len(text)]


@cache
def _unmarked() -> re.Pattern[str]:
    """The place between two questions without a mark: after one that is asked in full, before what begins another."""
    words = {name: listed.split() for name, listed in data("breaks.toml").items()}
    asked, told = "|".join(words["asked"]), "|".join(words["told"])
    return re.compile(
        f"(?<=吗)(?=[一-鿿]{{3}})|{_after(words['whole'])}(?={asked}|{told})|{_after(words['taking'])}(?={asked})"
    )


def _after(ends: Iterable[str]) -> str:
    """A pattern for the place right after one of these words."""
    return "(?:" + "|".join(f"(?<={end})" for end in ends) + ")"
