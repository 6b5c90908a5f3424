"""`rules impact` and `rules announce`, and an operator's own edition at a terminal."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.conversation.memory import CheckUnderway
from tests.commands.conftest import Alliance
from tests.invented import NAME, revised

ANSWERS = {
    "store_opened": True,
    "account_usable": True,
    "operating_normally": True,
    "closures": 3,
    "score": "4.2",
    "joined_on": "2022-01-01",
    "in_alliance": False,
    "penalties": [],
    "related_serious_violation": False,
    "brand_documents_complete": True,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return revised(tmp_path / "mine")


def keep(file: Path, chat_id: int, **changed: object) -> None:
    """Insert a kept check of a chat under the edition of 2022."""
    answers = {**ANSWERS, **changed}
    check = CheckUnderway(id="1", edition="2022-10-10", key="check:1", answers=answers, finished=True)
    row = (chat_id, "2022-10-10", check.model_dump_json(), "{}", "2022-10-10", 0)
    with closing(sqlite3.connect(file)) as database, database:
        names = "chat_id, edition, answers, report, on_day, created_at"
        database.execute(f"INSERT INTO checks ({names}) VALUES (?, ?, ?, ?, ?, ?)", row)


def test_the_impact_is_counted_beforehand_and_nothing_is_written(
    alliance: Alliance, upgraded: Path, folder: Path
) -> None:
    keep(upgraded, 1)
    keep(upgraded, 2, closures=0)
    before = upgraded.read_bytes()
    ran = alliance("rules", "impact", NAME, RULES_DIR=str(folder))
    assert ran.status == 0
    assert ran.lines[0] == f"2022-10-10 → {NAME}: 2 chats looked at, 1 with a change"
    assert "       1 verdict barred > eligible" in ran.lines
    assert upgraded.read_bytes() == before


@pytest.mark.usefixtures("upgraded")
def test_nobody_is_told_of_a_switch_that_has_not_been(alliance: Alliance, folder: Path) -> None:
    ran = alliance("rules", "announce", NAME, RULES_DIR=str(folder))
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert "set RULES_EDITION and restart" in ran.err


def test_a_switch_wants_a_database_that_is_up_to_date(alliance: Alliance) -> None:
    ran = alliance("rules", "impact", "latest")
    assert ran.status == 2
    assert "alliance-bot db upgrade" in ran.err


def test_an_edition_of_ones_own_answers_without_code(alliance: Alliance, folder: Path) -> None:
    answer = json.loads(alliance("ask", "--json", "3.55会怎样", RULES_DIR=str(folder), RULES_EDITION=NAME).out)
    assert answer["edition"] == NAME
    assert any("若体验分<3.6分" in quote for quote in answer["quotes"])


@pytest.mark.parametrize("command", [["ask", "怎么开通"], ["check", "-"]])
def test_latest_and_unknown_editions_are_never_guessed(alliance: Alliance, command: list[str]) -> None:
    assert alliance(*command, "--edition", "latest").status == 0
    ran = alliance(*command, "--edition", "2022-10-11")
    assert (ran.status, ran.out) == (2, "")
    assert "--edition" in ran.err
    assert "known are 2022-10-10, 2026-07-29" in ran.err


def test_latest_is_an_error_when_no_edition_is_in_force(alliance: Alliance, folder: Path) -> None:
    edition = folder / NAME / "edition.toml"
    text = edition.read_text("utf-8").replace("held_from = 2027-01-01", "held_from = 2097-01-01")
    edition.write_text(text, "utf-8")
    ran = alliance("ask", "怎么开通", RULES_DIR=str(folder), RULES_EDITION="latest")
    assert ran.status == 2
    assert "no edition is known to be in force" in ran.err
    assert "2022-10-10 (2022-10-10 to 2023-06-26)" in ran.err


@pytest.mark.usefixtures("upgraded")
def test_doctor_says_that_a_newer_edition_is_there(alliance: Alliance) -> None:
    told = alliance("doctor").out
    assert "as far as known it held until 2023-06-26" in told
    assert "newer in the catalogue: 2026-07-29" in told
    assert "newer in the catalogue" not in alliance("doctor", RULES_EDITION="latest").out
