"""What is left of a text before it is read."""

import pytest

from rules.understanding.normalise import two_ends


@pytest.mark.parametrize(
    ("text", "left"),
    [("一二三四五六", "一二三四五六"), ("一二三四五六七", "一二三\n五六七"), ("一" * 9 + "二" * 9, "一一一\n二二二")],
)
def test_of_a_long_text_the_two_ends_are_left(text: str, left: str) -> None:
    assert two_ends(text, 6) == left
