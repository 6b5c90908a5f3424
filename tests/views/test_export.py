"""A chat's rows as files: readable, whole, and harmless in a spreadsheet."""

import csv
import io
import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.export import as_csv, as_json, defused, shown
from storage.personal import personal
from tests.storage.test_personal import row_of
from tests.views.test_hostile_text import HOSTILE

ZONE = ZoneInfo("Asia/Shanghai")


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


def test_a_row_of_every_table_is_in_both_files() -> None:
    data = shown(full(), {5: "店"}, ZONE)
    assert set(data) == {"names"} | {table.name for table in personal()}
    assert set(json.loads(as_json(data))) == set(data)
    sheet = list(csv.reader(io.StringIO(as_csv(data).removeprefix("\ufeff"))))
    assert sum(len(row) == 1 for row in sheet) == len(data)


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
    sheet = list(csv.reader(io.StringIO(as_csv(data).removeprefix("\ufeff"), newline="")))
    assert sheet[2][1].removeprefix("'" if defused(name) != name else "") == name
