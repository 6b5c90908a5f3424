"""A file of shops with names: what is taken, and what is set aside with its line."""

import io
from pathlib import Path

import openpyxl
import pytest

from bot.feeds.cells import Trouble
from bot.feeds.file import BY_CHAT, BY_OPERATOR
from bot.feeds.shop_list_file import ShopList, read
from bot.feeds.table import Problem


def listed(text: str) -> ShopList:
    return read(text.encode(), BY_OPERATOR)


@pytest.mark.parametrize("shop", ["shop_id", "店铺ID", "店铺编号", "商家ID"])
@pytest.mark.parametrize("name", ["name", "店铺名称", "店名", "商家名称"])
def test_the_columns_are_found_by_the_names_that_people_use(shop: str, name: str) -> None:
    assert listed(f"负责人,{name},{shop}\n小王, 花店 ,71\n").names == {"71": "花店"}


def test_a_file_on_disk_and_a_workbook_read_like_text(tmp_path: Path) -> None:
    book, raw = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (["店铺ID", "店铺名称"], ["71", "花店"]):
        book.active.append(row)
    book.save(raw)
    file = tmp_path / "shops.csv"
    file.write_text("店铺ID\t店名\n71\t花店\n", "gb18030")
    assert read(raw.getvalue(), BY_CHAT).names == read(file, BY_OPERATOR).names == {"71": "花店"}


def test_a_line_is_set_aside_with_what_is_wrong_and_the_others_are_taken() -> None:
    long = "长" * 41
    found = listed(
        f"店铺ID,店名\n71,花店\n,无号\n7.12E+18,圆整\n7 2,空格\n72,\n73,{long}\n74,a\u200bb\n75,#N/A\n76,茶店\n77\n\n"
    )
    assert found.names == {"71": "花店", "76": "茶店"}
    assert found.aside == [
        Problem(3, "shop_id", Trouble.EMPTY, ""),
        Problem(4, "shop_id", Trouble.ROUNDED_ID, "7.12E+18"),
        Problem(5, "shop_id", Trouble.NOT_AN_ID, "7 2"),
        Problem(6, "name", Trouble.EMPTY, ""),
        Problem(7, "name", Trouble.NAME_TOO_LONG, long[:40]),
        Problem(8, "name", Trouble.NOT_A_NAME, "a\u200bb"),
        Problem(9, "name", Trouble.NOT_A_NAME, "#N/A"),
        Problem(11, "name", Trouble.EMPTY, ""),
    ]
    assert found.aside_count == 8


def test_a_shop_with_two_names_is_taken_by_neither_and_one_named_twice_alike_is_taken() -> None:
    found = listed("店铺ID,店名\n71,花店\n71,茶店\n72,书店\n72,书店\n")
    assert found.names == {"72": "书店"}
    assert found.aside == [
        Problem(2, "name", Trouble.TWO_NAMES, "花店"),
        Problem(3, "name", Trouble.TWO_NAMES, "茶店", 2),
    ]


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        pytest.param(b"", Trouble.NO_ROWS, id="nothing"),
        pytest.param("店铺ID,日期\n71,2022-10-10\n".encode(), Trouble.MISSING_COLUMN, id="no names"),
        pytest.param("店名\n花店\n".encode(), Trouble.MISSING_COLUMN, id="no ids"),
        pytest.param(b"PK\x03\x04rubbish", Trouble.NOT_A_WORKBOOK, id="no workbook"),
        pytest.param(("店铺ID,店名\n" + "71,花店\n" * 5001).encode(), Trouble.TOO_MANY_ROWS, id="too many lines"),
        pytest.param(b"x" * (1024 * 1024 + 1), Trouble.TOO_LARGE, id="too large"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(content: bytes, trouble: Trouble) -> None:
    found = read(content, BY_CHAT)
    assert found.refusal is not None
    assert found.refusal.trouble is trouble
    assert (found.names, found.aside) == ({}, [])


def test_all_columns_are_named() -> None:
    assert listed("店铺ID,店名,体验分\n71,花店,4.2\n").header == ("店铺ID", "店名", "体验分")


def test_ids_are_mended_where_the_meaning_is_sure_and_titles_stand_above() -> None:
    assert listed("我们的店\n\n店铺ID,店名\n'71,花店\n７２,茶店\n73.0,书店\n").names == {
        "71": "花店",
        "72": "茶店",
        "73": "书店",
    }


def test_a_line_of_totals_registers_no_shop() -> None:
    assert listed("店铺ID,店名\n71,花店\n1,合计\n").names == {"71": "花店"}


def test_a_line_with_an_open_quote_is_set_aside() -> None:
    found = listed('店铺ID,店名\n71,花店\n72,"茶店\n73,书店\n')
    assert found.names == {"71": "花店", "73": "书店"}
    assert found.aside == [Problem(3, "", Trouble.BROKEN_QUOTES)]
