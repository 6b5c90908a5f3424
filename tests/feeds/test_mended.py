"""Cells as people and spreadsheets write them: mended where it is sure, refused where it is not."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.cells import BadCell, Trouble
from bot.feeds.mended import SURE_ID, written_count, written_day, written_id, written_score
from rules.facts import Scale

T = Trouble
TODAY = date(2022, 10, 20)
FIVE = Scale(Decimal(0), Decimal(5), 2)


def _trouble(read: Callable[[], object]) -> Trouble:
    with pytest.raises(BadCell) as bad:
        read()
    return bad.value.trouble


@pytest.mark.parametrize(
    ("written", "shop"),
    [
        ("4463798", "4463798"),
        (" 4463798\t", "4463798"),
        ("'4463798", "4463798"),
        ("’4463798", "4463798"),
        ("“4463798”", "4463798"),
        ("４４６３７９８", "4463798"),
        ("4463798.0", "4463798"),
        ("4463798.00", "4463798"),
        ('="4463798"', "4463798"),
        ("\ufeff4463798\u200b", "4463798"),
        ("\u202a4463798\u202c", "4463798"),
        ("\u3000 4463798\xa0", "4463798"),
        ("004463798", "004463798"),
        ("S1", "S1"),
        ("A", "A"),
        ("shop-1_2.x:y", "shop-1_2.x:y"),
        ("7123456789012345678", "7123456789012345678"),
        ("1234567890123450", "1234567890123450"),
        ("12345678901234500000x", "12345678901234500000x"),
    ],
)
def test_an_id_is_mended_where_it_is_sure(written: str, shop: str) -> None:
    assert written_id(written) == shop


@pytest.mark.parametrize(
    ("written", "trouble"),
    [
        ("", T.EMPTY),
        (" \u200b ", T.EMPTY),
        ("7.12E+18", T.ROUNDED_ID),
        ("7.12346e+018", T.ROUNDED_ID),
        ("1E5", T.ROUNDED_ID),
        ("12E10", T.ROUNDED_ID),
        ("7120000000000000000", T.ROUNDED_ID),
        ("7123456789012340000", T.ROUNDED_ID),
        ("12345678901234500", T.ROUNDED_ID),
        ("7123456789012345856.0", T.ROUNDED_ID),
        ("甲旗舰店", T.NOT_AN_ID),
        ("甲旗舰店(4463798)", T.NOT_AN_ID),
        ("4463798(甲)", T.NOT_AN_ID),
        ("4463798 4463799", T.NOT_AN_ID),
        ("4463\u200b798", T.NOT_AN_ID),
        ("4463798、4463799", T.NOT_AN_ID),
        ("4,463,798", T.NOT_AN_ID),
        ("TRUE", T.NOT_AN_ID),
        ("False", T.NOT_AN_ID),
        ("nan", T.NOT_AN_ID),
        ("NULL", T.NOT_AN_ID),
        ("-", T.NOT_AN_ID),
        ("-4463798", T.NOT_AN_ID),
        ("0", T.NOT_AN_ID),
        ("0.0", T.NOT_AN_ID),
        ("4463798.5", T.NOT_AN_ID),
        ("①", T.NOT_AN_ID),
        ("s" * 65, T.NOT_AN_ID),
        ("#N/A", T.ERROR_VALUE),
        ("#REF!", T.ERROR_VALUE),
        ("########", T.ERROR_VALUE),
        ("=", T.FORMULA),
        ("=cmd()", T.FORMULA),
        ("'=1+1", T.FORMULA),
        ("＝1+1", T.FORMULA),
    ],
)
def test_an_id_that_is_not_sure_is_refused(written: str, trouble: Trouble) -> None:
    assert _trouble(lambda: written_id(written)) is trouble


@given(st.from_regex(SURE_ID, fullmatch=True))
@settings(max_examples=300)
def test_an_id_that_needs_no_second_look_is_itself(shop: str) -> None:
    assert written_id(shop) == shop


@pytest.mark.parametrize(
    "written",
    [
        "2022-10-01",
        "2022/10/1",
        "2022.10.01",
        "20221001",
        "2022年10月1日",
        "2022年10月1号",
        "2022 年 10 月 1 日",
        "２０２２－１０－０１",
        "2022–10–01",
        "'2022-10-01",
        '="2022-10-01"',
        "20221001.0",
        "2022-10-01 00:00:00",
        "2022-10-01 08:00",
        "2022-10-01 23:59:59.999",
        "2022-10-01T08:00:00",
        "2022-10-01T08:00:00Z",
        "2022-10-01T23:00:00+08:00",
        "2022/10/1 8:00:00",
        "2022/10/1 下午 8:00",
        "2022-10-01 8:00 PM",
        "2022年10月1日 8时30分",
        "2022年10月1日8时",
        "2022年10月1日 08:30",
        "2022-10-01 星期六",
        "2022-10-01(周六)",
        "2022年10月1日（星期六）",
        "44835",
        "44835.0",
        "44835.39583",
    ],
)
def test_a_day_is_read_from_many_forms(written: str) -> None:
    assert written_day(written, TODAY) == date(2022, 10, 1)


@pytest.mark.parametrize(
    ("written", "trouble"),
    [
        *(
            (written, T.NOT_A_DAY)
            for written in (
                "10/1/2022",
                "01/10/2022",
                "Oct-1-2022",
                "1 Oct 2022",
                "22-10-01",
                "22/10/1",
                "10-01",
                "10月1日",
                "2022-10",
                "202210",
                "2022年10月",
                "2022-02-30",
                "2022-13-01",
                "2022-10/01",
                "2022-10-01~2022-10-07",
                "昨天",
                "2022-10-01 24:00",
                "2022-10-01 25:00",
                "2022-10-01T16:00:00Z",
                "2022-10-01T16:00:00.000Z",
                "2022-10-01T01:00:00-05:00",
                "1664553600",
                "1664553600000",
                "12345",
                "99999",
                "1900-01-04 06:00:00",
                "0202-10-01",
                "4.25",
                "-",
                "暂无",
                "2022-10-01 a",
                "2022-10-0108:00",
            )
        ),
        ("", T.EMPTY),
        ("2022-10-21", T.FUTURE_DAY),
        ("44855", T.FUTURE_DAY),
        ("=TODAY()", T.FORMULA),
        ("#VALUE!", T.ERROR_VALUE),
    ],
)
def test_a_day_that_is_not_sure_is_refused(written: str, trouble: Trouble) -> None:
    assert _trouble(lambda: written_day(written, TODAY)) is trouble


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("4.25", 425),
        ("4.25分", 425),
        ("4.25 分", 425),
        ("４.２５", 425),
        ("４．２５", 425),
        (" 4.25\xa0", 425),
        ("'4.25", 425),
        ('="4.25"', 425),
        ("4.250", 425),
        ("4", 400),
        ("5.00", 500),
        ("0", 0),
        ("03.5", 350),
        ("4.249999999999999", 425),
        ("3.9000000000000004", 390),
        ("3.7999999999999998", 380),
        ("０", 0),
    ],
)
def test_a_score_is_mended_where_it_is_sure(written: str, stored: int) -> None:
    assert written_score(written, FIVE) == stored


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "\u3000",
        "\u200b",
        "-",
        "--",
        "—",
        "——",
        "－",
        "N/A",
        "n/a",
        "NA",
        "null",
        "NULL",
        "暂无",
        "无",
        "暂无评分",
        " 暂无 ",
        "“暂无”",
        "'-",
        "暂无数据",
    ],
)
def test_no_score_is_written_in_many_ways(written: str) -> None:
    assert written_score(written, FIVE) is None


@pytest.mark.parametrize(
    ("written", "trouble"),
    [
        *(
            (written, T.NOT_A_SCORE)
            for written in (
                "4,25",
                "4，25",
                "4。25",
                ">3.7",
                "3.7↓",
                "约3.7",
                "3.7/5",
                "3.7-3.8",
                "4.25±0.1",
                "四点二五",
                "4.2.5",
                ".5",
                "4.",
                "1e0",
                "nan",
                "分",
                "4.25分5",
                "优秀",
                "A",
                "TRUE",
                "4月25日",
                "1900-01-04 06:00:00",
                "4.25 4.3",
                "９９分制",
                "0x4",
            )
        ),
        *((written, T.PERCENT) for written in ("85%", "85％", "0.85%", "85 %")),
        *((written, T.OFF_SCALE) for written in ("5.01", "85", "-1", "-0.5", "100分")),
        *((written, T.TOO_PRECISE) for written in ("4.255", "4.2512", "3.123456789012345")),
        *((written, T.ERROR_VALUE) for written in ("#N/A", "#DIV/0!", "#####")),
        *((written, T.FORMULA) for written in ("=", "=A1", "+4.25", "@A1")),
    ],
)
def test_a_score_that_is_not_sure_is_refused(written: str, trouble: Trouble) -> None:
    assert _trouble(lambda: written_score(written, FIVE)) is trouble


@pytest.mark.parametrize(
    ("written", "count"),
    [("", None), ("-", None), ("暂无", None), ("0", 0), ("2", 2), ("2次", 2), ("2.0", 2), ("２", 2), ("'2", 2)],
)
def test_a_count_is_mended_where_it_is_sure(written: str, count: int | None) -> None:
    assert written_count(written) == count


@pytest.mark.parametrize("written", ["two", "2.5", "-1", "12345", "次", "2-3", "50%"])
def test_a_count_that_is_none_is_refused(written: str) -> None:
    assert _trouble(lambda: written_count(written)) in {T.NOT_A_COUNT, T.FORMULA}


@given(st.text(max_size=30) | st.text("0123456789.eE+-年月日分:/ TZ%=\"'", max_size=30))
@settings(max_examples=600)
def test_whatever_stands_in_a_cell_is_a_value_or_a_trouble(text: str) -> None:
    for read in (
        written_id,
        written_count,
        lambda text: written_day(text, TODAY),
        lambda text: written_score(text, FIVE),
    ):
        try:
            value = read(text)
        except BadCell as bad:
            assert bad.args == (bad.trouble,)
        else:
            assert value is None or isinstance(value, str | int | date)


@pytest.mark.parametrize("text", ["2022-10-01" + " " * 60_000 + "x", "1" * 60_000, "x " * 30_000, "２" * 60_000])
def test_a_cell_as_long_as_a_book_is_refused_at_once(text: str) -> None:
    for read in (written_id, lambda text: written_day(text, TODAY), lambda text: written_score(text, FIVE)):
        assert _trouble(lambda read=read: read(text)) is not None  # type: ignore[misc]
