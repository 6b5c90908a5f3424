"""Of a long text the two ends are read, where the question stands."""

import pytest

from rules.understanding.normalise import MOST_READ, normalise


@pytest.mark.parametrize("filler", ["哈", "ﷺ", "店铺通知。"])
def test_of_a_long_text_the_two_ends_are_read(filler: str) -> None:
    begin, middle, end = "怎么开通精选联盟?", "体验分3.7", "会被关吗?"
    long = filler * MOST_READ
    read = normalise(begin + long + middle + long + end)
    assert read.startswith(begin) and read.endswith(end)
    assert middle not in read and len(read) <= MOST_READ + 1
