"""The columns of a scores file by the names that people use, and the line that has them."""

import pytest

from bot.feeds.cells import Trouble
from tests.feeds.reading import DAY, aside, read, refused, rows_of, shops
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS

T = Trouble
ONE = [("4463798", DAY, 0, 425, None)]


def _with(shop: str = "店铺ID", day: str = "日期", score: str = "体验分") -> str:
    return f'"{shop}"\t"{day}"\t"{score}"\n4463798\t2022-10-01\t4.25\n'


@pytest.mark.parametrize(
    "name",
    [
        "shop_id",
        "SHOP_ID",
        "Shop ID",
        "shop id",
        "shop-id",
        "shopid",
        "店铺ID",
        "店铺id",
        "店铺 ID",
        "店铺ＩＤ",
        "店铺Id",
        "店铺id号",
        "店铺编号",
        "店铺编码",
        "商家ID",
        "商家编号",
        "商户ID",
        "抖店ID",
        "小店ID",
        "*店铺ID",
        "店铺ID*",
        "店铺ID（必填）",
        "店铺ID(文本)",
        "店铺\nID",
        "店\u200b铺ID",
        "\ufeff店铺ID",
        "店铺ID：",
        "店铺编号[ID]",
        "店铺ID/shop_id",
        "shop_id（店铺ID）",
        "店铺ID\nshop_id",
        "【店铺ID】",
        " 店铺ID ",
    ],
)
def test_the_shop_is_known_by_many_names(name: str) -> None:
    assert rows_of(_with(shop=name)) == ONE


@pytest.mark.parametrize(
    "name",
    [
        "day",
        "date",
        "DATE",
        "日期",
        "统计日期",
        "数据日期",
        "业务日期",
        "统计时间",
        "时间",
        "日 期",
        "日期（必填）",
        "日期(yyyy-mm-dd)",
        "日期（年月日）",
        "统计日期\n(格式：2022-10-01)",
        "day（日期）",
    ],
)
def test_the_day_is_known_by_many_names(name: str) -> None:
    assert rows_of(_with(day=name)) == ONE


@pytest.mark.parametrize(
    "name",
    [
        "score",
        "Score",
        "体验分",
        "商家体验分",
        "店铺体验分",
        "综合体验分",
        "总体验分",
        "体验分(分)",
        "体验分（满分5分）",
        "体验分[0-5]",
        "体验分（5分制）",
        "体验分\n（分）",
        "体验得分",
        "综合体验得分",
        "体验分(单位：分)",
        "体验分（必填，数字）",
        "score（体验分）",
        "体 验 分",
        "体验分（0～5分）",
    ],
)
def test_the_main_score_is_known_by_many_names(name: str) -> None:
    assert rows_of(_with(score=name)) == ONE


@pytest.mark.parametrize("name", ["店铺名称", "店铺", "店铺类型", "ID", "序号", "编号", "商家", "达人ID", "商品ID"])
def test_a_name_or_a_number_is_no_id_of_a_shop(name: str) -> None:
    assert refused(_with(shop=name))[:3] == (1, "shop_id", T.MISSING_COLUMN)


@pytest.mark.parametrize("name", ["开店日期", "入驻日期", "更新日期", "日期类型", "到期日期", "周期"])
def test_another_date_is_not_the_day(name: str) -> None:
    assert refused(_with(day=name))[:3] == (1, "day", T.MISSING_COLUMN)
    rows, file = read(f"店铺ID,{name},日期,体验分\n4463798,2019-01-01,2022-10-01,4.25\n")
    assert (rows, file.left_alone) == (ONE, (name,))


@pytest.mark.parametrize(
    "name",
    [
        "商品体验分",
        "物流体验",
        "体验分（商品）",
        "体验分(同行平均)",
        "体验分变化",
        "体验分排名",
        "昨日体验分",
        "体验分等级",
        "体验分环比",
        "体验分.1",
        "体验分(1)",
        "商品\n体验分",
        "分数",
    ],
)
def test_a_part_of_the_score_is_not_the_score(name: str) -> None:
    assert refused(_with(score=name))[:3] == (1, "score", T.MISSING_COLUMN)
    rows, file = read(f'店铺ID\t日期\t"{name}"\t体验分\n4463798\t2022-10-01\t1.1\t4.25\n')
    assert (rows, file.left_alone) == (ONE, (" ".join(name.split()),))


@pytest.mark.parametrize(
    "name", ["product_score", "商品体验分", "商品体验得分", "商品体验分（分）", "Product Score", "商品 体验分"]
)
def test_another_score_is_known_by_its_id_or_label(name: str) -> None:
    rows = rows_of(f"店铺ID,日期,{name}\n4463798,2022-10-01,50\n", HUNDRED_POINTS.scores)
    assert [(HUNDRED_POINTS.scores[row[2]].id, row[3]) for row in rows] == [("product_score", 5000)]


def test_the_mean_of_thirty_days_is_known_by_its_label() -> None:
    label = HUNDRED_POINTS.fact("product_score_30_days").label
    rows = rows_of(f"店铺ID,日期,{label.replace(' ', '')}\n4463798,2022-10-01,50\n", HUNDRED_POINTS.scores)
    assert [HUNDRED_POINTS.scores[row[2]].id for row in rows] == ["product_score_30_days"]


@pytest.mark.parametrize("name", ["closures", "关闭次数", "被系统关闭次数", "关闭次数（次）"])
def test_closures_have_names_too(name: str) -> None:
    assert rows_of(f"店铺ID,日期,体验分,{name}\n4463798,2022-10-01,4.25,2\n") == [("4463798", DAY, 0, 425, 2)]


@pytest.mark.parametrize(
    ("header", "column", "both"),
    [
        ("shop_id,店铺ID,day,score", "shop_id", "shop_id, 店铺ID"),
        ("店铺ID,日期,统计日期,体验分", "day", "日期, 统计日期"),
        ("店铺ID,日期,体验分,商家体验分", "score", "体验分, 商家体验分"),
        ("店铺ID,日期,体验分,体验分", "score", "体验分, 体验分"),
    ],
)
def test_two_columns_with_equal_right_are_refused_and_both_named(header: str, column: str, both: str) -> None:
    assert refused(f"{header}\n1,2,3,4\n") == (1, column, T.COLUMN_TWICE, both)


def test_a_time_beside_a_day_is_left_alone() -> None:
    rows, file = read("店铺ID,日期,时间,体验分\n4463798,2022-10-01,08:30,4.25\n")
    assert (rows, file.left_alone) == (ONE, ("时间",))


@pytest.mark.parametrize(
    "above",
    [
        "店铺体验分日报\n",
        "店铺体验分日报,,\n\n",
        "\n\n\n",
        "导出时间：2022-10-02 08:00\n\n统计口径：日,,\n",
        ",,\n",
        "sep=,\n",
        "体验分,,\n",
        "日期：,2022-10-01,\n",
        "说明：请填店铺ID、日期、体验分\n",
        "\n" * 40,
    ],
)
def test_titles_above_the_header_are_nothing(above: str) -> None:
    assert rows_of(f"{above}店铺ID,日期,体验分\n4463798,2022-10-01,4.25\n") == ONE


def test_a_column_far_to_the_right_is_none() -> None:
    assert rows_of("店铺ID,日期" + "," * 498 + "体验分\n4463798,2022-10-01" + "," * 498 + "4.25\n") == ONE
    assert refused("店铺ID,日期" + "," * 499 + "体验分\n4463798,2022-10-01\n")[1:3] == ("score", T.MISSING_COLUMN)


def test_a_header_far_down_is_none() -> None:
    assert refused("日报\n" * 50 + "店铺ID,日期,体验分\n4463798,2022-10-01,4.25\n")[2] is T.MISSING_COLUMN


@pytest.mark.parametrize(
    "header",
    [
        "店铺信息,,数据,\n店铺ID,店铺名称,日期,体验分",
        "店铺ID,店铺名称,日期,体验分\n,,,（分）",
        "店铺ID,店铺名称,日期,体验分\n,,,综合体验分",
        "店铺ID,店铺名称,日期,综合\n,,,体验分",
        "店铺ID,店铺名称,日期,体验分\n,,,综合",
    ],
)
def test_a_header_over_two_lines_is_one(header: str) -> None:
    assert rows_of(f"{header}\n4463798,甲,2022-10-01,4.25\n") == ONE


def test_of_a_score_with_parts_below_the_total_is_taken() -> None:
    rows, file = read("店铺ID,日期,体验分,,\n,,商品体验分,物流体验分,综合体验分\n4463798,2022-10-01,1.1,1.2,4.25\n")
    assert (rows, file.left_alone) == (ONE, ("商品体验分", "物流体验分"))


def test_parts_without_a_total_are_no_score() -> None:
    assert refused("店铺ID,日期,体验分,\n,,商品,物流\n4463798,2022-10-01,1.1,1.2\n")[1:3] == ("score", T.MISSING_COLUMN)
    assert refused("店铺ID,日期,商品\n,,体验分\n4463798,2022-10-01,1.1\n")[1:3] == ("score", T.MISSING_COLUMN)


def test_a_first_line_with_nothing_but_words_is_no_second_header() -> None:
    source = "店铺ID,店铺名称,日期,体验分\n,,,4.02\n合计,,,4.02\n4463798,甲,2022-10-01,4.25\n"
    assert aside(source) == [(2, "shop_id", T.EMPTY), (3, "", T.NOTE)]
    assert shops(source) == ["4463798"]


def test_the_header_again_is_nothing_and_another_one_changes_the_places() -> None:
    again = "店铺ID,日期,体验分\n4463798,2022-10-01,4.25\n店铺ID,日期,体验分\n4463799,2022-10-01,3.79\n"
    other = "日期,店铺ID,体验分\n2022-10-01,4463800,3.5\n"
    assert [row[0] for row in rows_of(again + other + again.replace("99", "01").replace("98", "02"))] == [
        "4463798",
        "4463799",
        "4463800",
        "4463702",
        "4463701",
    ]


def test_a_header_that_was_sorted_among_the_lines_loses_none_silently() -> None:
    source = "4463799,2022-10-01,3.79\n店铺ID,日期,体验分\n4463798,2022-10-01,4.25\n"
    assert (shops(source), aside(source)) == (["4463798"], [(1, "", T.ABOVE_HEADER)])


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ("4463798,2022-10-01,4.25\n", (1, "shop_id", T.MISSING_COLUMN, "4463798,2022-10-01,4.25")),
        ("日报\n店铺ID,体验分\n1,2\n", (2, "day", T.MISSING_COLUMN, "店铺ID,体验分")),
        ("日报\n店铺ID,日期,得分\n1,2,3\n", (2, "score", T.MISSING_COLUMN, "店铺ID,日期,得分")),
        ("店铺名称;日期;体验分\n1;2;3\n", (1, "shop_id", T.MISSING_COLUMN, "店铺名称,日期,体验分")),
    ],
)
def test_without_a_header_the_missing_column_and_what_was_found_are_named(source: str, refusal: object) -> None:
    assert refused(source) == refusal


def test_names_of_shops_come_with_the_rows_the_first_of_each() -> None:
    lines = ("1,甲  店,2022-10-01,4", "1,乙,2022-10-02,4", "2,,2022-10-01,4", "3,=A1,2022-10-01,4", "4,丁,x,4")
    file = read("店铺ID,店铺名称,日期,体验分\n" + "\n".join(lines))[1]
    assert (file.names, file.left_alone) == ({"1": "甲 店"}, ("店铺名称",))


def test_columns_left_alone_are_named_as_written() -> None:
    file = read("店铺ID,日期,体验分, 备注 ,,Followers\n1,2022-10-01,4,,,\n", FIVE_POINTS.scores)[1]
    assert file.left_alone == ("备注", "Followers")
