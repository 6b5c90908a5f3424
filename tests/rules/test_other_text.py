"""A text of the platform that is no edition: read with the catalogue, vouched for, and asked for what it answers."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from rules.catalogue.load import lint, load, packaged_folder
from rules.edition import Catalogue
from rules.other_text import OtherText

NAME = "2026-09-08-score-rules"
FILE = f"editions/_texts/{NAME}.toml"


@pytest.fixture(scope="session")
def text(packaged: Catalogue) -> OtherText:
    (found,) = packaged.texts
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The packaged catalogue, for planting a mistake into the text."""
    return Path(shutil.copytree(packaged_folder(), tmp_path / "editions"))


def ids(text: OtherText, topic: str, *asked: str) -> list[str]:
    return [point.id for point in text.on(topic, asked)]


def test_the_text_says_what_it_is_from_when_and_how_sure(text: OtherText) -> None:
    assert (text.name, text.published, text.held_from) == (NAME, date(2026, 8, 6), date(2026, 9, 8))
    assert (text.wording, text.scale_name, text.confidence) == ("digest", "100 分制", "未与官方页面核对")
    assert text.source_url == "https://school.jinritemai.com/doudian/web/rules/103956"


def test_the_text_is_no_edition(packaged: Catalogue) -> None:
    assert not packaged.has(NAME)
    assert [edition.name for edition in packaged.editions] == ["2022-10-10", "2026-07-29"]


FACTS = {
    "who": ("所有商家", "即时零售", "全球购"),
    "renewed": ("每天早上", "3.1"),
    "page": ("抖店后台 → 店铺 → 商家体验分", "走势", "诊断", "3.2"),
    "uses": ("精选联盟准入", "千川", "活动", "第 4 章"),
    "growth_tasks": ("不满 30 单", "第二天", "70", "90 天", "上架一个商品", "1 单有效订单"),
    "growth_faults": ("60", "退货地址异常", "拒开发票", "刷单刷评", "虚假宣传", "欺诈发货", "混淆品牌", "指标不达标"),
    "growth_shown": ("不给用户看", "个人店没有"),
    "formal": ("30 单", "0 到 100", "商品、物流、服务", "权重", "加分", "扣分"),
    "full_marks": ("2026-09-07", "50 到 100"),
    "dimensions": ("50 到 100", "同行业", "按行业", "店铺类型", "单个指标不再有权重"),
    "goods": ("商品综合评分", "商品品质退货率"),
    "logistics": ("平均揽收时长", "18 点", "6 点", "运单配送时效达成率", "破损"),
    "service": (
        "售后平均审核时长",
        "23 点到 8 点",
        "飞鸽平均响应时长",
        "10 分钟",
        "不满意率",
        "1 到 3 星",
        "平台求助率",
    ),
    "bonus": ("30 天内算一次", "明日达占比 20% 以上加 5 分", "运费险", "大件运费险", "上门安装", "2 分"),
    "deductions": ("每次 2 分", "各到 10 分为止", "刷单刷评", "虚假宣传", "欺诈发货", "混淆品牌", "各 10 分"),
    "deductions_end": ("满 30 天自己消失",),
    "tampering": ("隐藏分数", "限制最高分", "“没有分”和“分低”是两回事"),
    "stars": ("97 到 100", "4.3 星是 69 到 72", "4.0 星是 60", "3.0 星是 50", "不能换算回分数"),
}


@pytest.mark.parametrize("point", FACTS)
def test_every_fact_of_the_source_is_said(text: OtherText, point: str) -> None:
    said = next(one.text for one in text.points if one.id == point)
    assert [fact for fact in FACTS[point] if fact not in said] == []


def test_a_point_on_exactly_what_is_asked_comes_before_the_topic_in_general(text: OtherText) -> None:
    assert ids(text, "score_made") == ["formal", "dimensions"]
    assert ids(text, "score_made", "logistics_part") == ["logistics"]
    assert ids(text, "score_made", "any") == ["formal", "dimensions"]
    assert ids(text, "score_fell", "deducted", "logistics_part") == ["deductions", "deductions_end"]
    assert ids(text, "close") == []
    assert ids(text, "close", "score_fell") == ["fell"]


def test_advice_goes_by_the_score_with_a_default(text: OtherText) -> None:
    assert "哪项最低" in text.advice_on("score")
    assert "商品综合评分、品质退货率" in text.advice_on("product_score")
    assert text.model_copy(update={"advice": {}}).advice_on("score") == ""


MISTAKES = {
    'point "goods": unknown topic "score_mode"; did you mean "score_made"?': (
        'points_of = ["score_made", "score_fell", "raise", "product_score"]',
        'points_of = ["score_mode", "score_fell", "raise", "product_score"]',
    ),
    'point "goods": unknown point "good_part"; did you mean "goods_part"?': ('["goods_part"]', '["good_part"]'),
    'point "who": "points" and "points_of" go together; write both or none': ('points = ["who_has_score"]\n', ""),
    'point "who": unknown key "txet"; did you mean "text"?': ('id = "who"\n', 'id = "who"\ntxet = ""\n'),
    'unknown key "titel"; did you mean "title"?': ("scale_name", 'titel = ""\nscale_name'),
    f'the text is named "x", its file "{NAME}"; give the file and the text the same name': (
        f'name = "{NAME}"',
        'name = "x"',
    ),
    "\"wording\" cannot be 'verbatim'; input should be 'digest'": ('"digest"', '"verbatim"'),
    'advice: unknown score "product_scor"; did you mean "product_score"?': ("\nproduct_score =", "\nproduct_scor ="),
    'advice: "product_score" has no "："; write the page, the colon, and what to look at there': ("商品：看", "商品看"),
    'advice: there is no "default"; add it, for a score without an advice of its own': ("\ndefault =", "\nscore ="),
    '"checked" 2026-08-05 is before "published" 2026-08-06; compare the text with its source, and write the day': (
        "checked = 2026-08-22",
        "checked = 2026-08-05",
    ),
}


@pytest.mark.parametrize("says", MISTAKES)
def test_a_mistake_in_the_text_is_found_alone_and_with_its_mend(folder: Path, says: str) -> None:
    old, new = MISTAKES[says]
    file = folder / "_texts" / f"{NAME}.toml"
    whole = file.read_text("utf-8")
    assert whole.count(old) == 1
    file.write_text(whole.replace(old, new), "utf-8")
    apart = ", " if says.startswith(("point", "advice")) else ": "
    assert [str(problem) for problem in lint(folder)] == [f"{FILE}{apart}{says}"]


def test_a_catalogue_without_the_text_works_too(folder: Path) -> None:
    shutil.rmtree(folder / "_texts")
    assert load(folder).texts == ()
