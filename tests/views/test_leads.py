"""What stands above the first quote is true, on labelled questions and on any mixture of what may be told."""

import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.evaluate_reader import lead
from bot.views.other_edition import EditionOffers
from rules.understanding import Understanding
from rules.understanding.evaluation import Labelled, Lead, judged, labelled
from tests.packaged import CATALOGUE

SETS = Path(__file__).parents[1] / "questions"
TODAY = date(2026, 11, 29)
OLD, NEW = "2022-10-10", "2026-07-29"
RIGHT = {"leads-dev.jsonl": 36, "leads-a.jsonl": 130, "leads-b.jsonl": 128, "leads-d.jsonl": 59}


@cache
def reader(name: str) -> Understanding:
    return Understanding(CATALOGUE.edition(name))


def said(question: str, name: str = OLD) -> str:
    """The lead by this edition."""
    by = EditionOffers(CATALOGUE, CATALOGUE.edition(name))
    return lead(by, reader(name).read(question), TODAY)


def outcome(line: Labelled) -> Lead:
    return judged(line, said(line.q, line.edition or OLD))


@pytest.mark.parametrize(("name", "right"), RIGHT.items(), ids=RIGHT)
def test_no_lead_is_false_and_the_share_of_right_ones_holds(name: str, right: int) -> None:
    leads = [outcome(line) for line in labelled((SETS / name).read_text("utf-8").splitlines())]
    assert [one.question.q for one in leads if one.found] == []
    assert sum(one.right for one in leads) >= right, [one.question.q for one in leads if one.missing]


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("体验分3.49会被关吗", "会：体验分 3.49 低于 3.5"),
        ("体验分3.5会被关吗", "不会因分数关闭：体验分 3.5 不低于 3.5；但低于 3.8"),
        ("体验分3.79会警告吗", "会警告：体验分 3.79 低于 3.8"),
        ("体验分3.8会警告吗", "不会警告：体验分 3.8 不低于 3.8"),
        ("体验分不到4会被关吗", "要看具体分数：体验分不到 4"),
        ("体验分3.6以上会被关吗", "不会因分数关闭：体验分 3.6 以上"),
        ("体验分3.99能开通吗", "还不能：体验分 3.99 不到 4.0，差 0.01 分"),
        ("体验分4.0能开通吗", "能过这一条：体验分 4.0 达到 4.0"),
        ("入驻60天没有体验分能开吗", "能过这一条：入驻第 60 天、还没有体验分"),
        ("入驻61天没有体验分能开吗", "不能判断：入驻已经 61 天"),
        ("365天前被处罚过还算吗", "还算：处罚到今天 365 天"),
        ("366天前被处罚过还算吗", "不算了：处罚到今天 366 天"),
        ("被系统关闭2次还剩几次机会", "还剩 1 次机会，是最后一次"),
        ("被系统关闭3次还能开吗", "不能，永久不可再申请"),
        ("体验分69.9会被清退吗", "按 2026-07-29 版（100 分制）：会：体验分 69.9 低于 70"),
        (
            "体验分70会被清退吗",
            "按 2026-07-29 版（100 分制）：这一项不清退：体验分 70 不低于 70；商品体验分还没有告诉我",
        ),
    ],
)
def test_both_sides_of_each_line_are_told_apart(question: str, begins: str) -> None:
    assert said(question).startswith(begins)


@pytest.mark.parametrize("claimed", ["60", "65"])
def test_a_claimed_limit_that_a_category_decides_is_neither_right_nor_wrong(claimed: str) -> None:
    assert not re.match("对|不对", said(f"商品分要{claimed}才能进 对吗", NEW))


def test_a_claim_on_a_score_that_the_edition_does_not_judge_is_not_judged_by_another() -> None:
    assert not re.match("对|不对", said("听说商品分低于3.5就关 对吗"))


def test_a_kind_of_shop_that_is_not_admitted_is_named() -> None:
    assert said("拍卖店90分能进不", NEW).startswith("还不能：拍卖店暂不能准入")


def test_an_edition_that_is_over_says_so_in_its_first_line_with_what_holds_now_beside() -> None:
    first, second, *_ = said("关了3次还能开吗").splitlines()
    assert first.endswith("（按旧版 2022-10-10，已停用）")
    assert second.startswith("现行 2026-07-29 版（100 分制）：不再限制次数")


def test_what_both_editions_say_alike_is_not_said_twice() -> None:
    assert "现行" not in said("精选联盟是什么")


def test_a_score_of_another_scale_is_asked_back_by_an_edition_in_force() -> None:
    assert said("体验分4.3能开吗", NEW).startswith("4.3 是 5 分制的写法，不能按这一版判断")


def test_the_last_question_is_answered_by_the_newest_rules_when_asked_for() -> None:
    by = EditionOffers(CATALOGUE, CATALOGUE.edition(OLD))
    before = reader(OLD).read("被系统关闭三次还能开通吗")
    after = reader(OLD).read("按 2026 版看", before)
    assert lead(by, after, TODAY).startswith("按 2026-07-29 版（100 分制）：不再限制次数")


# What may be told, and what may be asked.
FRAGMENTS = [
    "体验分3.6",
    "体验分4.2",
    "总分85",
    "商品体验分59",
    "物流分3.1",
    "快4分了",
    "不到3.5",
    "差0.1到4分",
    "从3.4涨到3.9",
    "如果掉到3.2",
    "昨天4.2今天3.6",
    "4.3星",
    "退货率3.5%",
    "保证金3800",
    "系统关过两次",
    "被关了3次",
    "只剩最后一次机会",
    "三次机会用完了",
    "申请被拒3次",
    "被警告5次",
    "自己关了2次",
    "已经开通了",
    "还没开通",
    "另一个店被封了",
    "没传品牌资质",
    "店铺停业",
    "新店10天",
    "入驻70天",
    "没有体验分",
    "300天前被罚",
    "去年被罚",
    "近30天没违规",
    "从来没违规",
    "2022年3月5日被罚",
    "现在是2023年3月6日",
    "个人店开了59天",
    "卖大闸蟹",
    "能开吗",
    "会被关吗",
    "会警告吗",
    "还剩几次",
    "还算吗",
    "怎么办",
    "差多少",
    "对吗",
    "听说",
    "最新规则",
    "规则变了吗",
    "多少分",
    "必须满60天才能进吧",
    "低于3.8就关是吧",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6), st.sampled_from([OLD, NEW]))
def test_any_mixture_is_answered_with_numbers_of_the_question_or_of_the_rules(told: list[str], name: str) -> None:
    question = ",".join(told)
    shown = {Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", _without_days(said(question, name)))}
    assert shown <= _numbers(question) | _of_rules()


def _without_days(text: str) -> str:
    """The lead without dates, counts and distances, which follow from the day and the limits, and without examples."""
    return re.sub(
        r"\d{4}-\d{2}-\d{2}|\d+ 天|[差高] [\d.]+|\d+ 次|可以这样问我.*", "", text.split("规则改过吗", maxsplit=1)[0]
    )


def _numbers(question: str) -> set[Decimal]:
    text = reader(OLD).explained(question).text
    return {Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}


def _of_rules() -> set[Decimal]:
    """Every number of an edition: its figures, and what its texts and clause numbers have."""
    both = CATALOGUE.editions
    texts = [text for one in both for text in (one.name, one.scale_name, *(topic.lead for topic in one.topics))]
    texts += [f"{clause.heading} {clause.number}" for one in both for clause in one.clauses]
    written = {Decimal(number) for text in texts for number in re.findall(r"\d+(?:\.\d+)?", text)}
    return written | {value for one in both for value in one.figures.values()} | set(map(Decimal, range(10)))
