"""A text of one repeated character takes time linear in its length, and of a long text only the two ends are read.

`UNDERSTANDING_REPEATED=all pytest tests/rules/understanding/test_repeated.py` tries every character and pair of marks.
"""

import os
from itertools import product
from time import process_time

import pytest

from rules.understanding import Understanding
from rules.understanding.normalise import MOST_READ, normalise
from rules.understanding.spelling import readings

MARKS = "○😭㌔ﷺ\n\t ①M3０一三十零壹两半几多点分星天次个.,，。?！、~-/:第差到被关"
ALL = os.environ.get("UNDERSTANDING_REPEATED") == "all"
TRIED = [*readings(), *map("".join, product(MARKS, MARKS))] if ALL else list(MARKS)
SHORT = MOST_READ // 4
# Linear time gives 4, and 5 to 6 with noise; squared 16, cubed 64.
MOST = 10


def _seconds(reader: Understanding, text: str) -> float:
    """The least processor time of three readings of the text."""

    def once() -> float:
        begun = process_time()
        reader.read(text)
        return process_time() - begun

    return min(once() for _ in range(3))


@pytest.mark.parametrize("repeated", TRIED)
def test_a_repeated_character_takes_linear_time(reader: Understanding, repeated: str) -> None:
    short, long = (repeated * (size // len(repeated)) for size in (SHORT, MOST_READ))
    assert _seconds(reader, long) < MOST * _seconds(reader, short)


@pytest.mark.parametrize("filler", ["哈", "ﷺ", "店铺通知。"])
def test_of_a_long_text_the_two_ends_are_read(filler: str) -> None:
    begin, middle, end = "怎么开通精选联盟?", "体验分3.7", "会被关吗?"
    long = filler * MOST_READ
    read = normalise(begin + long + middle + long + end)
    assert read.startswith(begin) and read.endswith(end)
    assert middle not in read and len(read) <= MOST_READ + 1
