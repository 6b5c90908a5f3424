"""Workbooks of operators: what a person sees in a sheet is what is read, and a hostile one breaks nothing."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from bot.feeds import workbook
from bot.feeds.cells import Trouble
from bot.feeds.file import BY_CHAT, Limits
from bot.feeds.table import Problem
from tests.feeds.books import HEADER, put, repacked, written, xlsx
from tests.feeds.reading import DAY, TODAY, aside, read, refused, rows_of, shops

T = Trouble
ONE = [("s1", TODAY, 0, 390, None)]
GOOD = xlsx(("s1", TODAY, 3.9))
SHEET, STYLES = "worksheets/sheet1.xml", "styles.xml"


def test_a_workbook_is_read_like_a_csv_file() -> None:
    cells: dict[str, tuple[object, object]] = {
        "a-date-and-a-number": (datetime(2022, 10, 10), 3.9),  # noqa: DTZ001 - a workbook knows no zones
        "a-date-with-an-hour": (datetime(2022, 10, 10, 9, 30), 3.9),  # noqa: DTZ001
        "a-text-score": (TODAY, "3.90"),
        "a-text-with-a-unit": (TODAY, "3.9分"),
        "a-day-as-text": ("2022/10/10", 3.9),
        "a-day-as-a-number": (20221010, 3.9),
        "a-day-as-a-serial": (44844, 3.9),
    }
    rows = rows_of(xlsx(*((name, *row) for name, row in cells.items()), (123456789012345, TODAY, 3.9), (7, TODAY, 3.9)))
    assert rows == [(name, TODAY, 0, 390, None) for name in (*cells, "123456789012345", "7")]


@pytest.mark.parametrize("noise", [b"3.9000000000000004", b"3.8999999999999999"])
def test_the_noise_of_a_binary_fraction_is_not_part_of_a_score(noise: bytes) -> None:
    assert rows_of(repacked(GOOD, {SHEET: lambda xml: xml.replace(b"<v>3.9</v>", b"<v>%s</v>" % noise)})) == ONE


def test_what_no_cell_may_be_is_named_by_the_workbook_s_row_though_some_are_empty() -> None:
    source = xlsx(
        (1234567890123456, TODAY, 3.9), ("s2", TODAY, "=C2-1"), (), ("s3\ns4", TODAY, 3.9), (True, TODAY, 3.9)
    )
    assert read(source)[1].set_aside == [
        Problem(2, "shop_id", T.ROUNDED_ID, "1.23456789012346e+15", sheet="Sheet"),
        Problem(3, "score", T.FORMULA, "=", sheet="Sheet"),
        Problem(5, "shop_id", T.NOT_AN_ID, "s3 s4", sheet="Sheet"),
        Problem(6, "shop_id", T.NOT_AN_ID, "TRUE", sheet="Sheet"),
    ]


def test_a_remark_beside_the_columns_of_a_sheet_is_nothing_but_a_number_may_be_a_part_of_the_score() -> None:
    source = xlsx(("s1", DAY, 3.8, "好"), ("s2", DAY, 3, 95))
    assert [row[0] for row in read(source)[0]] == ["s1"]
    assert aside(source) == [(3, "", T.TOO_MANY_CELLS)]


def test_an_empty_cell_of_a_sheet_is_no_score() -> None:
    assert rows_of(xlsx(("s1", TODAY, None), ("s2", TODAY, "-"))) == [(s, TODAY, 0, None, None) for s in ("s1", "s2")]


def test_a_formula_counts_by_its_stored_value() -> None:
    def fill(book: Any, sheet: Any) -> None:
        put(book, sheet, 1, "s1", TODAY, 0)
        sheet.write_formula(1, 2, "=3.4+0.5", None, 3.9)
        put(book, sheet, 2, "s2", TODAY, 0)
        sheet.write_formula(2, 2, "=NA()", None, "#N/A")
        put(book, sheet, 3, "s3", TODAY, 0)
        sheet.write_formula(3, 2, '=""', None, "")
        put(book, sheet, 4, "s4", TODAY, 3.9)
        sheet.write_formula(4, 0, "=VLOOKUP(1,A:B,2)", None, "#REF!")

    source = repacked(written(fill), {SHEET: lambda xml: xml.replace(b'r="C4"><f>', b'r="C4" t="str"><f>')})
    assert read(source)[0] == [*ONE, ("s3", TODAY, 0, None, None)]
    assert aside(source) == [(3, "score", T.ERROR_VALUE), (5, "shop_id", T.ERROR_VALUE)]
    unstored = repacked(
        source, {SHEET: lambda xml: xml.replace(b'<v>3.9</v></c></row><row r="3"', b'</c></row><row r="3"')}
    )
    assert aside(unstored)[0] == (2, "score", T.FORMULA)


@pytest.mark.parametrize("style", ["0%", "0.00%", "0.0%", "[Red]0.0%", "0%;-0%", '0.0"约"%'])
def test_a_percentage_is_told_by_its_number_format(style: str) -> None:
    source = written(lambda book, sheet: put(book, sheet, 1, "s1", TODAY, 0.85, style))
    assert read(source)[1].set_aside == [Problem(2, "score", T.PERCENT, "85%", sheet="数据")]


@pytest.mark.parametrize("style", ["0.00", "General", '0.0"%"', "0.00_ ", "#,##0.00", '0.00"分"', "[Red]0.0", "@"])
def test_any_other_number_format_changes_nothing(style: str) -> None:
    assert rows_of(written(lambda book, sheet: put(book, sheet, 1, "s1", TODAY, 3.9, style))) == ONE


def test_percentages_beside_the_scores_are_nothing() -> None:
    def fill(book: Any, sheet: Any) -> None:
        put(book, sheet, 1, "s1", TODAY, 3.9)
        sheet.write(0, 3, "环比")
        sheet.write(1, 3, 0.05, book.add_format({"num_format": "0%"}))

    assert rows_of(written(fill)) == ONE


def test_a_day_over_merged_cells_holds_for_all_of_them() -> None:
    def fill(book: Any, sheet: Any) -> None:
        for row in range(1, 5):
            put(book, sheet, row, f"s{row}", TODAY, 3.9)
        sheet.merge_range(1, 1, 3, 1, datetime(2022, 10, 1), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001

    assert [(row[0], row[1]) for row in rows_of(written(fill))] == [
        ("s1", DAY),
        ("s2", DAY),
        ("s3", DAY),
        ("s4", TODAY),
    ]


def test_a_day_left_out_without_merging_is_not_sure() -> None:
    assert aside(xlsx(("s1", TODAY, 3.9), ("s2", None, 3.9))) == [(3, "day", T.EMPTY)]


def test_titles_and_headers_over_merged_cells_are_read() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ("店铺体验分日报",),
        ("店铺ID", "日期", "体验分", None),
        (None, None, "商品体验分", "综合体验分"),
        ("s1", TODAY, 1.1, 3.9),
    ):
        sheet.append(row)
    for merged in ("A1:D1", "A2:A3", "B2:B3", "C2:D2"):
        sheet.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    rows, file = read(out.getvalue())
    assert (rows, file.left_alone) == (ONE, ("商品体验分",))


def _sheets(*sheets: tuple[str, str, list[tuple[object, ...]]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, state, rows in sheets:
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_of_the_visible_sheets_all_with_the_columns_are_read_and_the_others_named() -> None:
    source = _sheets(
        ("封面", "visible", [("请看后面",)]),
        ("10月1日", "visible", [HEADER, ("s1", DAY, 3.9), ("s2", DAY, "?")]),
        ("空", "visible", []),
        (
            "10月10日",
            "visible",
            [("日报",), ("日期", "店铺ID", "体验分", "备注"), (TODAY, "s1", 3.8, "好"), (TODAY, "?", 3.8)],
        ),
        ("旧", "hidden", [HEADER, ("s9", DAY, 1.0)]),
        ("更旧", "veryHidden", [HEADER, ("s8", DAY, 1.0)]),
    )
    rows, file = read(source)
    assert rows == [("s1", DAY, 0, 390, None), ("s1", TODAY, 0, 380, None)]
    assert (file.sheets_left_alone, file.left_alone) == (("封面", "旧", "更旧"), ("备注",))
    assert [(problem.sheet, problem.line, problem.column) for problem in file.set_aside] == [
        ("10月1日", 3, "score"),
        ("10月10日", 4, "shop_id"),
    ]


def test_sheets_that_contradict_each_other_are_told() -> None:
    file = read(
        _sheets(("a", "visible", [HEADER, ("s1", DAY, 3.9)]), ("b", "visible", [(), HEADER, ("s1", DAY, 3.8)]))
    )[1]
    assert file.withdrawn == {("s1", DAY)}
    assert [(problem.sheet, problem.line, problem.trouble) for problem in file.set_aside] == [
        ("a", 2, T.CONFLICT),
        ("b", 3, T.CONFLICT),
    ]


def test_scores_of_one_shop_and_day_on_two_sheets_are_no_conflict_unless_they_differ() -> None:
    same = [HEADER, ("s1", DAY, 3.9)]
    assert read(_sheets(("a", "visible", same), ("b", "visible", same)))[1].withdrawn == frozenset()


def test_a_workbook_without_the_columns_names_the_nearest_sheet() -> None:
    source = _sheets(
        ("封面", "visible", [("请看后面",)]), ("数据", "visible", [("店铺ID", "日期")]), ("隐", "hidden", [HEADER])
    )
    file = read(source)[1]
    assert file.refusal == Problem(1, "score", T.MISSING_COLUMN, "店铺ID,日期", sheet="数据")
    assert refused(_sheets(("隐", "hidden", [HEADER, ("s1", DAY, 3.9)]), ("空", "visible", [])))[2] is T.NO_ROWS


def test_a_table_need_not_begin_in_the_corner() -> None:
    book = Workbook()
    for column, cells in enumerate(zip(HEADER, ("s1", TODAY, 3.9), strict=True), 3):
        for row, cell in enumerate(cells, 5):
            book.worksheets[0].cell(row, column, cell)
    out = io.BytesIO()
    book.save(out)
    assert rows_of(out.getvalue()) == ONE


def test_days_are_the_same_in_a_workbook_that_counts_from_1904() -> None:
    assert rows_of(written(lambda book, sheet: put(book, sheet, 1, "s1", TODAY, 3.9), date_1904=True)) == ONE


# ── As other programs write them ─────────────────────────────────────────────────────────────────────────────────────

STRICT = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
)


def _strict(part: bytes) -> bytes:
    for usual, strict in STRICT:
        part = part.replace(usual, strict)
    return part


def _prefixed(part: bytes) -> bytes:
    part = part.replace(b"xmlns=", b"xmlns:x=").replace(b"</", b"</x:")
    return b"<".join(
        [piece if piece[:1] in b"?/" or not piece else b"x:" + piece for piece in part.split(b"<")]
    ).removeprefix(b"x:")


@pytest.mark.parametrize("percent", [False, True])
@pytest.mark.parametrize(
    "make",
    [
        lambda source: repacked(source, {STYLES: lambda xml: xml.replace(b"</fills>", b"<fill/></fills>")}),
        lambda source: repacked(source, {".xml": _strict, ".rels": _strict}),
        lambda source: repacked(source, {}, lambda name: name.replace("/", "\\")),
        lambda source: repacked(
            source, {"core.xml": lambda _: b"<cp:coreProperties xmlns:cp='x'><created>?</created></cp:coreProperties>"}
        ),
        lambda source: repacked(
            source,
            {SHEET: lambda xml: xml.replace(b"</worksheet>", b"<extLst><ext uri='x'><a/></ext></extLst></worksheet>")},
        ),
        lambda source: repacked(
            source, {SHEET: lambda xml: xml.replace(b' r="A2"', b"").replace(b' r="B2"', b"").replace(b' r="C2"', b"")}
        ),
        lambda source: repacked(source, {SHEET: lambda xml: xml.replace(b'ref="A1:C2"', b'ref="A1:A1"')}),
        lambda source: repacked(source, {SHEET: _prefixed}),
    ],
    ids=[
        "an empty fill",
        "strict",
        "back-slashes",
        "odd properties",
        "extensions",
        "no references",
        "a lie on its size",
        "a prefix",
    ],
)
def test_what_excel_and_wps_open_is_read(make: Callable[[bytes], bytes], percent: bool) -> None:
    made = make(
        written(
            lambda book, sheet: put(book, sheet, 1, "s1", TODAY, 0.85 if percent else 3.9, "0%" if percent else None)
        )
    )
    if percent:
        assert aside(made) == [(2, "score", T.PERCENT)]
    else:
        assert rows_of(made) == ONE


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type"
content="text/html; charset={}"><style>td {{mso-number-format:"\\@";}}</style></head><body><table border=1>
<tr><td colspan=4>店铺体验分日报</td></tr>
<tr><th>店铺ID</th><th>店铺名称</th><th>日期</th><th>体验分</th></tr>
<tr><td>s1</td><td>甲&amp;乙</td><td rowspan="2">2022-10-10</td><td>3.9</td></tr>
<tr><td>s2<td>丙<br>店<td>暂无</tr>
<tr><td>s3</td><td>丁</td><td>2022-10-10</td><td>85%</td></tr>
</table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "utf-16"])
def test_a_web_page_that_is_called_a_workbook_is_read(encoding: str) -> None:
    rows, file = read(PAGE.format(encoding).encode(encoding))
    assert rows == [*ONE, ("s2", TODAY, 0, None, None)]
    assert ([problem.trouble for problem in file.set_aside], file.names) == (
        [T.PERCENT],
        {"s1": "甲&乙", "s2": "丙 店"},
    )


# ── What can't be read gets its true reason ──────────────────────────────────────────────────────────────────────────


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("source", "trouble"),
    [
        (_zip("Index/Document.iwa", "Metadata/Properties.plist"), T.NUMBERS),
        (_zip("Index.zip", "preview.jpg"), T.NUMBERS),
        (_zip("10月1日.xlsx", "10月2日.xlsx"), T.ARCHIVE),
        (_zip("[Content_Types].xml", "word/document.xml"), T.NOT_A_WORKBOOK),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), T.NOT_A_WORKBOOK),
        (b"Rar!\x1a\x07\x01\x00" + b"x" * 99, T.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c" + b"x" * 99, T.ARCHIVE),
        (b"%PDF-1.7\n" + b"x" * 99, T.PICTURE),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 99, T.PICTURE),
        (b"\xff\xd8\xff\xe0" + b"x" * 99, T.PICTURE),
        (OLE + b"\0" * 512, T.NOT_A_WORKBOOK),
        (OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512, T.ENCRYPTED),
        (OLE + b"\0" * 504 + "Workbook".encode("utf-16-le") + b"\0" * 512, T.NOT_A_WORKBOOK),
        (OLE + b"\0" * ((1 << 20) - 20) + "EncryptedPackage".encode("utf-16-le"), T.ENCRYPTED),
        (b"PK\x03\x04 and nothing more", T.NOT_A_WORKBOOK),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
            T.XML_SHEET,
        ),
        ("<html><body>请先登录</body></html>".encode(), T.NOT_A_WORKBOOK),
    ],
    ids=range(17),
)
def test_what_is_no_table_is_refused_for_the_true_reason(source: bytes, trouble: Trouble) -> None:
    assert refused(source) == (0, "", trouble, "")


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c t="inlineStr">
<is><t>&b;</t></is></c></row></sheetData></worksheet>"""
ROWS = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b"%s</sheetData></worksheet>"
)


def _with_sheet(part: bytes) -> bytes:
    return repacked(GOOD, {SHEET: lambda _: part})


@pytest.mark.parametrize(
    ("made", "trouble"),
    [
        (lambda: GOOD[: len(GOOD) // 2], T.NOT_A_WORKBOOK),
        (lambda: _with_sheet(b"<worksheet"), T.NOT_A_WORKBOOK),
        (lambda: _with_sheet(LAUGHS), T.NOT_A_WORKBOOK),
        (lambda: _with_sheet(b" " * (21 * 1024 * 1024)), T.TOO_LARGE),
    ],
    ids=["half a file", "broken XML", "entities", "a bomb"],
)
def test_a_hostile_workbook_is_refused(made: Callable[[], bytes], trouble: Trouble) -> None:
    rows, file = read(made(), limits=BY_CHAT)
    assert (rows, file.refusal) == ([], Problem(0, "", trouble))


def test_entities_are_no_way_into_the_marks_of_a_sheet() -> None:
    def declared(xml: bytes) -> bytes:
        entities = b'<!DOCTYPE worksheet [<!ENTITY a "ha">]><worksheet'
        return xml.replace(b"<worksheet", entities, 1).replace(b"<v>3.9</v>", b"<f>1</f><v>3.9</v>")

    assert read(repacked(GOOD, {SHEET: declared}))[1].refusal == Problem(0, "", T.NOT_A_WORKBOOK)


SHORT_OF_MEMORY = workbook.Limits(64 << 20, 5_000, 256 << 20, 30)
SHORT_OF_TIME = workbook.Limits(64 << 20, 5_000, 1 << 30, 1)


def test_a_workbook_that_takes_too_much_memory_or_time_is_stopped() -> None:
    wide = ROWS % b'<row r="1"><c r="A1"><v>1</v></c></row><row r="100000"><c r="SF100000"><v>1</v></c></row>'
    long = ROWS % (b'<row r="1">%s</row>' % (b"<c><f>1</f></c>" * 3_000_000))
    for part, confined in ((wide, SHORT_OF_MEMORY), (long, SHORT_OF_TIME)):
        source = _with_sheet(part)
        assert len(source) < 1024 * 1024
        assert read(source, limits=Limits(None, 5_000, confined))[1].refusal == Problem(0, "", T.TOOK_TOO_MUCH)


def test_rows_are_limited_for_a_workbook_too() -> None:
    rows = [(f"s{n}", TODAY, 3.9) for n in range(60)]
    assert len(read(xlsx(*rows), limits=Limits(None, 60, SHORT_OF_MEMORY))[0]) == 60
    assert read(xlsx(*rows), limits=Limits(None, 59, SHORT_OF_MEMORY))[1].refusal == Problem(
        61, "", T.TOO_MANY_ROWS, sheet="Sheet"
    )
    few = workbook.Limits(64 << 20, 9, 256 << 20, 30)
    assert read(xlsx(*rows), limits=Limits(None, None, few))[1].refusal == Problem(0, "", T.TOO_MANY_ROWS)


def test_cells_can_forge_neither_a_sheet_nor_a_cell() -> None:
    forged = (f"{workbook.SHEET}x", f"s{workbook.CELL_END}1", 's"1', f"{workbook.HIDDEN_SHEET}y")

    def fill(book: Any, sheet: Any) -> None:
        for row, shop in enumerate((*forged, "s1"), 1):
            put(book, sheet, row, shop, TODAY, 3.9)

    source = written(fill)
    assert shops(source)[-1] == "s1"
    assert len(aside(source)) + len(shops(source)) == 5


# ── Other kinds of workbooks ─────────────────────────────────────────────────────────────────────────────────────────

SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_older_and_open_workbooks_are_read_as_a_person_sees_them(kind: str) -> None:
    rows, file = read(SAMPLES / f"book.{kind}", today=date(2022, 10, 20))
    assert [(row[0], row[3]) for row in rows if row[0] != "1"] == [
        ("4463798", 425),
        ("4463801", 450),
        ("4463803", None),
    ]
    assert [(problem.line, problem.trouble, problem.got) for problem in file.set_aside[:4]] == [
        (4, T.PERCENT, "85%"),
        (5, T.ERROR_VALUE, "#N/A"),
        (6, T.ROUNDED_ID, "7.12345678901235e+18"),
        (8, T.PERCENT, "40%"),
    ]
    assert file.sheets_left_alone == ("说明", "隐藏")


SCORE = b"\x05\x10\x03\0\0\0\0\0\0\0" + struct.pack("<d", 0.85)


@pytest.mark.parametrize(
    ("cell", "form", "expected"),
    [
        (SCORE, b"\xa4\0", []),
        (SCORE.replace(b"\x03\0\0\0\0", b"\x03\0\0\0\1"), b"\x0a\0", [(3, "score", T.PERCENT)]),
        (b"\x03\x09\x03\0\0\0\0\0\0\0\x2a", b"\xa4\0", [(3, "score", T.ERROR_VALUE)]),
    ],
    ids=["a number", "a percentage", "an error"],
)
def test_a_binary_workbook_is_read_as_a_person_sees_it(cell: bytes, form: bytes, expected: object) -> None:
    source = repacked(
        (SAMPLES / "book.xlsb").read_bytes(),
        {
            "sheet1.bin": lambda part: part.replace(SCORE, cell),
            "styles.bin": lambda part: part.replace(b"\x2f\x10\0\0\xa4\0", b"\x2f\x10\0\0" + form),
        },
    )
    rows, file = read(source, today=date(2022, 10, 20))
    assert [row[0] for row in rows] == ["4463798"] + ["4463799"] * (not expected)
    found = [(problem.line, problem.column, problem.trouble) for problem in file.set_aside]
    assert found == [*expected, (4, "shop_id", T.ROUNDED_ID)]  # type: ignore[misc]
    assert file.sheets_left_alone == ("藏",)


@pytest.mark.parametrize("kind", ["xls", "ods", "xlsb"])
def test_a_damaged_workbook_of_any_kind_is_read_or_refused(kind: str) -> None:
    content, chance = (SAMPLES / f"book.{kind}").read_bytes(), random.Random(kind)
    for _ in range(12):
        damaged = bytearray(content)
        for _ in range(chance.choice((1, 4, 64))):
            damaged[chance.randrange(8, len(damaged))] = chance.randrange(256)
        file = read(bytes(damaged), limits=BY_CHAT)[1]
        assert file.refusal is None or file.refusal.trouble in {
            T.NOT_A_WORKBOOK,
            T.TOOK_TOO_MUCH,
            T.NO_ROWS,
            T.MISSING_COLUMN,
            T.ARCHIVE,
            T.TOO_LARGE,
            T.NUMBERS,
            T.TOO_MANY_ROWS,
        }
