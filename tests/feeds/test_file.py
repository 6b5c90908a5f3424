"""Scores files of operators: every form read exactly, every wrong row named, every bomb survived."""

import io
import random
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.feeds import workbook
from bot.feeds.cells import BadCell, Trouble, read_score
from bot.feeds.file import BY_CHAT, BY_OPERATOR, Limits, ScoreFile
from bot.feeds.table import Problem
from rules.edition import Fact
from rules.facts import Scale
from storage.score_files import Row
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS

T = Trouble
TODAY = date(2022, 10, 10)
FIVE = Scale.of(FIVE_POINTS.main_score)
HUNDRED = Scale(Decimal(0), Decimal(100), 1)


Scores = Sequence[Fact]


def _read(
    source: bytes | str | Path, scores: Scores = FIVE_POINTS.scores, limits: Limits = BY_OPERATOR
) -> tuple[list[Row], ScoreFile]:
    file = ScoreFile(source.encode() if isinstance(source, str) else source, scores, TODAY, limits)
    return [row for batch in file.batches(2) for row in batch], file


def _rows(source: bytes | str | Path, scores: Scores = FIVE_POINTS.scores) -> list[Row]:
    rows, file = _read(source, scores)
    assert file.problems == []
    assert file.rows == len(rows)
    return rows


def _problems(source: bytes | str, scores: Scores = FIVE_POINTS.scores, limits: Limits = BY_OPERATOR) -> list[Problem]:
    return _read(source, scores, limits)[1].problems


ONE: list[Row] = [("s1", TODAY, 0, 390, None)]
TWO: list[Row] = [("s1", date(2022, 10, 1), 0, 379, None), ("s2", TODAY, 0, 400, None)]
PLAIN = "shop_id,day,score\ns1,2022-10-01,3.79\ns2,2022-10-10,4.0\n"
CHINESE = "店铺名称,体验分,日期,店铺ID\n小铺,3.79,2022-10-01,s1\n老店,4.0,2022/10/10,s2\n"


@pytest.mark.parametrize(
    "source",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        CHINESE.encode(),
        CHINESE.encode("utf-8-sig"),
        CHINESE.encode("gb18030"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("s1", '"s1"').encode(),
        PLAIN.replace("s1,", " s1 , ").encode(),
        PLAIN.replace("\ns2", "\n\n,,\n  \ns2").encode(),
        PLAIN.rstrip("\n").encode(),
        ("\n" + PLAIN).encode(),
        (PLAIN + "s1,2022-10-01,3.790\n").encode(),
    ],
    ids=[
        "plain",
        "BOM",
        "Chinese, other order, one more column",
        "Chinese with BOM",
        "GB18030",
        "Windows line ends",
        "semicolons",
        "tabs",
        "quotes",
        "spaces",
        "empty rows",
        "no line end at the end",
        "an empty line first",
        "a row twice",
    ],
)
def test_the_same_scores_are_read_from_every_form(source: bytes) -> None:
    assert sorted(set(_rows(source))) == TWO


@pytest.mark.parametrize(
    "day",
    [
        "2022-10-01",
        "2022-10-1",
        "2022/10/1",
        "2022/10/01",
        "2022.10.1",
        "20221001",
        "2022年10月1日",
        "2022-10-01 00:00:00",
    ],
)
def test_a_day_may_be_written_in_many_ways(day: str) -> None:
    assert _rows(f"shop_id,day,score\ns1,{day},3.79\n") == TWO[:1]


@pytest.mark.parametrize(
    ("score", "stored"),
    [("0", 0), ("5", 500), ("5.00", 500), ("3.8", 380), ("3.80", 380), ("3.7900", 379), ("03.5", 350)],
)
def test_a_score_is_read_exactly(score: str, stored: int) -> None:
    assert read_score(score, FIVE) == stored


@pytest.mark.parametrize(("score", "stored"), [("85.5", 8550), ("100", 10_000), ("5", 500)])
def test_the_scale_is_the_edition_s(score: str, stored: int) -> None:
    assert read_score(score, HUNDRED) == stored


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("s1,2022-10-01,5.01", Problem(2, "score", T.OFF_SCALE, "5.01")),
        ("s1,2022-10-01,85", Problem(2, "score", T.OFF_SCALE, "85")),
        ("s1,2022-10-01,3.799", Problem(2, "score", T.TOO_PRECISE, "3.799")),
        ("s1,2022-10-01,3.8分", Problem(2, "score", T.NOT_A_SCORE, "3.8分")),
        ("s1,2022-10-01,３.８", Problem(2, "score", T.NOT_A_SCORE, "３.８")),
        ("s1,2022-10-01,nan", Problem(2, "score", T.NOT_A_SCORE, "nan")),
        ("s1,2022-10-01,1e0", Problem(2, "score", T.NOT_A_SCORE, "1e0")),
        ("s1,2022-10-01,-1", Problem(2, "score", T.FORMULA, "-1")),
        ("s1,2022-10-01,=A1", Problem(2, "score", T.FORMULA, "=A1")),
        ("s1,2022-10-01", Problem(2, "score", T.EMPTY)),
        ("s1,2022-10-11,3.8", Problem(2, "day", T.FUTURE_DAY, "2022-10-11")),
        ("s1,2022-02-30,3.8", Problem(2, "day", T.NOT_A_DAY, "2022-02-30")),
        ("s1,2022-10/01,3.8", Problem(2, "day", T.NOT_A_DAY, "2022-10/01")),
        ("s1,01.10.2022,3.8", Problem(2, "day", T.NOT_A_DAY, "01.10.2022")),
        ("s1,44835,3.8", Problem(2, "day", T.NOT_A_DAY, "44835")),
        ("s1,2022-10-01 09:30,3.8", Problem(2, "day", T.NOT_A_DAY, "2022-10-01 09:30")),
        (",2022-10-01,3.8", Problem(2, "shop_id", T.EMPTY)),
        ("=cmd(),2022-10-01,3.8", Problem(2, "shop_id", T.FORMULA, "=cmd()")),
        ("1.23457E+17,2022-10-01,3.8", Problem(2, "shop_id", T.ROUNDED_ID, "1.23457E+17")),
        ("s 1,2022-10-01,3.8", Problem(2, "shop_id", T.NOT_AN_ID, "s 1")),
        ("s\u202e1,2022-10-01,3.8", Problem(2, "shop_id", T.NOT_AN_ID, "s\u202e1")),
        ("s" * 65 + ",2022-10-01,3.8", Problem(2, "shop_id", T.NOT_AN_ID, "s" * 40)),
    ],
    ids=str,
)
def test_a_wrong_cell_is_named_by_line_column_and_reason(row: str, problem: Problem) -> None:
    rows, file = _read(f"shop_id,day,score\n{row}\n")
    assert (rows, file.problems, file.problem_count) == ([], [problem], 1)


def test_every_wrong_cell_of_a_row_is_named() -> None:
    assert [(p.line, p.column) for p in _problems("shop_id,day,score\ns1,?,?\n\ns2,2022-10-01,x")] == [
        (2, "day"),
        (2, "score"),
        (4, "score"),
    ]


def test_the_first_twenty_problems_are_kept_and_all_are_counted() -> None:
    rows, file = _read("shop_id,day,score\n" + "s1,2022-10-01,x\n" * 50 + "s1,2022-10-01,3.8\n")
    assert (rows, file.rows, file.problem_count) == ([], 51, 50)
    assert [problem.line for problem in file.problems] == list(range(2, 22))


def test_no_batch_follows_a_wrong_row() -> None:
    good = "".join(f"s{n},2022-10-01,3.8\n" for n in range(4))
    rows, _ = _read(f"shop_id,day,score\n{good}x,x,x\n{good}")
    assert [row[0] for row in rows] == ["s0", "s1", "s2", "s3"]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", Problem(0, "", T.NO_ROWS)),
        ("\n\n", Problem(0, "", T.NO_ROWS)),
        ("shop_id,day,score\n", Problem(0, "", T.NO_ROWS)),
        ("shop_id,day\ns1,2022-10-01\n", Problem(1, "score", T.MISSING_COLUMN, "shop_id,day")),
        ("\nday,score\n2022-10-01,3.8\n", Problem(2, "shop_id", T.MISSING_COLUMN, "day,score")),
        ("s1,2022-10-01,3.8\n", Problem(1, "shop_id", T.MISSING_COLUMN, "s1,2022-10-01,3.8")),
        ("shop_id,店铺ID,day,score\n", Problem(1, "shop_id", T.COLUMN_TWICE)),
        (PLAIN + 's3,2022-10-01,"3.8\n', Problem(4, "", T.BROKEN_QUOTES)),
        (PLAIN.replace("s2", "s\x002"), Problem(3, "", T.HAS_NUL)),
        (PLAIN.encode("utf-16"), Problem(1, "", T.HAS_NUL)),
        (PLAIN.encode() + b"\xff\xff", Problem(1, "", T.NOT_TEXT)),
        ("shop_id,day,score\n" + "x" * 200_000, Problem(2, "", T.LINE_TOO_LONG)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, Problem(1, "", T.HAS_NUL)),
        (b"PK\x03\x04 and nothing more", Problem(0, "", T.NOT_A_WORKBOOK)),
    ],
    ids=str,
)
def test_a_file_that_is_none_is_refused_with_one_reason(source: str | bytes, problem: Problem) -> None:
    assert _problems(source) == [problem]


def test_a_file_cut_off_anywhere_is_noticed_but_after_a_whole_number_or_before_it() -> None:
    unnoticed = [PLAIN[:cut].rpartition(",")[2] for cut in range(len(PLAIN)) if not _problems(PLAIN[:cut])]
    assert unnoticed == ["", "3", "3.7", "3.79", "3.79\n", "", "4", "4.0"]


def test_two_scores_for_one_shop_and_day_are_a_conflict_that_names_both_lines() -> None:
    source = "shop_id,day,score\ns1,2022-10-01,3.8\ns2,2022-10-01,3.8\ns1,2022/10/1,3.9\ns1,2022-10-01,3.80\n"
    assert _problems(source) == [Problem(4, "score", T.CONFLICT, "3.90", 2)]


def test_two_counts_for_one_shop_and_day_are_a_conflict_too() -> None:
    source = "shop_id,day,score,closures\ns1,2022-10-01,3.8,1\ns1,2022-10-01,3.8,2\n"
    assert _problems(source) == [Problem(3, "closures", T.CONFLICT, "2", 2)]


@pytest.mark.parametrize("written", ["", " ", "暂无", "无", "-", "--", "N/A", "n/a"])
def test_no_score_is_a_state_and_no_mistake(written: str) -> None:
    assert _rows(f"shop_id,day,score\ns1,2022-10-01,{written}\n") == [("s1", date(2022, 10, 1), 0, None, None)]


def test_a_score_and_none_for_one_shop_and_day_are_a_conflict() -> None:
    source = "shop_id,day,score\ns1,2022-10-01,3.8\ns1,2022-10-01,暂无\n"
    assert _problems(source) == [Problem(3, "score", T.CONFLICT, "", 2)]


@pytest.mark.parametrize("name", ["score", "体验分", "商家体验分", "店铺体验分", "综合体验分", "SCORE"])
def test_the_main_score_is_known_by_the_names_that_people_use(name: str) -> None:
    assert _rows(f"shop_id,day,{name}\ns1,2022-10-10,3.9\n") == ONE


def test_every_score_of_the_edition_has_a_column_and_other_columns_are_named() -> None:
    source = "店铺ID,店铺名称,日期,商品体验分,综合体验分,,物流体验\ns1,小铺,2022-10-10,50,85,,4.2\n"
    rows, file = _read(source, HUNDRED_POINTS.scores)
    numbers = [fact.id for fact in HUNDRED_POINTS.scores]
    assert {numbers[row[2]]: row[3] for row in rows} == {"score": 8500, "product_score": 5000}
    assert (file.rows, file.left_alone, file.problems) == (1, ("店铺名称", "物流体验"), [])


def test_any_score_of_the_edition_is_enough() -> None:
    rows = _rows("shop_id,day,product_score\ns1,2022-10-10,50\n", HUNDRED_POINTS.scores)
    assert [(HUNDRED_POINTS.scores[row[2]].id, row[3]) for row in rows] == [("product_score", 5000)]
    assert _problems("shop_id,day,物流体验\ns1,2022-10-10,50\n", HUNDRED_POINTS.scores) == [
        Problem(1, "score", T.MISSING_COLUMN, "shop_id,day,物流体验")
    ]


def test_a_wrong_score_is_named_by_its_column() -> None:
    source = "shop_id,day,score,product_score\ns1,2022-10-10,85,101\n"
    assert _problems(source, HUNDRED_POINTS.scores) == [Problem(2, "product_score", T.OFF_SCALE, "101")]


def test_a_line_without_its_last_cell_is_no_line() -> None:
    assert _problems("shop_id,day,score,closures\ns1,2022-10-10,3.9\n") == [Problem(2, "closures", T.EMPTY)]


@pytest.mark.parametrize("column", ["closures", "关闭次数"])
def test_closures_are_read_where_the_file_tells_them(column: str) -> None:
    rows = _rows(f"shop_id,day,score,{column}\ns1,2022-10-10,3.9,2\ns2,2022-10-10,3.9,\ns3,2022-10-10,3.9,0\n")
    assert [row[4] for row in rows] == [2, None, 0]
    assert _problems(f"shop_id,day,score,{column}\ns1,2022-10-10,3.9,two\n") == [
        Problem(2, "closures", T.NOT_A_COUNT, "two")
    ]


def test_a_chat_takes_five_thousand_rows_and_one_megabyte() -> None:
    rows = "".join(f"s{n},2022-10-01,3.8\n" for n in range(5_000))
    assert _read("shop_id,day,score\n" + rows, limits=BY_CHAT)[1].problems == []
    more = _problems("shop_id,day,score\n" + rows + "t,2022-10-01,3.8\n", limits=BY_CHAT)
    assert more == [Problem(5_002, "", T.TOO_MANY_ROWS)]
    assert BY_CHAT.workbook.rows == BY_CHAT.rows
    assert _problems("shop_id,day,score\n" + "\n" * 1_048_576, limits=BY_CHAT) == [Problem(0, "", T.TOO_LARGE)]


def test_a_file_on_disk_is_streamed_in_batches(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("shop_id,day,score\n" + "".join(f"s{n},2022-10-01,3.8\n" for n in range(12_000)))
    file = ScoreFile(path, FIVE_POINTS.scores, TODAY, BY_OPERATOR)
    assert [len(batch) for batch in file.batches()] == [5_000, 5_000, 2_000]


def test_a_scale_finer_than_what_is_stored_is_refused() -> None:
    fact = FIVE_POINTS.fact("score").model_copy(update={"decimals": 3})
    with pytest.raises(ValueError, match="two decimals"):
        Scale.of(fact)


# ── XLSX ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _xlsx(*rows: tuple[object, ...], header: tuple[str, ...] = ("店铺ID", "日期", "体验分")) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (header, *rows):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _repacked(source: bytes, **changed: bytes) -> bytes:
    """The workbook with parts replaced: `sheet1` for xl/worksheets/sheet1.xml."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            stem = Path(entry.filename).stem
            new.writestr(entry.filename, changed.get(stem, old.read(entry)))
    return out.getvalue()


def test_a_workbook_is_read_like_a_csv_file() -> None:
    cells: dict[str, tuple[object, object]] = {
        "a-date-and-a-number": (datetime(2022, 10, 10), 3.9),  # noqa: DTZ001 - a workbook knows no zones
        "a-text-score": (TODAY, "3.90"),
        "a-day-as-text": ("2022/10/10", 3.9),
        "a-day-as-a-number": (20221010, 3.9),
    }
    rows = _rows(_xlsx(*((name, *row) for name, row in cells.items()), (123456789012345, TODAY, 3.9), (7, TODAY, 3.9)))
    assert rows == [(name, TODAY, 0, 390, None) for name in (*cells, "123456789012345", "7")]


def test_the_noise_of_a_binary_fraction_is_not_part_of_a_score() -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<v>3.9</v>" in sheet
    assert _rows(_repacked(GOOD, sheet1=sheet.replace(b"<v>3.9</v>", b"<v>3.9000000000000004</v>"))) == ONE


def test_what_no_cell_may_be_is_named_by_the_workbook_s_row_though_some_are_empty() -> None:
    rounded_id, formula = (1234567890123456, TODAY, 3.9), ("s2", TODAY, "=C2-1")
    assert _problems(_xlsx(rounded_id, formula, (), ("s3\ns4", TODAY, 3.9))) == [
        Problem(2, "shop_id", T.ROUNDED_ID, "1.23456789012346e+15"),
        Problem(3, "score", T.FORMULA, "="),
        Problem(5, "shop_id", T.NOT_AN_ID, "s3 s4"),
    ]


def test_a_workbook_that_lies_about_its_size_loses_no_row() -> None:
    source = _xlsx(*((f"s{n}", TODAY, 3.9) for n in range(5)))
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b'ref="A1:C6"' in sheet
    assert len(_rows(_repacked(source, sheet1=sheet.replace(b'ref="A1:C6"', b'ref="A1:B2"')))) == 5


GOOD = _xlsx(("s1", TODAY, 3.9))
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c t="inlineStr">
<is><t>&b;</t></is></c></row></sheetData></worksheet>"""
DEEP = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b"%s</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("made", "trouble"),
    [
        (lambda: GOOD[: len(GOOD) // 2], T.NOT_A_WORKBOOK),
        (lambda: _repacked(GOOD, sheet1=b"<worksheet"), T.NOT_A_WORKBOOK),
        (lambda: _repacked(GOOD, sheet1=LAUGHS), T.NOT_A_WORKBOOK),
        (lambda: _repacked(GOOD, sheet1=b" " * (21 * 1024 * 1024)), T.TOO_LARGE),
    ],
    ids=["half a file", "broken XML", "entities", "a bomb"],
)
def test_a_hostile_workbook_is_refused(made: Callable[[], bytes], trouble: Trouble) -> None:
    assert _problems(made(), limits=BY_CHAT) == [Problem(0, "", trouble)]


MEMORY_CONFINED = workbook.Limits(20 << 20, 2, 136 << 20, 30)
TIME_CONFINED = workbook.Limits(20 << 20, 5_000, 1 << 30, 1)


def test_a_workbook_that_takes_too_much_memory_or_time_is_stopped() -> None:
    cells = b'<row r="1">%s</row>' % (b'<c t="inlineStr"><is><t>x</t></is></c>' * 500_000)
    source = _repacked(GOOD, sheet1=DEEP % cells)
    assert len(source) < 1024 * 1024
    for confined in (MEMORY_CONFINED, TIME_CONFINED):
        assert _problems(source, limits=Limits(None, 5_000, confined)) == [Problem(0, "", T.TOOK_TOO_MUCH)]


def test_a_workbook_within_memory_and_rows_is_read() -> None:
    two = [("s1", TODAY, 3.9), ("s2", TODAY, 3.9)]
    confined = Limits(None, None, MEMORY_CONFINED)
    assert _problems(_xlsx(*two), limits=confined) == []
    assert _problems(_xlsx(*two, ("s3", TODAY, 3.9)), limits=confined) == [Problem(0, "", T.TOO_MANY_ROWS)]


# ── Whatever comes ───────────────────────────────────────────────────────────────────────────────────────────────────


@given(
    st.randoms(use_true_random=False), st.integers(1, 6), st.sampled_from([PLAIN.encode(), CHINESE.encode("gb18030")])
)
@settings(max_examples=200, deadline=None)
def test_a_damaged_file_is_read_rightly_or_refused(chance: random.Random, changes: int, source: bytes) -> None:
    damaged = bytearray(source)
    for _ in range(changes):
        place = chance.randrange(len(damaged))
        damaged[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    rows, file = _read(bytes(damaged))
    assert file.problem_count or (rows and len(rows) == file.rows)
    assert all((score is None or 0 <= score <= 500) and day <= TODAY and shop for shop, day, _, score, _ in rows)


@given(st.text(max_size=12))
@settings(max_examples=300)
def test_a_score_is_a_number_on_the_scale_or_refused(text: str) -> None:
    try:
        stored = read_score(text, FIVE)
    except BadCell as bad:
        assert bad.args == (bad.trouble,)
    else:
        assert text.strip() == "" if stored is None else Decimal(text.strip()) * 100 == stored
