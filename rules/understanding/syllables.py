"""Chinese characters as toneless syllables, from a table written by `python -m bench.pinyin_table`."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

TABLE = Path(__file__).with_name("pinyin.txt")
_ACCENTS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def readings() -> Mapping[str, str]:
    """Each GB2312 character with its usual syllable."""
    lines = (line.split() for line in TABLE.read_text("utf-8").splitlines())
    return MappingProxyType({character: syllable for syllable, characters in lines for character in characters})


def spelled(text: str) -> tuple[str, ...]:
    """The syllable of each character; what is not in the table stands for itself."""
    table = readings()
    return tuple(table.get(character, character) for character in text)


@lru_cache(maxsize=1024)
def folded(syllable: str) -> str:
    """The syllable as southern speakers and fast thumbs confuse it: zh and z, ang and an, l and n are one."""
    for precise, loose in _ACCENTS:
        syllable = syllable.replace(precise, loose)
    return re.sub("^n", "l", syllable)
