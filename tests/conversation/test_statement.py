"""Texts that tell a score, a closing or an opening, and texts that only ask."""

from datetime import date
from decimal import Decimal

import pytest

from bot.conversation.statement import Kind, Statement, bare_number, may_be_name, statement_in
from rules.answers import Doubt
from rules.edition import Scores
from tests.packaged import CATALOGUE

EDITIONS = (CATALOGUE.edition("2022-10-10"), CATALOGUE.edition("2026-07-29"))
TODAY = date(2026, 8, 22)


def score(points: str | None, day: date = TODAY, doubt: Doubt | None = None) -> Statement:
    return Statement(Kind.SCORE, day, {"score": None if points is None else Decimal(points)}, doubt=doubt)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("体验分 3.9", score("3.9")),
        ("我的体验分是3.9分", score("3.9")),
        ("今天掉到3.7了", score("3.7")),
        ("體驗分掉到３。７了", score("3.7")),
        ("体验分从4.1掉到3.7", score("3.7")),
        ("体验分四点二", score("4.2")),
        ("3.7了", score("3.7")),
        ("昨天 3.9 分", score("3.9", date(2026, 8, 21))),
        ("8月20日体验分3.9", score("3.9", date(2026, 8, 20))),
        ("上周三体验分3.9", score("3.9", date(2026, 8, 12))),
        ("2026-08-01 体验分 3.9", score("3.9", date(2026, 8, 1))),
        ("12月31日体验分3.9", score("3.9", date(2025, 12, 31))),
        ("体验分 0", score("0")),
        ("体验分 5", score("5")),
        ("体验分 85", score("85")),
        ("体验分-1", score("-1")),
        ("暂无体验分", score(None)),
        ("还没有体验分", score(None)),
        ("我的店还没有体验分", score(None)),
        ("体验分暂无", score(None)),
        ("昨天没有体验分", score(None, date(2026, 8, 21))),
        ("现在没有体验分了", score(None)),
    ],
)
def test_a_score_is_told_with_its_day(text: str, told: Statement) -> None:
    assert statement_in(EDITIONS, text, TODAY) == told


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("体验分一百二分", Doubt.OFF_SCALE),
        ("体验分4颗星", Doubt.STARS),
        ("体验分是四颗星", Doubt.STARS),
        ("明天体验分3.9", Doubt.FUTURE),
        ("2月30日体验分3.9", Doubt.NO_SUCH_DAY),
    ],
)
def test_a_score_that_cannot_be_is_a_doubt(text: str, doubt: Doubt) -> None:
    found = statement_in(EDITIONS, text, TODAY)
    assert found is not None
    assert found.doubt is doubt


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("体验分96%", Kind.SCORE), ("我的体验分是 96％", Kind.SCORE), ("今天体验分百分之96", Kind.SCORE),
        ("体验分百分之九十六了", Kind.SCORE), ("体验分96%会怎样", Kind.SCORE), ("如果体验分96%", Kind.WHAT_IF),
    ],
)  # fmt: skip
def test_a_percentage_of_a_score_is_a_doubt_with_its_number(text: str, kind: Kind) -> None:
    told = {"score": Decimal(96)}
    assert statement_in(EDITIONS, text, TODAY) == Statement(kind, TODAY, told, doubt=Doubt.SHARE)


@pytest.mark.parametrize("text", ["96%", "好评率96%", "今天96%", "掉到96%了", "体验分超过96%的同行"])
def test_a_percentage_of_anything_else_tells_nothing(text: str) -> None:
    assert statement_in(EDITIONS, text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("被关闭了", Statement(Kind.CLOSED, TODAY)),
        ("我的精选联盟权限又被系统关闭了", Statement(Kind.CLOSED, TODAY)),
        ("昨天被清退了", Statement(Kind.CLOSED, date(2026, 8, 21))),
        ("第二次被关了", Statement(Kind.CLOSED, TODAY, count=2)),
        ("又开通了", Statement(Kind.OPENED, TODAY)),
        ("精选联盟已经恢复了", Statement(Kind.OPENED, TODAY)),
        ("重新开通成功", Statement(Kind.OPENED, TODAY)),
    ],
)
def test_a_closing_or_an_opening_is_told(text: str, told: Statement) -> None:
    assert statement_in(EDITIONS, text, TODAY) == told


@pytest.mark.parametrize(
    ("text", "points"), [("如果降到 3.6", "3.6"), ("要是跌到3.4怎么办", "3.4"), ("如果3.6呢?", "3.6")]
)
def test_a_made_up_score_is_a_what_if(text: str, points: str) -> None:
    assert statement_in(EDITIONS, text, TODAY) == Statement(Kind.WHAT_IF, TODAY, {"score": Decimal(points)})


@pytest.mark.parametrize(
    "text",
    [
        "3.7会怎样", "体验分3.9能开通吗", "体验分3.9?", "低于3.8会怎样", "3.85", "3.85分", "4.5星", "今天3",
        "今天扣了4分",
        "体验分降了0.1", "好像3.9了", "体验分", "体验分是多少", "从4.1到3.9", "今天3.9明天3.8",
        "体验分3.9体验分3.8", "体验分3.9 3.8", "商品80 85", "体验分85 商品80 70", "85 90 商品80", "85 体验分80",
        "还没有商品", "商品", "商品被关闭了", "商品50会被清退吗", "商品还没有50",
        "还没有体验分怎么办", "如果还没有体验分", "没有",
        "被关闭了怎么办", "被关闭了2次", "如果被关闭了", "体验分被关闭了", "被关闭了又开通了",
        "开通了吗", "能开通了", "怎么开通", "重新开通", "恢复", "体验分恢复了", "",
        "没有体验分怎么办", "没有体验分能开通吗", "如果没有体验分", "没有被关闭过", "没有3.7分", "还没有开通", "没有了",
        "?", "了", "x" * 5000, "如果" * 30,
    ],
)  # fmt: skip
def test_a_question_or_anything_else_tells_nothing(text: str) -> None:
    assert statement_in(EDITIONS, text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("商品体验分 72", {"product_score": Decimal(72)}),
        ("体验分85 商品体验分50", {"score": Decimal(85), "product_score": Decimal(50)}),
        ("今天商品体验分50，体验分是85", {"score": Decimal(85), "product_score": Decimal(50)}),
        ("85 商品80", {"score": Decimal(85), "product_score": Decimal(80)}),
        ("85，商品分 80", {"score": Decimal(85), "product_score": Decimal(80)}),
        ("今天85商品80", {"score": Decimal(85), "product_score": Decimal(80)}),
        ("商品50", {"product_score": Decimal(50)}),
        ("商品分50", {"product_score": Decimal(50)}),
        ("商品分是 50", {"product_score": Decimal(50)}),
        ("成长期90", {"growth_score": Decimal(90)}),
        ("还没有商品分", {"product_score": None}),
        ("还没有体验分", {"score": None}),
        ("暂无商品体验分", {"product_score": None}),
    ],
)
def test_scores_of_any_edition_are_told_by_their_names(text: str, scores: Scores) -> None:
    assert statement_in(EDITIONS, text, TODAY) == Statement(Kind.SCORE, TODAY, scores)


@pytest.mark.parametrize(("text", "value"), [("85", "85"), ("85分", "85"), ("4.3 分", "4.3"), ("八十五", "85")])
def test_a_bare_number_is_read(text: str, value: str) -> None:
    assert bare_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["体验分85", "85吗", "", "第85", "2026-07-29"])
def test_a_text_with_more_than_a_number_is_no_bare_number(text: str) -> None:
    assert bare_number(text) is None


@pytest.mark.parametrize("text", ["花店", "我的 二店", "Flower Shop"])
def test_a_plain_word_may_be_a_name(text: str) -> None:
    assert may_be_name(text)


@pytest.mark.parametrize("text", ["", "怎么开通", "开通了吗", "体验分 3.9", "被关闭了", "花" * 25, "/check"])
def test_a_question_or_a_statement_is_no_name(text: str) -> None:
    assert not may_be_name(text)
