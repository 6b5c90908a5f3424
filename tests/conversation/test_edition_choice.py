"""Texts that choose an edition for good, and texts that only ask."""

import pytest

from bot.conversation.edition_choice import EditionChoice, edition_choice_in
from tests.packaged import CATALOGUE

OLD, NEW = "2022-10-10", "2026-07-29"


@pytest.mark.parametrize(
    ("text", "edition"),
    [
        ("以后都按2026版", NEW),
        ("以后都按 2026-07-29 版", NEW),
        ("以后就按2026年的规则来吧", NEW),
        ("按新版规则", NEW),
        ("改用最新版", NEW),
        ("换成2026版", NEW),
        ("都按新规则看", NEW),
        ("还是按旧版", OLD),
        ("切换到2022版", OLD),
        ("改回老版本吧", OLD),
        ("恢复默认版", None),
        ("还是按默认版", None),
    ],
)
def test_a_lasting_choice_is_read(text: str, edition: str | None) -> None:
    assert edition_choice_in(CATALOGUE, text) == EditionChoice(edition)


@pytest.mark.parametrize(
    "text",
    [
        "按2026版看", "按新版看看", "按新版规则看", "新版规则", "新规则是什么", "现在的规则是什么", "以后都按2023版",
        "按新版规则会被清退吗", "规则是不是变了", "旧版", "2026", "2026版", "以后", "以后都按", "还是", "", "以后" * 40,
    ],
)  # fmt: skip
def test_a_question_or_anything_else_chooses_nothing(text: str) -> None:
    assert edition_choice_in(CATALOGUE, text) is None
