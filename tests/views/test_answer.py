"""An answer as a merchant reads it: its provisions, its numbers beside the lines, the editions named with it."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from bot.views.answer import answer, figure_view
from bot.views.other_edition import EditionOffers
from bot.views.render import Rendered, render
from rules.catalogue.load import load
from rules.kinds import FigureKind
from rules.reading import Figure, Part, Side
from rules.understanding import Understanding
from rules.understanding.provisions import seen_under
from tests.invented import NAME, revised
from tests.packaged import CATALOGUE

EDITION, DIGEST = CATALOGUE.edition("2022-10-10"), CATALOGUE.edition("2026-07-29")
ENTRY = Part(topic="auto_score", clauses=("entry.score",))


def judged(value: str, side: Side = Side.AT) -> dict[str, bool]:
    view = figure_view(EDITION, Figure(kind=FigureKind.SCORE, value=Decimal(value), side=side), ENTRY)
    return {line.effect: line.below for line in view.lines}


AT = {
    "4.0": (False, False, False),
    "3.99": (True, False, False),
    "3.8": (True, False, False),
    "3.79": (True, True, False),
    "3.5": (True, True, False),
    "3.49": (True, True, True),
}


@pytest.mark.parametrize(("value", "below"), AT.items(), ids=AT)
def test_a_score_is_below_a_line_only_when_it_is_less(value: str, below: tuple[bool, bool, bool]) -> None:
    assert judged(value) == dict(zip(("no_entry", "warning", "closing"), below, strict=True))


def test_below_a_number_says_nothing_of_the_lines_further_down() -> None:
    assert judged("3.8", Side.BELOW) == {"no_entry": True, "warning": True}


def test_from_a_number_up_says_nothing_of_the_lines_above_it() -> None:
    assert judged("3.8", Side.ABOVE) == {"warning": False, "closing": False}


def test_a_count_is_held_to_the_number_of_chances() -> None:
    view = figure_view(EDITION, Figure(kind=FigureKind.CLOSURES, value=Decimal(5)), ENTRY)
    assert view.limit == Decimal(3)


OF_GOODS = Part(topic="product_score", clauses=("admission.score", "clearing.products"))


@pytest.mark.parametrize(
    ("value", "below"),
    [
        ("59", {"no_entry": True, "early": True, "closing": True}),
        ("62", {"no_entry": None, "early": True, "closing": None}),
        ("65", {"no_entry": False, "early": None, "closing": False}),
        ("70", {"no_entry": False, "early": False, "closing": False}),
    ],
)
def test_a_score_of_goods_is_held_to_its_own_lines_as_far_as_the_category_does_not_matter(
    value: str, below: dict[str, bool | None]
) -> None:
    view = figure_view(DIGEST, Figure(kind=FigureKind.SCORE, value=Decimal(value)), OF_GOODS)
    assert view.label == "商品体验分"
    assert {line.effect: line.below for line in view.lines} == below


def test_a_claim_is_held_to_the_line_of_its_own_score() -> None:
    asked = Part(topic="auto_score", clauses=("admission.score",))
    view = figure_view(DIGEST, Figure(kind=FigureKind.SCORE, value=Decimal(70), claimed=True), asked)
    assert view.limit == Decimal(70)


@pytest.mark.parametrize(
    ("kind", "value", "side", "is_settled"),
    [
        (FigureKind.DAYS_SINCE_PENALTY, 365, Side.BELOW, True),
        (FigureKind.DAYS_SINCE_PENALTY, 400, Side.BELOW, False),
        (FigureKind.DAYS_SINCE_PENALTY, 400, Side.ABOVE, True),
        (FigureKind.DAYS_SINCE_PENALTY, 182, Side.ABOVE, False),
        (FigureKind.DAYS_SINCE_JOINED, 30, Side.BELOW, True),
        (FigureKind.DAYS_SINCE_JOINED, 90, Side.BELOW, False),
        (FigureKind.CLOSURES, 3, Side.ABOVE, True),
        (FigureKind.CLOSURES, 3, Side.BELOW, False),
        (FigureKind.CLOSURES, 400, Side.AT, True),
    ],
)
def test_within_a_span_is_held_to_a_limit_only_where_that_settles_it(
    kind: FigureKind, value: int, side: Side, is_settled: bool
) -> None:
    view = figure_view(EDITION, Figure(kind=kind, value=Decimal(value), side=side), ENTRY)
    assert (view.limit is not None) is is_settled


@pytest.mark.parametrize(
    ("value", "side", "is_settled"), [(60, Side.AT, True), (61, Side.ABOVE, True), (60, Side.ABOVE, False)]
)
def test_days_since_opening_are_held_to_what_a_personal_shop_needs(value: int, side: Side, is_settled: bool) -> None:
    figure = Figure(kind=FigureKind.DAYS_SINCE_OPENED, value=Decimal(value), side=side)
    view = figure_view(DIGEST, figure, Part(topic="personal", clauses=("admission.personal",)))
    assert view.limit == (Decimal(60) if is_settled else None)


def test_a_claim_of_the_rule_is_held_to_what_the_answer_quotes() -> None:
    view = figure_view(EDITION, Figure(kind=FigureKind.SCORE, value=Decimal("4.2"), claimed=True), ENTRY)
    assert (view.limit, view.lines) == (Decimal("4.0"), ())


OLD, NEW = EDITION.name, DIGEST.name


@cache
def reader(name: str) -> Understanding:
    return Understanding(CATALOGUE.edition(name))


def answered(name: str, question: str) -> Rendered:
    """The answer of a bot that answers by this edition."""
    edition = CATALOGUE.edition(name)
    return answer(edition, reader(name).read(question), EditionOffers(CATALOGUE, edition))


def quotes(rendered: Rendered) -> list[str]:
    """What is quoted to the letter."""
    return [unescape(quote) for quote in re.findall("<blockquote>(.*?)</blockquote>", rendered.html)]


def labels(rendered: Rendered) -> list[str]:
    return [button.label for row in rendered.rows for button in row]


@pytest.mark.parametrize(
    ("name", "question", "said"),
    [
        (OLD, "3.85", ["3.85 分：低于 4.0，不能新开通；不低于 3.8，不会警告"]),
        (OLD, "体验分3.4会怎样", ["3.4 分：低于 4.0，不能新开通；低于 3.5，会被关闭权限。"]),
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
                "2026-07-29 版（要点，非原文）：入驻线 70",
            ],
        ),
        (
            OLD,
            "体验分85会怎样",
            ["85 不在这一版的计分范围里（5 分制）", "2023-06-27：商家体验分由 5 分制改为 100 分制"],
        ),
        (
            OLD,
            "现在不是70分了吗",
            [
                "上面是 2022-10-10 版（5 分制）的写法",
                "2026-07-29 版（要点，非原文）：入驻线 70",
                "商品体验分清退线 65（60 分名单里的类目 60）（100 分制）",
            ],
        ),
        (
            NEW,
            "现在不是4.0分了吗",
            ["上面是 2026-07-29 版（100 分制）的写法", "2022-10-10 版：入驻线 4.0、警告线 3.8、清退线 3.5（5 分制）"],
        ),
        (NEW, "个人店开了60天能入驻吗", ["开业第 60 天：还没有超过 60 天，还不能入驻"]),
        (NEW, "个人店开了两个多月能入驻吗", ["开业 61 天以上：已超过 60 天"]),
        (NEW, "星级4.3能开精选联盟吗", ["星级不是体验分"]),
        (NEW, "不是改成4.2了吗", ["入驻门槛提高到 4.2 分"]),
    ],
)
def test_an_answer_says_what_becomes_of_the_question(name: str, question: str, said: Sequence[str]) -> None:
    text = answered(name, question).plain
    assert [words for words in said if words not in text] == []


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
def test_an_answer_names_its_edition_and_once_a_newer_one_and_has_three_buttons_at_most(question: str) -> None:
    shown = answered(OLD, question)
    assert "规则版本：2022-10-10 版" in shown.plain
    assert "还有更新的 2026-07-29 版" in shown.plain
    assert shown.plain.count("2026-07-29") == 1
    assert 1 <= len(labels(shown)) <= 3


def test_the_newest_edition_names_no_other() -> None:
    text = answered(NEW, "怎么开通精选联盟").plain
    assert "规则版本：2026-07-29 版" in text
    assert "更新" not in text


@pytest.mark.parametrize("question", ["3.799会怎样", "85会怎样"])
def test_what_no_score_can_be_is_not_offered_for_recording(question: str) -> None:
    assert [label for label in labels(answered(OLD, question)) if "记下" in label] == []


def test_a_score_is_not_compared_in_a_preview_on_another_scale() -> None:
    seen = seen_under(reader(OLD).read("体验分3.7会怎样"), EDITION, DIGEST)
    assert seen is not None
    preview = answer(DIGEST, seen, EditionOffers(CATALOGUE, EDITION))
    assert "这是预览：现在仍按 2022-10-10 版回答" in preview.plain
    assert "3.7 不在这一版的计分范围里（100 分制）" in preview.plain
    assert "3.7，" not in preview.plain
    assert "▫️ 要点：" in preview.plain
    assert quotes(preview) == []
    assert "记下" not in " ".join(labels(preview))


def test_an_edition_that_cannot_answer_is_offered_for_what_differs(tmp_path: Path) -> None:
    folder = revised(tmp_path / "rules")
    (folder / NAME / "topics.toml").unlink()
    known = load(folder)
    edition = known.edition("2022-10-10")
    shown = answer(edition, reader(OLD).read("怎么开通精选联盟"), EditionOffers(known, edition))
    assert (f"{NAME} 版有什么不同", f"rules|{NAME}") in [button for row in shown.rows for button in row]


def test_a_line_that_depends_on_a_choice_is_named_with_it_and_never_left_out() -> None:
    view = figure_view(DIGEST, Figure(kind=FigureKind.SCORE, value=Decimal(62)), OF_GOODS)
    said = render("answers/number", figure=view).plain
    assert "商品体验分清退线 65 或 60，要看主营类目" in said
