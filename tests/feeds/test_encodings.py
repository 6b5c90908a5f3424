"""Scores files in every encoding that comes from a back office, and with marks that lie."""

import codecs

import pytest

from bot.feeds.cells import Trouble
from tests.feeds.reading import aside, read, refused, rows_of, shops

T = Trouble
CHINESE = "店铺ID,店铺名称,日期,体验分\n4463798,甲旗舰店,2022-10-01,4.25\n4463799,乙,2022-10-01,3.79\n"
PLAIN = "shop_id,day,score\ns1,2022-10-01,3.79\ns2,2022-10-10,4.0\n"
UTF8, LE, BE = codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "mark", [b"", UTF8, LE, BE, UTF8 + UTF8], ids=["none", "UTF-8", "UTF-16 LE", "UTF-16 BE", "twice"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
def test_a_mark_may_be_missing_or_lie(encoding: str, mark: bytes, end: str) -> None:
    if mark == UTF8 + UTF8 and encoding != "utf-8":
        return
    source = mark + CHINESE.replace("\n", end).encode(encoding)
    assert [(row[0], row[3]) for row in rows_of(source)] == [("4463798", 425), ("4463799", 379)]
    assert read(source)[1].names == {"4463798": "甲旗舰店", "4463799": "乙"}


@pytest.mark.parametrize("mark", [b"", UTF8, LE, BE], ids=["none", "UTF-8", "UTF-16 LE", "UTF-16 BE"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [CHINESE, CHINESE.replace(",", "\t"), PLAIN, "一一一一一一一一\n" + CHINESE], ids=str)
def test_utf_16_is_told_by_its_nuls_whatever_the_mark(text: str, encoding: str, mark: bytes) -> None:
    assert len(rows_of(mark + text.encode(encoding))) == 2


def test_gb18030_beyond_gbk_is_read() -> None:
    source = CHINESE.replace("乙", "㐀𠮷").encode("gb18030")
    assert read(source)[1].names["4463799"] == "㐀𠮷"


def test_a_large_file_may_change_its_letters_late() -> None:
    lines = "".join(f"s{n},2022-10-01,3.79\n" for n in range(10_000))
    source = f"shop_id,day,score,name\n{lines}t1,2022-10-01,3.79,甲\n".encode("gbk")
    assert len(rows_of(source)) == 10_001


@pytest.mark.parametrize("at", [0, 1])
def test_a_damaged_letter_costs_a_name_and_no_line(at: int) -> None:
    damaged = CHINESE.encode().replace("甲".encode(), "甲".encode()[: at + 1])
    rows, file = read(damaged)
    assert ([row[0] for row in rows], file.set_aside, file.names) == (["4463798", "4463799"], [], {"4463799": "乙"})


def test_a_damaged_id_costs_its_line() -> None:
    source = (CHINESE * 2).replace("\n4463798", "\n4463\x00798", 1).encode().replace(b"\0", b"\xe5")
    assert aside(source) == [(2, "shop_id", T.NOT_AN_ID)]


def test_letters_of_a_name_that_are_no_text_are_no_reason_to_refuse_ten_thousand_lines() -> None:
    lines = "".join(f"s{n},2022-10-01,3.79\n" for n in range(10_000)).encode()
    source = b"shop_id,day,score\n" + lines + b"t\xff1,2022-10-01,3.79\n"
    assert (len(shops(source)), aside(source)) == (10_000, [(10_002, "shop_id", T.NOT_AN_ID)])


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        (PLAIN.replace("s2", "s\x002").encode(), (3, T.HAS_NUL)),
        (PLAIN.encode() + b"\0" * 4096, (4, T.HAS_NUL)),
        (b"\0" * 4096, (1, T.HAS_NUL)),
        (PLAIN.encode() + b"\xff\xff", (1, T.NOT_TEXT)),
        (b"shop_id,day,score\n" + b"x" * 200_000, (2, T.LINE_TOO_LONG)),
        (b"", (0, T.NO_ROWS)),
        (UTF8, (0, T.NO_ROWS)),
    ],
    ids=["a NUL", "a tail of NULs", "only NULs", "no text", "a line without end", "nothing", "a mark alone"],
)
def test_what_is_no_text_is_refused_for_the_true_reason(source: bytes, refusal: tuple[int, Trouble]) -> None:
    line, _, trouble, _ = refused(source)
    assert (line, trouble) == refusal


@pytest.mark.parametrize("encoding", ["big5", "shift_jis", "utf-7", "utf-32"])
def test_encodings_that_are_not_guessed_give_no_rows(encoding: str) -> None:
    text = (
        CHINESE.replace("铺", "鋪")
        .replace("称", "稱")
        .replace("旗舰店", "旗艦店")
        .replace("验", "驗")
        .replace("体", "體")
    )
    text = text.replace("铺", "舖").replace("鋪", "舖") if encoding == "shift_jis" else text
    assert refused(text.encode(encoding, "replace"))[2] in {T.MISSING_COLUMN, T.NOT_TEXT, T.HAS_NUL}
