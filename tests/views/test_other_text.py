"""Where the rules are silent and another text of the platform is not: the answer names that text as what it is."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from bot.views.answer import answer, quoted
from bot.views.other_edition import EditionOffers
from bot.views.other_text import told_by_text
from rules.edition import Catalogue
from rules.reading import AnswerKind, Part, Reading
from rules.understanding import Understanding
from tests.packaged import CATALOGUE
from tests.phone import lines_on_a_phone

TODAY = date(2026, 11, 29)
OLD, NEW = "2022-10-10", "2026-07-29"
HEAD = "平台另一份《商家体验分规范》（2026-09-08 起，100 分制，要点，不是原文）写了："
MOST_LINES = 8


@cache
def reader(name: str) -> Understanding:
    return Understanding(CATALOGUE.edition(name))


def reading(name: str, question: str) -> Reading:
    return reader(name).read(question)


def reply(name: str, question: str, catalogue: Catalogue = CATALOGUE) -> str:
    edition = catalogue.edition(name)
    return answer(edition, reading(name, question), EditionOffers(catalogue, edition), today=TODAY).plain


def points(name: str, question: str) -> list[str]:
    told = told_by_text(CATALOGUE, reading(name, question))
    return [point.id for point in told.points] if told else []


ASKED = [
    ("体验分怎么算的", ["formal", "dimensions"]),
    ("体验分由哪几项组成", ["dimensions", "parts"]),
    ("三项权重各是多少", ["dimensions", "parts"]),
    ("商品体验物流体验服务体验是什么", ["dimensions", "parts"]),
    ("体验分满分多少", ["full_marks"]),
    ("退货率高会掉分吗", ["goods"]),
    ("揽收慢影响体验分吗", ["logistics"]),
    ("飞鸽回复慢会影响体验分吗", ["service"]),
    ("分数为什么掉了", ["fell", "deductions"]),
    ("体验分怎么突然降了", ["fell", "deductions"]),
    ("我的分怎么掉了2分", ["fell", "deductions"]),
    ("为啥我店铺分数一直往下掉", ["fell", "deductions"]),
    ("被扣了10分怎么回事", ["deductions", "deductions_end"]),
    ("虚假宣传扣几分", ["deductions", "deductions_end"]),
    ("欺诈发货扣多少分", ["deductions", "deductions_end"]),
    ("不开发票会扣体验分吗", ["deductions", "deductions_end"]),
    ("扣的分多久恢复", ["deductions_end"]),
    ("怎么快速提高体验分", ["raise", "bonus"]),
    ("怎么才能加分", ["bonus"]),
    ("成长期的分怎么来", ["growth_tasks", "growth_shown"]),
    ("新手期体验分多少", ["growth_tasks", "growth_shown"]),
    ("成长期的分为什么会掉", ["growth_faults"]),
    ("星级和分数怎么换算", ["stars"]),
    ("体验分几点更新", ["renewed"]),
    ("体验分更新时间", ["renewed"]),
    ("在哪看体验分", ["page"]),
    ("体验分有什么用", ["uses"]),
    ("明日达占比多少加分", ["bonus"]),
    ("上门安装加几分", ["bonus"]),
    ("扣分最多扣多少", ["deductions"]),
    ("扣分会一直在吗", ["deductions_end"]),
    ("虚假宣传两次扣20分吗", ["deductions", "deductions_end"]),
    ("体验分最低是50吗", ["full_marks"]),
    ("体验分可以是0分吗", ["full_marks"]),
    ("飞鸽多久回复算超时", ["service"]),
    ("晚上下单揽收时长怎么算", ["logistics"]),
    ("成长期怎么拿70分", ["growth_tasks", "growth_shown"]),
    ("多少单以后才有正式体验分", ["growth_tasks", "growth_shown"]),
    ("5颗星相当于多少体验分", ["stars"]),
    ("体验分不见了", ["hidden"]),
    ("分数被隐藏了怎么办", ["tampering"]),
]


@pytest.mark.parametrize("name", [OLD, NEW])
@pytest.mark.parametrize(("question", "wanted"), ASKED, ids=[question for question, _ in ASKED])
def test_what_the_rules_leave_open_is_answered_by_the_other_text_in_short(
    name: str, question: str, wanted: list[str]
) -> None:
    read, edition = reading(name, question), CATALOGUE.edition(name)
    assert read.kind is AnswerKind.NOT_COVERED
    assert quoted(edition, read, EditionOffers(CATALOGUE, edition), today=TODAY) == ()
    assert points(name, question) == wanted
    lead, _, told = reply(name, question).partition("\n\n")
    assert "没有写" in lead.partition("。")[0]
    assert lines_on_a_phone(told.partition("\n\n")[0]) <= MOST_LINES


def test_the_text_is_named_as_what_it_is_with_its_source() -> None:
    assert reply(OLD, "分数为什么掉了") == (
        "规则没有写体验分为什么会掉。（按旧版 2022-10-10，已停用）\n"
        "\n"
        f"{HEAD}\n"
        "▫️ 每天早上按近 30 天重新算：先看商品、物流、服务哪项降了，再看有没有扣分。\n"
        "▫️ 扣分看近 30 天：退货地址异常、拒开发票每次 2 分，各到 10 分为止；刷单刷评、虚假宣传、欺诈发货、"
        "混淆品牌信息或品牌资质各 10 分。\n"
        "来源：规则 103956 的第三方存档，未与官方页面核对\n"
        "\n"
        "2022-10-10 版 · 旧 · 来源：商家帮助文章"
    )


def test_what_is_from_elsewhere_is_not_put_down_to_the_text() -> None:
    said = reply(NEW, "星级和分数怎么换算")
    assert HEAD not in said
    assert "另外知道的（100 分制，要点，不是原文）：\n▫️ 用户看到的是星级：5 星是 97 到 100 分" in said
    assert "来源：2026-07-29 修订公告的第三方存档，未与官方页面核对" in said


@pytest.mark.parametrize("name", [OLD, NEW])
def test_an_answer_with_a_provision_keeps_it_and_the_text_stands_below(name: str) -> None:
    read = reading(name, "体验分多久更新一次")
    assert (read.kind, [part.topic for part in read.parts]) == (AnswerKind.ANSWER, ["daily"])
    said = reply(name, "体验分多久更新一次")
    assert said.index("每天都校验") < said.index(HEAD) < said.index("每天早上更新")
    assert points(name, "4.8星是几分") == ["stars"]


def test_a_score_that_fell_is_judged_and_the_reason_stands_below() -> None:
    said = reply(OLD, "我的体验分怎么掉到3.6了")
    assert said.startswith("会收到警告，还不关闭：体验分 3.6 低于 3.8")
    assert said.index("若体验分<3.8分") < said.index(HEAD) < said.index("先看商品、物流、服务哪项降了")


UNTOUCHED = [
    "怎么开通精选联盟",
    "3.7会怎样",
    "什么情况会被清退",
    "怎么申诉",
    "佣金设多少",
    "你好",
    "驾照被扣了12分怎么办",
]


@pytest.mark.parametrize("question", [*UNTOUCHED, "高考满分多少", "拼多多虚假宣传扣几分", "违规扣2分影响联盟吗"])
def test_the_text_is_not_brought_up_where_nobody_asks_for_it(question: str) -> None:
    assert points(OLD, question) == points(NEW, question) == []


def test_without_the_text_the_gap_is_named_alone() -> None:
    said = reply(OLD, "分数为什么掉了", replace(CATALOGUE, texts=()))
    assert said.startswith("规则没有写体验分为什么会掉。（按旧版 2022-10-10，已停用）\n2022-10-10 版 · 旧")


@pytest.mark.parametrize("kind", [AnswerKind.CHOICES, AnswerKind.OUT_OF_SCOPE, AnswerKind.CHAT])
def test_only_an_answer_or_a_gap_brings_the_text_up(kind: AnswerKind) -> None:
    asked = Reading(kind=kind, parts=(Part(topic="score_made"),))
    assert told_by_text(CATALOGUE, asked) is None
    assert told_by_text(CATALOGUE, asked.model_copy(update={"kind": AnswerKind.NOT_COVERED})) is not None
