"""`rules new` at a terminal: the folder of a new edition, in a catalogue of the operator's own."""

import shutil
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from rules.catalogue.load import lint, packaged_folder
from tests.commands.conftest import Alliance

FROM = ("--from", "2022-10-10")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A copy of the packaged catalogue, the operator's own."""
    return Path(shutil.copytree(packaged_folder(), tmp_path / "mine"))


def head(folder: Path) -> dict[str, Any]:
    """The keys above the first table of an edition."""
    raw = tomllib.loads((folder / "edition.toml").read_text("utf-8"))
    return {key: value for key, value in raw.items() if not isinstance(value, list | dict)}


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def today() -> date:
    return datetime.now(UTC).date()


def test_a_copy_with_a_head_of_its_own_passes_lint_at_once(alliance: Alliance, mine: Path) -> None:
    ran = alliance("rules", "new", "2099-01-01", *FROM, RULES_DIR="mine", TIMEZONE="UTC")
    assert (ran.status, ran.err) == (0, "")
    assert lint(mine) == []
    made, before = head(mine / "2099-01-01"), head(mine / "2022-10-10")
    assert "held_until" in before
    assert made == {key: value for key, value in before.items() if key != "held_until"} | {
        "name": "2099-01-01",
        "title": "精选联盟入驻、准入与清退(2099-01-01)",
        "published": today(),
        "held_from": date(2099, 1, 1),
        "checked": today(),
    }
    assert {path.name for path in (mine / "2099-01-01").iterdir()} == {"edition.toml", "source.txt", "topics.toml"}


def test_it_says_what_it_made_and_what_comes_next(alliance: Alliance, mine: Path) -> None:
    ran = alliance("rules", "new", "2099-01-01", *FROM, RULES_DIR="mine", TIMEZONE="UTC")
    assert ran.lines[:2] == [
        f"made mine/2099-01-01, a copy of 2022-10-10: held from 2099-01-01 on, checked {today()}",
        "ended 2026-07-29 the day before, on 2098-12-31",
    ]
    assert [line.strip() for line in ran.lines[-3:]] == [
        "alliance-bot rules lint",
        "alliance-bot rules diff 2022-10-10 2099-01-01",
        "alliance-bot rules impact 2099-01-01",
    ]
    for line in ran.lines[-3:-1]:
        assert alliance(*line.split()[1:], RULES_DIR="mine").status == 0


def test_only_the_lines_of_the_head_are_another(alliance: Alliance, mine: Path) -> None:
    before = files(mine)
    alliance("rules", "new", "2099-01-01", "--from", "2026-07-29", RULES_DIR="mine")
    after = files(mine)
    new, old = (after[f"{name}/edition.toml"].decode().splitlines() for name in ("2099-01-01", "2026-07-29"))
    original = before["2026-07-29/edition.toml"].decode().splitlines()
    assert [line for line in old if line not in original] == ["held_until = 2098-12-31"]
    changed = {line.split(" = ")[0] for line in set(new) ^ set(original)}
    assert changed == {"name", "title", "published", "held_from", "checked"}
    assert new[0] == original[0]
    assert after["2022-10-10/edition.toml"] == before["2022-10-10/edition.toml"]


def test_between_two_editions_it_ends_before_the_later_one(alliance: Alliance, mine: Path) -> None:
    ran = alliance("rules", "new", "2024-02-29", *FROM, RULES_DIR="mine")
    assert head(mine / "2024-02-29")["held_until"] == date(2026, 7, 28)
    assert head(mine / "2024-02-29")["published"] == date(2024, 2, 29)
    assert (lint(mine), "ended" in ran.out) == ([], False)


def test_an_end_that_is_written_already_is_brought_forward(alliance: Alliance, mine: Path) -> None:
    alliance("rules", "new", "2023-01-01", *FROM, RULES_DIR="mine")
    assert head(mine / "2022-10-10")["held_until"] == date(2022, 12, 31)
    assert lint(mine) == []


def test_a_remark_behind_a_value_stays(alliance: Alliance, mine: Path) -> None:
    file = mine / "2026-07-29" / "edition.toml"
    text = file.read_text("utf-8").replace("checked = 2026-08-22", "checked = 2026-08-22  # by the archive")
    file.write_text(text, "utf-8")
    alliance("rules", "new", "2099-01-01", "--from", "latest", RULES_DIR="mine", TIMEZONE="UTC")
    assert f"checked = {today()}  # by the archive\n" in (mine / "2099-01-01" / "edition.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("tomorrow", *FROM), "D: tomorrow is no day like 2027-01-01"),
        (("20270101", *FROM), "D: 20270101 is no day like 2027-01-01"),
        (("2027-02-30", *FROM), "D: day is out of range for month"),
        (("2027-01-01", "--from", "2020-01-01"), 'unknown edition "2020-01-01"; known are 2022-10-10, 2026-07-29'),
        (("2026-07-29", *FROM), "D: edition 2026-07-29 is held from 2026-07-29 on already"),
        (("2027-01-01", "--from", "latest"), "mine/2027-01-01: is there already"),
    ],
    ids=["a word", "another way to write it", "no such day", "an unknown edition", "an edition's day", "a folder"],
)
def test_what_can_not_be_made_is_one_line_and_changes_nothing(
    alliance: Alliance, mine: Path, words: tuple[str, ...], told: str
) -> None:
    if "already" in told and "2027" in told:
        (mine / "2027-01-01").write_text("somebody's notes")
    before = files(mine)
    ran = alliance("rules", "new", *words, RULES_DIR="mine")
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert ran.err.startswith(f"alliance-bot: {told}")
    assert files(mine) == before


def test_the_packaged_catalogue_is_not_edited(alliance: Alliance) -> None:
    ran = alliance("rules", "new", "2099-01-01", *FROM)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("alliance-bot: RULES_DIR: not set")
    assert not (packaged_folder() / "2099-01-01").exists()


def test_a_head_that_is_written_in_another_way_is_refused_whole(alliance: Alliance, mine: Path) -> None:
    file = mine / "2026-07-29" / "edition.toml"
    text = file.read_text("utf-8").replace('name = "2026-07-29"', '"name" = "2026-07-29"')
    file.write_text(text, "utf-8")
    before = files(mine)
    ran = alliance("rules", "new", "2099-01-01", "--from", "2026-07-29", RULES_DIR="mine")
    assert ran.status == 2
    told = "can't write name anew; let each be a line of its own: key = value"
    assert ran.err == f"alliance-bot: mine/2026-07-29/edition.toml: {told}\n"
    assert files(mine) == before
