"""How the time of work on a text grows with the text's length, and the characters that texts are made of."""

import os
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from random import Random
from time import process_time
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
SHORT: Final = 500
LONG: Final = 2_000
MOST: Final = 10
"""Four times the length takes four times as long where time is linear; squared takes 16 times, cubed 64."""
TRIES: Final = 4
"""A busy machine may slow the longer text alone."""
FULL: Final = "full" in (os.environ.get("FAULTS"), os.environ.get("FUZZ"))
PAIRS: Final = 3_000
"""So many pairs are tried of all, drawn by a seed."""

ODD: Final = (
    "○〇零.。%‰分-~、，,;:?！!/ \n\t　ⅧⅣ①½㌔ﷺ٣०０８MmzZ'\"()（）【】￥$=<>+·…"
    "\\|*_#@^\x00\u200b\u200d\u0301\u202e\ufeff\ud800😭👨é가あ"
)
DIGITS: Final = "0123456789一二两俩三仨四五六七八九十百千几半多壹贰"
COMMON: Final = "点星天次个月日年号周被关店我是不的吗会能开体验商品低于以上怎么差到离比还有刚整线卡"
QUICK: Final = (
    *"○〇零.。%分-~、 \n①½㌔ﷺ0M三十几差被关满",
    *(
        "1。",
        "3天",
        "3 ",
        " \n",
        "零点",
        "。 ",
        "2○",
        "x'",
        "😭\u200d",
        "九一",
        "满分",
        "呢?",
        "差0",
        "3:",
        "第一",
        "--",
        "<>",
    ),
)
"""What once took long, and one of each kind."""


def pieces() -> Sequence[str]:
    """What texts are made of by repeating: in full every character of the vocabulary and many pairs."""
    if not FULL:
        return QUICK
    pairs = list(map("".join, product(ODD + DIGITS + COMMON, repeat=2)))
    return [*QUICK, *vocabulary(), *Random(31).sample(pairs, PAIRS)]


def vocabulary() -> list[str]:
    """Every character of the tables of words, and of what is odd."""
    tables = [*(ROOT / "rules").rglob("*.toml"), *(ROOT / "bot").rglob("*.toml")]
    return sorted(set("".join(table.read_text("utf-8") for table in tables)) | set(ODD + DIGITS + COMMON))


def repeated(piece: str, length: int) -> str:
    """The piece again and again, so many characters."""
    return (piece * length)[:length]


def seconds(work: Callable[[str], Any], text: str) -> float:
    """The processor time of the work on the text."""
    begun = process_time()
    work(text)
    return process_time() - begun


def growth(work: Callable[[str], Any], piece: str, floor_s: float) -> float:
    """How many times longer the work takes on a text four times as long; 1 where it takes less than the floor."""
    short, long = repeated(piece, SHORT), repeated(piece, LONG)
    found = 1.0
    for _ in range(TRIES):
        took = seconds(work, long)
        if took < floor_s:
            return 1.0
        found = min(took, seconds(work, long)) / max(min(seconds(work, short) for _ in range(3)), 1e-6)
        if found < MOST:
            break
    return found
