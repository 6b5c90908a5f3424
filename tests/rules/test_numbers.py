"""The only grammar of numbers: a single exact number, or none."""

import re
from decimal import Decimal

import pytest

from rules.numbers import NUMBER, count, number


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("4.2", "4.2"),
        ("4点2", "4.2"),
        ("4。2", "4.2"),
        ("四点二", "4.2"),
        ("三点七九", "3.79"),
        ("零", "0"),
        ("两", "2"),
        ("俩", "2"),
        ("仨", "3"),
        ("幺", "1"),
        ("十", "10"),
        ("十二", "12"),
        ("八十五", "85"),
        ("一百零五", "105"),
        ("三百六十五", "365"),
        ("一千", "1000"),
        ("两千零一", "2001"),
    ],
)
def test_a_number_is_read_in_any_writing(written: str, value: str) -> None:
    assert number(written) == Decimal(value)
    assert re.fullmatch(NUMBER, written) or "。" in written


@pytest.mark.parametrize("written", ["", "两三", "一百二", "百", "千", "十百", "零一", "十点", "四点两", "4.2.1", "x"])
def test_what_may_be_two_numbers_or_none_is_none(written: str) -> None:
    assert number(written) is None


def test_a_count_is_whole() -> None:
    assert (count("三"), count("3.0"), count("3.5")) == (3, 3, None)
