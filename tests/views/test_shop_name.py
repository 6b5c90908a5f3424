"""Names of shops, whatever somebody has put into them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.render import render
from bot.views.shop_name import LONGEST, harmless, kept_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("旗舰店", "旗舰店"),
        ("  A \n\t B  ", "A B"),
        ("\u202e店\u202c\u200b铺\ufeff\u2066x\u2069", "店铺x"),
        ("a | b => no", "a ｜ b =＞ no"),
        ("%% buttons", "％％ buttons"),
        ("<b>x</b>", "＜b＞x＜/b＞"),
        ("😀" * 64, "😀" * (LONGEST - 1) + "…"),
        ("Z" + "\u0301" * 40, "Ź\u0301\u0301"),
        ("\u200b\u202e", ""),
        (None, ""),
    ],
)
def test_a_name_is_shown_harmlessly(name: str | None, shown: str) -> None:
    assert harmless(name) == shown


@given(st.text(max_size=200))
def test_no_name_hides_anything_or_is_long(name: str) -> None:
    shown = harmless(name)
    assert len(shown) <= LONGEST
    assert not {"|", "%", "<", ">", "\n"} & set(shown)
    assert [mark for mark in shown if unicodedata.category(mark)[0] == "C"] == []


@given(st.text(max_size=80))
def test_no_name_becomes_a_button_or_ends_a_message(name: str) -> None:
    shop = {"id": 5, "name": name, "ref": None}
    rendered = render("notices/off", shop=shop)
    assert [button.data for row in rendered.rows for button in row] == ["off|5|1", "z|5"]


def test_a_kept_name_is_one_line_of_bounded_length() -> None:
    assert kept_name(" 二\u202e店\n" + "长" * 90) == "二店 " + "长" * 37
