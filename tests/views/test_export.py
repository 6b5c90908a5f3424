"""A chat's rows as files: readable, whole, and harmless in a spreadsheet."""

import csv
import io
import json
import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.memory import CheckUnderway
from bot.views.export import Shown, as_json, shown
from bot.views.export_sheet import as_csv, defused
from storage.personal import personal
from tests.packaged import CATALOGUE
from tests.storage.test_personal import row_of
from tests.views.test_hostile_text import HOSTILE

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2022, 10, 10)
ANSWERED = "抖音小店：开了；体验分：3.9 分；店铺类型：个人店"
NAMES = {4: "女装", 5: ""}


def sheet_of(data: Shown, names: dict[int, str]) -> list[list[str]]:
    """The rows of the sheet, as a spreadsheet reads them."""
    text = as_csv(data, names, CATALOGUE.editions)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def full() -> dict[str, list[dict[str, Any]]]:
    """A row of every table, as the database gives it: by the names of its columns."""
    return {table.name: [{table.c[key].name: row for key, row in row_of(table, 701).items()}] for table in personal()}


def test_scores_instants_and_days_are_written_as_people_read_them() -> None:
    row = {"hundredths": 370, "day": date(2022, 10, 10), "stored_at": 1665374400000, "fact": "score"}
    assert shown({"scores": [row]}, {}, ZONE) == {
        "scores": [
            {"hundredths": "3.70", "day": "2022-10-10", "stored_at": "2022-10-10T12:00:00+08:00", "fact": "score"}
        ]
    }


def test_every_row_is_in_the_json_and_shown_or_counted_in_the_sheet() -> None:
    data = shown(full(), {5: "店"}, ZONE)
    assert set(json.loads(as_json(data))) == set(data) == {"names"} | {table.name for table in personal()}
    sheet = sheet_of(data, {5: "店"})
    counted = sheet[next(n for n, row in enumerate(sheet) if row == ["内容", "条数"]) + 1 : -1]
    assert sum(len(row) == 1 for row in sheet) - 1 + len(counted) == len(personal())
    assert {count for _, count in counted} == {"1"}


def test_every_heading_is_chinese() -> None:
    data = shown(full(), {}, ZONE)
    sheet = sheet_of(data, {})
    headings = [row for row in sheet if len(row) == 1] + [sheet[n + 1] for n, row in enumerate(sheet) if len(row) == 1]
    counted = sheet[next(n for n, row in enumerate(sheet) if row == ["内容", "条数"]) + 1 : -1]
    names = [name for row in headings for name in row] + [row[0] for row in counted]
    assert [name for name in names if re.search("[a-z_]", name)] == []


def test_the_sheet_begins_with_the_scores_in_the_words_of_a_merchant() -> None:
    rows = [
        {"fact": "score", "day": DAY, "shop_id": 4, "hundredths": 370, "scale": "0-5", "source": "merchant"},
        {"fact": "score", "day": DAY, "shop_id": 5, "hundredths": None, "scale": "0-100", "source": "feed"},
    ]
    consents = [{"chat_id": 7, "version": "2", "given_at": 1665374400000}]
    data = shown({"consents": consents, "scores": [row | {"stored_at": 1665374400000} for row in rows]}, NAMES, ZONE)
    assert sheet_of(data, NAMES) == [
        ["分数"],
        ["日期", "店铺", "项目", "分数", "分制", "来源", "保存时间"],
        ["2022-10-10", "女装", "体验分", "3.7", "5 分制", "自己记的", "2022-10-10 12:00"],
        ["2022-10-10", "我的店铺", "体验分", "暂无", "100 分制", "运营导入", "2022-10-10 12:00"],
        [],
        ["同意"],
        ["版本", "同意时间"],
        ["2", "2022-10-10 12:00"],
        [],
    ]


def test_a_shop_without_a_name_is_called_as_in_the_chat() -> None:
    assert sheet_of(shown({"shops": [{"id": 5, "name": None}]}, NAMES, ZONE), NAMES)[2][0] == "我的店铺"


def test_checks_facts_and_warnings_are_told_without_codes() -> None:
    told: dict[str, object] = {"store_opened": True, "score": "3.9", "shop_type": "personal"}
    kept = CheckUnderway(id="1", edition="2022-10-10", key="check:1", answers=told, unsure=("closures",), finished=True)
    check = {"shop_id": 4, "edition": "2022-10-10", "answers": kept.model_dump_json()}
    fact = {"shop_id": 4, "fact": "shop_type", "value": '"personal"', "day": DAY, "source": "answer"}
    found = {
        "checks": [check | {"report": '{"verdict": "not_eligible"}', "on_day": "2022-10-10"}],
        "facts": [fact | {"told_at": 1665374400000}],
        "notices": [{"id": 12, "day": DAY}],
        "notice_items": [{"notice_id": 12, "shop_id": 4, "reason": "warning", "fact": "score", "hundredths": 370}],
    }
    sheet = sheet_of(shown(found, NAMES, ZONE), NAMES)
    assert ["2022-10-10", "女装", "警告线下", "体验分", "3.7"] in sheet
    assert ["2022-10-10", "女装", "店铺类型", "个人店", "检查时答的", "2022-10-10 12:00"] in sheet
    [answered] = [row for row in sheet if "现在还不能开通" in row]
    assert answered == ["2022-10-10", "女装", "现在还不能开通", ANSWERED, "2022-10-10"]


def test_what_waits_to_be_sent_and_how_we_work_is_left_out() -> None:
    names = {name for rows in shown(full(), {}, ZONE).values() for row in rows for name in row}
    assert not {"payload", "owner", "lease_until", "content"} & names


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "  =1", "＝1", "＋1", "－1", "＠x"])
def test_a_cell_that_begins_a_formula_is_defused(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "3.7", "店=1", "'=1", "2022-10-10", "0-5"])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert defused(cell) == cell


@given(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60)))
def test_whatever_a_name_is_it_comes_back_from_the_files(name: str) -> None:
    data = shown({"shops": [{"id": 1, "name": name}]}, {1: name}, ZONE)
    assert json.loads(as_json(data))["shops"][0]["name"] == name
    shop = sheet_of(data, {1: name})[2][0]
    assert shop.removeprefix("'" if defused(name) != name else "") == name


@given(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60)))
def test_no_name_beside_a_score_is_a_formula(name: str) -> None:
    score = {"fact": "score", "day": DAY, "shop_id": 1, "hundredths": 370}
    cell = sheet_of(shown({"scores": [score]}, {1: name}, ZONE), {1: name})[2][1]
    assert defused(cell) == cell
