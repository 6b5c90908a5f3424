"""The README's table of fault figures."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.faults import table

DAY = date(2026, 11, 26)


def said(*rows: str) -> list[str]:
    return [json.dumps([row, f"{row} went well"]) for row in rows]


def test_every_row_is_in_the_table_with_what_was_measured():
    lines = [*said(*table.ROWS, "R8"), json.dumps(["R8", "R8 too"])]  # the same on both engines is said once
    written = table.table(table.measured(lines), DAY)
    assert f"Measured on {DAY}" in written
    assert "| R8 | polling is refused or broken | R8 went well<br>R8 too | polling silently dead |" in written
    assert all(f"{row} went well" in written for row in table.ROWS)


def test_a_row_that_was_not_measured_is_no_table():
    with pytest.raises(KeyError, match="R9"):
        table.table(table.measured(said(*(row for row in table.ROWS if row != "R9"))), DAY)


def test_the_table_takes_the_place_of_the_last_one(tmp_path: Path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", "utf-8")
    table.put("new\n", readme)
    table.put("newer\n", readme)
    assert readme.read_text("utf-8") == f"before\n{table.BEGIN}\nnewer\n{table.END}\nafter\n"


def test_the_readme_has_a_place_for_it():
    text = table.README.read_text("utf-8")
    assert text.index(table.BEGIN) < text.index(table.END)
