"""The tables of fault figures: how runs are kept, what the README shows of a row, what docs/faults.md."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.faults import figures, table
from tests.faults.__main__ import choice, is_of_rows
from tests.faults.figures import Run

DAY, LATER = date(2026, 11, 26), date(2026, 11, 29)


def said(row: str, *words: str, short: str = "") -> str:
    return json.dumps([row, ", ".join(words), short])


def test_a_run_holds_what_each_row_said_once() -> None:
    lines = [said("R8", "409: 15 s"), said("R8", "502: 20 s"), said("R8", "409: 15 s"), said("R1", "long", short="0")]
    assert figures.reported(lines, DAY) == {
        "R8": Run(DAY, ("409: 15 s", "502: 20 s"), ("409: 15 s", "502: 20 s")),
        "R1": Run(DAY, ("long",), ("0",)),
    }


def test_a_row_measured_again_takes_the_place_of_its_run_on_that_engine_alone() -> None:
    old, new = Run(DAY, ("old",), ("old",)), Run(LATER, ("new",), ("new",))
    kept = {"R1": {"sqlite": old, "postgresql": old}, "R2": {"sqlite": old}}
    found = figures.merged(kept, {"R1": new, "R3": new}, "postgresql")
    assert found == {
        "R1": {"sqlite": old, "postgresql": new},
        "R2": {"sqlite": old},
        "R3": {"postgresql": new},
    }


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (["0 lost in 5 s", "2 lost in 4.5 s", "1 lost in 10 s"], ["2 lost in 10 s"]),
        (["0 lost", "ended in 3 s", "0 lost"], ["0 lost", "ended in 3 s"]),
        (["none lost", "none lost"], ["none lost"]),
    ],
)
def test_of_what_differs_in_numbers_alone_the_largest_are_shown(told: list[str], shown: list[str]) -> None:
    assert figures.worst(told) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("0 lost, 1 late", "0 lost, 1 late"), ("0 lost, 1 late, 2 odd", "0 lost, 1…"), ("0" * 20, "0" * 13 + "…")],
)
def test_a_text_that_is_too_long_ends_between_two_parts(text: str, shown: str) -> None:
    assert figures.cut(text, 14) == shown


def test_the_readme_has_a_line_a_row_and_the_other_file_everything() -> None:
    kept = {
        "R8": {"sqlite": Run(LATER, ("409: 15 s", "502: 20 s"), ("after 15 s", "after 20 s"))},
        "R1": {"sqlite": Run(DAY, ("0 lost",), ("0 lost",)), "postgresql": Run(DAY, ("1 lost",), ("1 lost",))},
    }
    assert table.summary(kept).splitlines() == [
        "Measured from 2026-11-26 to 2026-11-29; all figures: [docs/faults.md](docs/faults.md).",
        "",
        "| | Fault | Ours | Others, measured |",
        "|---|---|---|---|",
        "| R1 | killed while updates arrive by polling | 1 lost | stock polling lost 45 of 50 |",
        "| R8 | polling is refused or broken | after 20 s | polling silently dead |",
    ]
    assert table.details(kept) == (
        "### R1 killed while updates arrive by polling\n\n2026-11-26, sqlite:\n\n- 0 lost\n\n"
        "2026-11-26, postgresql:\n\n- 1 lost\n\nOthers: stock polling lost 45 of 50.\n\n"
        "### R8 polling is refused or broken\n\n2026-11-29, sqlite:\n\n- 409: 15 s\n- 502: 20 s\n\n"
        "Others: polling silently dead.\n"
    )
    assert table.missing(kept)[:2] == ["R2", "R3"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    kept = {"R1": {"sqlite": Run(DAY, ("a", "b"), ("ä",))}}
    figures.write(kept, tmp_path / "kept.json")
    assert figures.read(tmp_path / "kept.json") == kept


def test_the_table_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", "utf-8")
    table.put("new\n", readme)
    table.put("newer\n", readme)
    assert readme.read_text("utf-8") == f"before\n{table.BEGIN}\nnewer\n{table.END}\nafter\n"


def test_both_files_hold_what_was_measured() -> None:
    kept = figures.read()
    assert set(kept) <= set(table.ROWS)
    assert f"{table.BEGIN}\n{table.summary(kept)}{table.END}" in table.README.read_text("utf-8")
    assert f"{table.BEGIN}\n{table.details(kept)}{table.END}" in table.DETAILS.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "wanted", "whole"),
    [
        ([], ["-k", "faults or _r1 or _r2 or _r3 or _r4"], True),
        (["-k", "r2"], ["-k", "_r2_"], True),
        (["-k", "r2 or fleet"], ["-k", "_r2_ or _fleet_"], True),
        (["-k", "r2 and polling"], ["-k", "_r2_ and polling"], False),
        (["-k", "r2", "-x"], ["-k", "_r2_", "-x"], False),
    ],
)
def test_words_choose_rows(words: list[str], wanted: list[str], whole: bool) -> None:
    assert (choice(words), is_of_rows(words)) == (wanted, whole)
