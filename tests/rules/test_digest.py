"""The digest of the 2026-07-29 text as a table of shops, written from the digest alone, before the edition was.

A line of `digest-2026-07-29.jsonl`: the place in the digest, what a merchant tells beside the baseline, whether the
shop is in the alliance (`in`), the day, and what has to follow. In `told`, null is "there is none", 未说 "not told".
`unmet`: the official numbers of the clauses; "3.1.3|3.1.6": either, as the digest names both. `standing`: what today's
scores do to the access of a shop that is in, left out where the digest decides by something else than a score.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from rules.answers import parse
from rules.assessment import Assessment
from rules.report import Status
from rules.requirements import IN_ALLIANCE, Effect, Facts, FactValue
from tests.packaged import HUNDRED_POINTS

Line = Mapping[str, Any]
Raw = str | bool | None

TABLE = Path(__file__).parent / "digest-2026-07-29.jsonl"
LINES: list[Line] = [json.loads(line) for line in TABLE.read_text("utf-8").splitlines()]
UNTOLD = "未说"
FEWEST = 160

NEW_SHOP_BREACHES = ("虚假宣传", "物流轨迹异常", "欺诈发货", "违规营销")

BASELINE: Mapping[str, Raw] = {
    "已开店": True,
    "账户正常": True,
    "正常营业": True,
    "店铺类型": "旗舰店",
    "主营类目": "其他类目",
    "体验分": "85",
    "成长期体验分": None,
    "商品体验分": "80",
    "近30天商品体验分均值": "80",
    "入驻日期": "2025-01-01",
    "新店违规处理记录": False,
    "开业日期": "2025-01-01",
    "0元入驻试运营": False,
    "保证金已补足": True,
    "严重违规限制截止日": None,
    "180天内严重违规次数": "0",
    "关联方有严重违规": False,
    "平台提示的风险": False,
    "品牌资质齐全": True,
    "商品差评率": "0",
    "近30天品退率": "0",
    "近30天签收订单": "0",
    "检测报告合格": True,
    "品牌在名单且有资质": True,
    "末级类目已开通": True,
}
"""A shop that meets all that the text asks of any shop."""


def yes_or_no(_: str, raw: Raw, __: date) -> FactValue:
    """Yes, no, or yes by the name of a breach of a new shop."""
    assert raw in (True, False, *NEW_SHOP_BREACHES)
    return raw is not False


def exact(_: str, raw: Raw, __: date) -> FactValue:
    return None if raw is None else Decimal(str(raw))


def whole(_: str, raw: Raw, __: date) -> FactValue:
    return int(str(raw))


def day(_: str, raw: Raw, __: date) -> FactValue:
    return None if raw is None else date.fromisoformat(str(raw))


def typed(fact: str, raw: Raw, on: date) -> FactValue:
    """The choice that the project's reader of typed answers takes the word for."""
    parsed = parse(HUNDRED_POINTS.fact(fact), str(raw), on)
    assert parsed.doubt is None, f"{raw}: {parsed.doubt}"
    return parsed.value


FACTS: Mapping[str, tuple[str, Callable[[str, Raw, date], FactValue]]] = {
    "已开店": ("store_opened", yes_or_no),
    "账户正常": ("account_usable", yes_or_no),
    "正常营业": ("operating_normally", yes_or_no),
    "店铺类型": ("shop_type", typed),
    "主营类目": ("category", typed),
    "体验分": ("score", exact),
    "成长期体验分": ("growth_score", exact),
    "商品体验分": ("product_score", exact),
    "近30天商品体验分均值": ("product_score_30_days", exact),
    "入驻日期": ("joined_on", day),
    "新店违规处理记录": ("new_shop_breach", yes_or_no),
    "开业日期": ("opened_on", day),
    "0元入驻试运营": ("zero_deposit_trial", yes_or_no),
    "保证金已补足": ("deposit_paid", yes_or_no),
    "严重违规限制截止日": ("serious_breach_until", day),
    "180天内严重违规次数": ("serious_breaches_180_days", whole),
    "关联方有严重违规": ("related_serious_violation", yes_or_no),
    "平台提示的风险": ("platform_risk", yes_or_no),
    "品牌资质齐全": ("brand_documents_complete", yes_or_no),
    "商品差评率": ("bad_review_rate", exact),
    "近30天品退率": ("return_rate_30_days", exact),
    "近30天签收订单": ("signed_orders_30_days", whole),
    "检测报告合格": ("test_report", yes_or_no),
    "品牌在名单且有资质": ("listed_brand", yes_or_no),
    "末级类目已开通": ("leaf_category_open", yes_or_no),
}
"""What each label of the table is in the edition."""


def facts_of(line: Line, on: date) -> Facts:
    """The facts of the line's shop; what is not told is missing."""
    told = {**BASELINE, **line["told"]}
    ids = {label: FACTS[label] for label, raw in told.items() if raw != UNTOLD}
    return {fact: read(fact, told[label], on) for label, (fact, read) in ids.items()} | {IN_ALLIANCE: line["in"]}


def unmet(assessment: Assessment) -> set[str]:
    """The official numbers of the clauses of the unmet criteria, without the item in brackets."""
    clauses = [finding.clause for finding in assessment.entry.findings if finding.status is Status.UNMET]
    return {section(HUNDRED_POINTS.clause(clause).number) for clause in clauses}


def section(number: str) -> str:
    """3.1.4 of 3.1.4 (2)."""
    found = re.match(r"\d+(?:\.\d+)*", number)
    return found[0] if found else number


def either(numbers: list[str]) -> Iterator[set[str]]:
    """Each set of clauses that the cell of the table allows."""
    return map(set, product(*(number.split("|") for number in numbers)))


def label_of(line: Line) -> str:
    told = ", ".join(f"{label} {raw}" for label, raw in line["told"].items())
    return f"{line['digest']}: {told or 'the baseline'}{', in' if line['in'] else ''}, {line['on']}"


@pytest.mark.parametrize("line", LINES, ids=label_of)
def test_a_shop_gets_what_the_digest_says(line: Line) -> None:
    on = date.fromisoformat(line["on"])
    assessment = Assessment(HUNDRED_POINTS, facts_of(line, on), on)
    found = unmet(assessment)
    expected = found if found in either(line["unmet"]) else set(line["unmet"])
    assert (assessment.verdict.value, found) == (line["verdict"], expected)
    if "standing" in line:
        assert assessment.standing == line["standing"]


@pytest.mark.parametrize("fact", [fact for fact, _ in FACTS.values()])
def test_each_fact_of_the_table_is_one_of_the_edition(fact: str) -> None:
    assert HUNDRED_POINTS.fact(fact)


# ── What a shop's facts cannot show ─────────────────────────────────────────────────────────────────────────────────


def texts(number: str) -> str:
    """All that the edition says in the clauses whose official number is, or begins with, this one."""
    clauses = [clause for clause in HUNDRED_POINTS.clauses if f"{section(clause.number)}.".startswith(f"{number}.")]
    return "\n".join(HUNDRED_POINTS.filled(f"{clause.text}\n{clause.reading}") for clause in clauses)


@pytest.mark.parametrize("breach", NEW_SHOP_BREACHES)
def test_each_breach_that_bars_a_new_shop_is_named(breach: str) -> None:
    assert breach in texts("3.1.5")


@pytest.mark.parametrize("figure", ["5", "6|六|半年"], ids=["g/kg", "months"])
def test_what_a_test_report_has_to_show_is_said(figure: str) -> None:
    fact = HUNDRED_POINTS.fact("test_report")
    assert re.search(rf"(?<![\d.])({figure})(?![\d.])", texts("3.3") + HUNDRED_POINTS.filled(fact.question + fact.hint))


def test_how_often_the_access_was_closed_counts_no_more() -> None:
    assert HUNDRED_POINTS.chances is None
    assert "closures" not in {fact.id for fact in HUNDRED_POINTS.facts}


def test_there_is_no_warning_tier() -> None:
    assert Effect.WARNING not in {line.effect for line in HUNDRED_POINTS.lines}


# ── The table itself ────────────────────────────────────────────────────────────────────────────────────────────────

CATEGORIES = (
    "盘锦河蟹 其他河蟹 大闸蟹",
    "活帝王蟹 活鱼 鲜活贝类 生蚝 活虾 虾干 活鲍鱼 活波龙 冰鲜梭子蟹 小青龙 澳洲龙虾 贻贝 蛤蜊 螺 小龙虾 活娃娃鱼",
    "鹿肉 昆虫类 豆丹 蚕蛹 蜂蛹 金蝉 活珠子 筋头巴脑",
    "甘蔗 鲜榴莲 杏 桃 香蕉 李子 冷冻榴莲 山竹 雪莲果 草莓 荔枝 菠萝蜜 葡萄",
    "车厘子 樱桃",
    "虾仁 冷冻梭子蟹",
    "冬虫夏草 灵芝孢子粉 灵芝粉 松花粉",
    "钱币 猛犸牙 牙雕 牙制品 骨雕 骨制品",
    "多品种茶叶礼盒",
    "珠宝文玩",
    "腕表",
    "飞行器整件 智能儿童手表 手机U盘 普通U盘 智能机 合约机 功能机",
    "美体瘦身配件 面部塑形按摩工具 瘦脸机",
    "医疗器械 保健护理 医用敷料",
    "氢氧机 制氢机 保健型制氧机",
    "二手3C 二手音响 二手家电 二手手机 二手平板 二手相机 二手电脑",
)
"""The words of each row of section 3.3; second-hand goods, in English in the digest, as merchants type them."""

WORDS = [word for row in CATEGORIES for word in row.split()]

SHOP_TYPES = (
    "官方旗舰店",
    "卖场型旗舰店",
    "旗舰店",
    "专卖店",
    "专营店",
    "卖场店",
    "企业店",
    "个体店",
    "个人店",
    "国家馆",
    "拍卖店",
)

BOUNDARIES = [
    ("体验分", "69.99 70 70.01 71.99 72 72.01 74.99 75 75.01 79.99 80 80.01"),
    ("商品体验分", "59.99 60 60.01 69.99 70 70.01 71.99 72 72.01 74.99 75 75.01"),
    ("近30天商品体验分均值", "74.99 75 75.01"),
    ("成长期体验分", "60 69.99 70 70.01"),
    ("180天内严重违规次数", "2 3 4"),
    ("商品差评率", "19.99 20 20.01"),
    ("近30天品退率", "0.69 0.7 0.71 0.89 0.9 0.91 3.99 4 4.01"),
    ("近30天签收订单", "89 90 91 92"),
]


def told(label: str) -> set[Raw]:
    """All that the table tells of the label."""
    return {line["told"][label] for line in LINES if label in line["told"]}


def ages(label: str) -> set[int]:
    """The days from each told day to the day of its check."""
    days = [(line["told"].get(label), line["on"]) for line in LINES]
    return {(date.fromisoformat(on) - date.fromisoformat(raw)).days for raw, on in days if raw and raw != UNTOLD}


def test_the_table_has_enough_shops_each_once() -> None:
    shops = {json.dumps([line["told"], line["in"], line["on"]], sort_keys=True) for line in LINES}
    assert len(shops) == len(LINES) >= FEWEST


def test_the_table_uses_every_category_word_and_shop_type() -> None:
    assert set(WORDS) <= told("主营类目")
    assert set(SHOP_TYPES) <= told("店铺类型")


@pytest.mark.parametrize("category", WORDS)
def test_each_category_word_has_a_shop_that_is_in_and_one_that_is_out(category: str) -> None:
    verdicts = {line["verdict"] for line in LINES if line["told"].get("主营类目") == category}
    assert {"eligible", "not_eligible"} <= verdicts


@pytest.mark.parametrize(("label", "steps"), BOUNDARIES, ids=[label for label, _ in BOUNDARIES])
def test_the_table_has_both_sides_of_each_figure(label: str, steps: str) -> None:
    assert set(steps.split()) <= told(label)


def test_the_table_has_both_sides_of_each_number_of_days() -> None:
    assert {28, 29, 30, 31} <= ages("入驻日期")
    assert {59, 60, 61} <= ages("开业日期")
    assert {0, -1, 1} <= ages("严重违规限制截止日")


def test_each_day_of_the_table_lies_in_the_time_of_the_edition() -> None:
    assert all(date.fromisoformat(line["on"]) >= HUNDRED_POINTS.held_from for line in LINES)
