"""An answer as a merchant reads it: its provisions, its numbers beside the lines, the editions named with it."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from bot.views.answer import answer
from bot.views.other_edition import EditionOffers
from bot.views.render import Rendered
from rules.catalogue.load import load
from rules.understanding import Understanding
from rules.understanding.provisions import seen_under
from tests.invented import NAME, revised
from tests.packaged import CATALOGUE

EDITION, DIGEST = CATALOGUE.edition("2022-10-10"), CATALOGUE.edition("2026-07-29")
TODAY = date(2026, 11, 29)
OLD, NEW = EDITION.name, DIGEST.name


@cache
def reader(name: str) -> Understanding:
    return Understanding(CATALOGUE.edition(name))


def answered(name: str, question: str) -> Rendered:
    """The answer of a bot that answers by this edition."""
    edition = CATALOGUE.edition(name)
    return answer(edition, reader(name).read(question), EditionOffers(CATALOGUE, edition), today=TODAY)


def quotes(rendered: Rendered) -> list[str]:
    """What is quoted to the letter."""
    return [unescape(quote) for quote in re.findall("<blockquote(?: expandable)?>(.*?)</blockquote>", rendered.html)]


def labels(rendered: Rendered) -> list[str]:
    return [button.label for row in rendered.rows for button in row]


@pytest.mark.parametrize(
    ("name", "question", "said"),
    [
        (OLD, "3.85", ["体验分 3.85 不到 4.0，差 0.15 分，不能新开通；已经开通的不警告也不关闭（不低于 3.8）"]),
        (OLD, "体验分3.4会怎样", ["会被清退：体验分 3.4 低于 3.5，关闭权限；也不能新开通。"]),
        (OLD, "被精选联盟清退了在哪里申诉", ["没有写"]),
        (OLD, "拼多多开店保证金多长时间可以退", ["不在我的范围"]),
        (
            OLD,
            "低于3.8会被强制关闭吗",
            ["文章另有一句说低于 3.8 分会被强制关闭，和这一条对不上。我们以这一条为准"],
        ),
        (
            OLD,
            "入驻不是改成4.2了吗",
            [
                "规则改过吗？",
                "2022-08-22：入驻门槛提高到 4.2 分，低于 4.0 分关闭",
                "只有这一处报道，没有见到原文",
                "按 2026-07-29 版（100 分制）：不对，不是 4.2：体验分达到 70 分就满足这一条",
            ],
        ),
        (
            OLD,
            "体验分85会怎样",
            [
                "按 2026-07-29 版（100 分制）：体验分 85 达到 70，这一项够开通",
                "2022-10-10 版（5 分制，已停用）的写法：",
            ],
        ),
        (OLD, "85", ["按 2026-07-29 版（100 分制）：体验分 85 达到 70，这一项够开通"]),
        (OLD, "67。", ["按 2026-07-29 版（100 分制）：会被清退：体验分 67 低于 70"]),
        (NEW, "67", ["会被清退：体验分 67 低于 70，关闭权限；也不能新开通。"]),
        (NEW, "85", ["体验分 85 达到 70，这一项够开通"]),
        (NEW, "3.4", ["3.4 是 5 分制的写法，不能按这一版判断"]),
        (NEW, "降到4.2会怎样", ["4.2 是 5 分制的写法，不能按这一版判断"]),
        (NEW, "跌到3.6怎么办", ["3.6 是 5 分制的写法，不能按这一版判断"]),
        (NEW, "4.2会怎样", ["4.2 是 5 分制的写法，不能按这一版判断"]),
        (OLD, "掉到68会怎样", ["按 2026-07-29 版（100 分制）：会被清退：体验分 68 低于 70"]),
        (
            OLD,
            "商品分50",
            [
                "按 2026-07-29 版（100 分制）：会被清退：商品体验分 50 低于 60，关闭权限；也不能新开通。",
                "要点 · 商家清退（第 4.1.1 条）",
                "2022-10-10 版（5 分制，已停用）的写法：\n商品体验分有没有要求，这份规则没有写",
            ],
        ),
        (
            OLD,
            "商品分80",
            ["：商品体验分 80 达到 60，这一项够开通；已经开通的不会因这个分数关闭；体验分还没有告诉我。"],
        ),
        (NEW, "商品体验分50会被清退吗", ["会：商品体验分 50 低于 60，关闭权限", "要点 · 商家清退（第 4.1.1 条）"]),
        (
            NEW,
            "商品体验分64会被清退吗",
            [
                "这一项不清退：商品体验分 64 不低于 60",
                "单个商品另看商品的线 65 或 60（看类目）",
                "要点 · 商家清退（第 4.1.1 条）",
            ],
        ),
        (
            OLD,
            "现在不是70分了吗",
            ["按 2026-07-29 版（100 分制）：对：体验分达到 70 分就满足这一条", "商品体验分不低于 60 分"],
        ),
        (
            NEW,
            "现在不是4.0分了吗",
            ["不对，不是 4.0：", "2022-10-10 版：入驻线 4.0、警告线 3.8、清退线 3.5（5 分制）"],
        ),
        (NEW, "个人店开了60天能入驻吗", ["能过这一条：开业 60 天，满 60 天了"]),
        (NEW, "个人店开了59天能入驻吗", ["还不能：开业第 59 天，还没满 60 天"]),
        (NEW, "个人店开了两个多月能入驻吗", ["能过这一条：开业 61 天，满 60 天了"]),
        (NEW, "星级4.3能开精选联盟吗", ["星级不是体验分"]),
        (NEW, "不是改成4.2了吗", ["入驻门槛提高到 4.2 分"]),
    ],
)
def test_an_answer_says_what_becomes_of_the_question(name: str, question: str, said: Sequence[str]) -> None:
    text = answered(name, question).plain
    assert [words for words in said if words not in text] == []


@pytest.mark.parametrize(
    "question",
    [
        "要等多久才能再开通",
        "精选联盟入口在哪",
        "清退后多久能重新开通",
        "商品体验分有要求吗",
        "怎么提高体验分",
        "佣金设多少",
    ],
)
def test_a_gap_of_an_edition_that_is_over_says_so_in_the_first_line(question: str) -> None:
    first = answered(OLD, question).plain.splitlines()[0]
    assert "没有写" in first
    assert first.endswith("（按旧版 2022-10-10，已停用）")
    assert "旧版" not in answered(NEW, question).plain


def test_a_gap_behind_our_own_words_says_so_too() -> None:
    text = answered(OLD, "精选联盟是什么，怎么申诉").plain
    assert "没有写。请看抖店后台的说明。（按旧版 2022-10-10，已停用）" in text
    assert text.count("旧版") == 1


def test_our_own_words_are_of_no_edition() -> None:
    assert "旧版" not in answered(OLD, "精选联盟是什么").plain


def test_beside_a_gap_stands_what_the_edition_in_force_has_for_it() -> None:
    assert (
        "现行 2026-07-29 版（100 分制）：对店铺，商品体验分不低于 60 分就不因这一项清退"
        in answered(OLD, "商品体验分有要求吗").plain
    )
    assert "现行" not in answered(OLD, "精选联盟入口在哪").plain


@pytest.mark.parametrize("name", [OLD, NEW])
@pytest.mark.parametrize(
    "question", ["商品分50", "商品分50能开通吗", "85", "3.4", "商品体验分有要求吗", "体验分85 商品分50", "要等多久"]
)
def test_nothing_is_announced_that_does_not_follow(name: str, question: str) -> None:
    assert not re.search(r"：\s*(\n20[\d-]+ 版 ·|$)", answered(name, question).plain)


@pytest.mark.parametrize("question", ["血糖降到4.2会怎样", "温度降到3.9会怎样", "体重掉到85"])
@pytest.mark.parametrize("name", [OLD, NEW])
def test_a_number_of_something_else_is_not_judged(name: str, question: str) -> None:
    assert re.match(
        "这个不在我的范围里|这个问题，这份规则没有写|规则没有写，或者我没有读懂", answered(name, question).plain
    )


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [("怎么开通精选联盟", "规则改过吗"), ("体验分85会怎样", "85，")],
)
def test_what_the_question_does_not_touch_is_not_said(question: str, unsaid: str) -> None:
    assert unsaid not in answered(OLD, question).plain


@pytest.mark.parametrize(
    ("question", "quoted"),
    [("入驻不是改成4.2了吗", ["商家体验分>=4.0分"]), ("低于3.8会被强制关闭吗", ["若体验分<3.8分", "若体验分<3.5分"])],
)
def test_an_answer_quotes_what_was_asked(question: str, quoted: list[str]) -> None:
    shown = quotes(answered(OLD, question))
    assert [quote[: len(start)] for quote, start in zip(shown, quoted, strict=True)] == quoted


@pytest.mark.parametrize(
    "question", ["怎么开通精选联盟", "精选联盟是什么", "被精选联盟清退了在哪里申诉", "体验分3.7会怎样"]
)
def test_an_answer_names_its_edition_and_offers_a_newer_one_and_has_three_buttons_at_most(question: str) -> None:
    shown = answered(OLD, question)
    assert "2022-10-10 版 ·" in shown.plain
    assert shown.plain.count("2026-07-29") <= 1
    assert "按 2026-07-29 版看" in labels(shown)
    assert len(labels(shown)) <= 3


def test_the_newest_edition_names_no_other() -> None:
    text = answered(NEW, "怎么开通精选联盟").plain
    assert "2026-07-29 版 ·" in text
    assert "更新" not in text


@pytest.mark.parametrize("question", ["3.799会怎样", "85会怎样"])
def test_what_no_score_can_be_is_not_offered_for_recording(question: str) -> None:
    assert [label for label in labels(answered(OLD, question)) if "记下" in label] == []


def test_a_score_is_not_compared_in_a_preview_on_another_scale() -> None:
    seen = seen_under(reader(OLD).read("体验分3.7会怎样"), EDITION, DIGEST)
    assert seen is not None
    preview = answer(DIGEST, seen, EditionOffers(CATALOGUE, EDITION), today=TODAY)
    assert "这是预览：现在仍按 2022-10-10 版回答" in preview.plain
    assert "3.7 是 5 分制的写法，不能按这一版判断" in preview.plain
    assert "3.7，" not in preview.plain
    assert "\n要点 · 商家准入（第 3.1.3 条）\n▫️ " in preview.plain
    assert quotes(preview) == []
    assert "记下" not in " ".join(labels(preview))


def test_an_edition_that_cannot_answer_is_offered_for_what_differs(tmp_path: Path) -> None:
    folder = revised(tmp_path / "rules")
    (folder / NAME / "topics.toml").unlink()
    known = load(folder)
    edition = known.edition("2022-10-10")
    shown = answer(edition, reader(OLD).read("怎么开通精选联盟"), EditionOffers(known, edition), today=TODAY)
    assert f"rules|{NAME}" in [button.data for row in shown.rows for button in row]


@pytest.mark.parametrize(
    ("name", "question", "days"),
    [
        (OLD, "不是改成4.2了吗", ["2022-08-22"]),
        (OLD, "店铺4.5星能开通精选联盟吗", ["2022-08-22", "2023-06-27", "2026-07-29"]),
        (NEW, "商品体验分不是改成60了吗", ["2026-07-29"]),
    ],
)
def test_of_many_revisions_those_of_the_question_are_told_and_at_most_three(
    name: str, question: str, days: list[str]
) -> None:
    told = answered(name, question).plain.partition("规则改过吗")[2]
    assert re.findall(r"^• (\d{4}-\d{2}-\d{2})：", told, re.MULTILINE) == days
