"""Separators, quotes and line ends of a scores file."""

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.cells import Trouble
from bot.feeds.records import records
from tests.feeds.reading import DAY, aside, read, rows_of, shops

T = Trouble
TWO = "店铺ID,店铺名称,日期,体验分\n4463798,甲,2022-10-01,4.25\n4463799,乙,2022-10-01,3.79\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，", "；"])
@pytest.mark.parametrize("first", ["", "sep={}\n", "日报{0}{0}{0}\n"])
def test_any_separator_is_told_by_the_header(separator: str, first: str) -> None:
    source = first.format(separator) + TWO.replace(",", separator)
    assert [row[0] for row in rows_of(source)] == ["4463798", "4463799"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，"])
def test_all_cells_may_be_quoted(separator: str) -> None:
    source = "".join(separator.join(f'"{cell}"' for cell in line.split(",")) + "\n" for line in TWO.splitlines())
    assert [row[0] for row in rows_of(source)] == ["4463798", "4463799"]


@pytest.mark.parametrize(
    "line",
    [
        '"4463798","甲",2022-10-01,"4.25"',
        '4463798, "甲", "2022-10-01", "4.25"',
        '4463798,"甲,乙",2022-10-01,4.25',
        '4463798,"甲""乙""",2022-10-01,4.25',
        '4463798,甲"乙",2022-10-01,4.25',
        '"4463798","甲\n乙",2022-10-01,4.25',
        '"4463798","甲\r\n\r\n乙",2022-10-01,4.25',
        '="4463798",甲,="2022-10-01",="4.25"',
        '"=""4463798""",甲,2022-10-01,4.25',
        "'4463798,甲,'2022-10-01,'4.25",
        "\t4463798 ,甲,\t2022-10-01 , 4.25",
        "4463798,甲,2022-10-01,4.25,,,,",
    ],
)
def test_quotes_are_read_as_spreadsheets_mean_them(line: str) -> None:
    rows = rows_of(f"店铺ID,店铺名称,日期,体验分\n{line}\n4463799,乙,2022-10-01,3.79\n")
    assert rows == [("4463798", DAY, 0, 425, None), ("4463799", DAY, 0, 379, None)]


@pytest.mark.parametrize(
    "broken",
    [
        '4463700,"甲,2022-10-01,4.25',
        '4463700,"甲"乙,2022-10-01,4.25',
        '"4463700,甲,2022-10-01,4.25',
        '4463700,甲,2022-10-01,"4.25',
    ],
)
@pytest.mark.parametrize(
    "others",
    [["4463798,乙,2022-10-01,4.25"] * 1, ['4463798,"乙",2022-10-01,4.25'], ["4463798,丙,2022-10-01,4.25"] * 40],
)
def test_a_line_with_a_broken_quote_costs_no_other_line(broken: str, others: list[str]) -> None:
    lines = [f"{4463798 + place}{line[7:]}" for place, line in enumerate(others)]
    for place in {0, len(lines) // 2, len(lines)}:
        source = "\n".join(["店铺ID,店铺名称,日期,体验分", *lines[:place], broken, *lines[place:]]) + "\n"
        assert aside(source) == [(place + 2, "", T.BROKEN_QUOTES)]
        assert shops(source) == [line[:7] for line in lines]


def test_a_quote_that_swallows_whole_lines_is_broken() -> None:
    source = '店铺ID,日期,体验分,备注\n1,2022-10-01,4,"好\n2,2022-10-01,4,不错\n3,2022-10-01,4,可以"\n4,2022-10-01,4,\n'
    assert aside(source) == [(2, "", T.BROKEN_QUOTES)]
    assert shops(source) == ["2", "3", "4"]


def test_many_broken_quotes_take_no_long_time() -> None:
    source = "店铺ID,日期,体验分\n" + '1,"2022-10-01,4\n' * 5_000
    start = time.monotonic()
    assert read(source)[1].set_aside_count == 5_000
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        ("4463798,甲,2022-10-01,3,95", T.TOO_MANY_CELLS),
        ("4463798,甲,店,2022-10-01,3.95", T.NOT_A_DAY),
        ('4463798,甲,2022-10-01,"3,95"', T.NOT_A_SCORE),
        ("4463798,甲,2022-10-01,3.95,,x", T.TOO_MANY_CELLS),
        ("4463798,甲,2022-10-01", T.EMPTY),
        ("4463798,甲", T.EMPTY),
    ],
)
def test_a_line_with_other_cells_than_the_header_is_set_aside(line: str, trouble: Trouble) -> None:
    assert [found[2] for found in aside(f"店铺ID,店铺名称,日期,体验分\n{line}\n")] == [trouble]


def test_a_comma_for_a_point_between_semicolons_is_not_sure() -> None:
    assert aside("店铺ID;日期;体验分\n4463798;2022-10-01;4,25\n") == [(2, "score", T.NOT_A_SCORE)]


def test_columns_without_a_name_at_the_end_make_no_room_for_a_score_in_two() -> None:
    assert aside("店铺ID,日期,体验分,,\n4463798,2022-10-01,3,95\n") == [(2, "", T.TOO_MANY_CELLS)]


CELLS = st.text(st.sampled_from("ab1,;\n\"' é店"), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=6))
@settings(max_examples=300)
def test_what_a_csv_writer_writes_is_read_back_or_told_to_be_broken(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    found = list(records(iter(out.getvalue().splitlines(keepends=True)), ","))
    if all("," not in cell for row in table for cell in row):
        assert [cells for _, cells in found] == table
    numbers = [number for number, _ in found]
    assert numbers == sorted(set(numbers))


@given(st.text(st.sampled_from('a,"\n'), max_size=30))
@settings(max_examples=500)
def test_every_line_is_read_once(text: str) -> None:
    lines = text.splitlines(keepends=True)
    found = list(records(iter(lines), ","))
    ends = [number for number, _ in found[1:]] + [len(lines) + 1] * bool(found)
    assert found or not lines
    for (number, cells), end in zip(found, ends, strict=True):
        taken = "".join(lines[number - 1 : end - 1])
        assert end == number + 1 if not cells else cells == (next(csv.reader(taken.splitlines(True))) or [""])
