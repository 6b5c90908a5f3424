"""How often the system closed the access, or how many chances are left; and counts of something else."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rules.said import Aside, Told
from rules.understanding.numbers_in_text import Number, Unit
from rules.understanding.told_words import matches, pattern

CLOSURES, CHANCES_LEFT, CHANCES_USED_UP = "closures", "chances_left", "chances_used_up"


def counts(text: str, numbers: Sequence[Number]) -> list[Told]:
    """Closings told, at most one count; a count that may be of something else is none."""
    if matches("counts", "used_up", text):
        return [Told(fact=CHANCES_USED_UP)]
    found = [told for number in numbers if (told := _count(text, number))]
    if not found and matches("counts", "last", text) and not _asks_last(text):
        return [Told(fact=CHANCES_LEFT, number=Decimal(1))]
    if not found and matches("counts", "never", text):
        return [Told(fact=CLOSURES, number=Decimal(0))]
    closed = [told for told in found if told.fact == CLOSURES]
    return closed[:1] or found[:1]


def _asks_last(text: str) -> bool:
    """Whether the last chance is asked about, not told: 再开是最后一回."""
    return matches("counts", "again", text)


def _count(text: str, number: Number) -> Told | None:
    digits = re.compile(r"[0-9零一二两俩三仨四五六七八九十百]+").search(text, number.start, number.end)
    if digits is None or number.is_open or number.lost or number.exact:
        return None
    start, end = digits.start(), number.end
    before = re.split(r"[,。?!;]", text[:start])[-1]
    if matches("counts", "asked", before) or matches("others", "elsewhere", before):
        return None
    is_times = number.unit is Unit.TIMES or bool(pattern("counts", "chance_after").match(text, digits.end()))
    if pattern("counts", "left").search(before) and is_times:
        return Told(fact=CHANCES_LEFT, number=number.value)
    if pattern("counts", "used").search(before) and is_times:
        return Told(fact=CLOSURES, number=number.value, side=number.side)
    return _closings(text, number, before.removesuffix("第"), end)


def _closings(text: str, number: Number, before: str, end: int) -> Told | None:
    ours = pattern("counts", "closings_before").search(before)
    called = re.search(r"(?:关闭|被关|清退|关)(?:权限)?的?(?:次数|过)(?:是|为|=|:|\s|才|有)*$", before)
    behind = pattern("counts", "closings_after").match(text, end) if number.unit is Unit.TIMES else None
    if number.unit is not Unit.TIMES and not called:
        return None
    if not (ours or called or behind) or matches("counts", "again", before[-4:]) or matches("counts", "own", before):
        return None
    if ours and re.search(r"关(?:店|系|心|注|联(?!盟))", before):
        return None
    return Told(fact=CLOSURES, number=number.value, side=number.side)


def asides(text: str, told: Sequence[Told], numbers: Sequence[Number]) -> Iterator[Aside]:
    """What is counted, and is no closing by the system."""
    counted = any(number.unit is Unit.TIMES and not number.is_open for number in numbers)
    times = counted or matches("counts", "warned_times", text)
    if matches("counts", "own", text) and re.search(r"关(?!系|联店|了?[^,。]{0,3}门)|退出", text):
        yield Aside.OWN_CLOSING
    if told or not times:
        return
    if matches("counts", "refused", text) or (matches("counts", "tried", text) and re.search("没|不", text)):
        yield Aside.REFUSED
    if matches("counts", "warned", text):
        yield Aside.WARNED
    if matches("counts", "punished", text) and matches("counts", "many", text):
        yield Aside.BREACHES
