"""`rules`, `db`, `doctor` and `--help` at a terminal."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rules.catalogue.load import packaged_folder
from tests.commands.conftest import Alliance


def test_the_editions_are_listed_and_the_one_that_answers_is_marked(alliance: Alliance) -> None:
    ran = alliance("rules", "list")
    assert ran.status == 0
    assert [line[:12] for line in ran.lines if line.startswith("*")] == ["* 2022-10-10"]


def test_an_edition_is_shown_with_every_clause(alliance: Alliance) -> None:
    ran = alliance("rules", "show", "2022-10-10")
    assert "[clearing.chances]" in ran.out
    assert "每个商家有且仅有3次开通精选联盟机会 ," in ran.out


def test_lint_finds_nothing_in_the_packaged_catalogue(alliance: Alliance) -> None:
    assert alliance("rules", "lint").status == 0


def test_lint_names_file_entry_and_mend_in_an_operators_folder(alliance: Alliance, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(packaged_folder() / "2022-10-10", folder / "2022-10-10")
    edition = folder / "2022-10-10" / "edition.toml"
    edition.write_text(edition.read_text("utf-8").replace('facts = ["closures"]', 'facts = ["closure"]'), "utf-8")
    ran = alliance("rules", "lint", str(folder))
    assert ran.status == 1
    assert 'edition.toml, criterion "entry.closures"' in ran.out
    assert 'did you mean "closures"?' in ran.out


def test_lint_names_a_sentence_that_nothing_uses_when_asked_for_coverage(alliance: Alliance, tmp_path: Path) -> None:
    shutil.copytree(packaged_folder() / "2022-10-10", tmp_path / "mine" / "2022-10-10")
    with (tmp_path / "mine" / "2022-10-10" / "source.txt").open("a", encoding="utf-8") as source:
        source.write("\n警告满两次的,也会被关闭。\n")
    assert alliance("rules", "lint", "mine").status == 0
    ran = alliance("rules", "lint", "--coverage", "mine")
    assert (ran.status, ran.lines[-1]) == (1, "1 problems")
    assert ran.lines[0].startswith('mine/2022-10-10/source.txt, line 59: no clause has "警告满两次的,也会被关闭";')


def test_coverage_of_the_packaged_catalogue_is_whole_and_a_digest_has_no_source(alliance: Alliance) -> None:
    ran = alliance("rules", "lint", "--coverage")
    assert (ran.status, ran.lines) == (0, ["2026-07-29: a digest, there is no source to compare", "no problems"])


def test_lint_of_no_folder_could_not_be_done(alliance: Alliance) -> None:
    assert alliance("rules", "lint", "nowhere").status == 2


def test_the_schema_is_upgraded_once(alliance: Alliance) -> None:
    first, second = alliance("db", "upgrade"), alliance("db", "upgrade")
    assert (first.status, second.status) == (0, 0)
    assert first.out.startswith("upgraded")
    assert second.out.startswith("already")


def test_a_backup_is_a_database(alliance: Alliance, tmp_path: Path, upgraded: Path) -> None:
    copy = tmp_path / "copy.db"
    assert alliance("db", "backup", str(copy)).out == f"copied {upgraded} to {copy}\n"
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM inbox").fetchone() == (0,)
    assert alliance("db", "backup", str(copy)).status == 2


def test_a_backup_of_nothing_could_not_be_done(alliance: Alliance, tmp_path: Path) -> None:
    ran = alliance("db", "backup", str(tmp_path / "copy.db"))
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert not (tmp_path / "copy.db").exists()


def test_a_backup_of_what_is_no_database_could_not_be_done(alliance: Alliance, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database, but long enough to be looked at as one" * 100)
    ran = alliance("db", "backup", "copy.db", DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/notes.txt")
    assert (ran.status, ran.err) == (2, "alliance-bot: DATABASE_URL: file is not a database\n")
    assert not (tmp_path / "copy.db").exists()


def test_a_file_that_is_no_database_is_one_line(alliance: Alliance, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(bytes(range(256)) * 64)
    ran = alliance("sweep", DATABASE_URL="sqlite+aiosqlite:///no.db")
    assert (ran.status, ran.out, ran.err) == (
        2,
        "",
        f"alliance-bot: DATABASE_URL: {tmp_path}/no.db: file is not a database\n",
    )


def test_doctor_names_a_database_that_can_have_no_folder(alliance: Alliance, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    ran = alliance("doctor", DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/notes.txt/alliance.db")
    assert (ran.status, ran.err) == (1, "")
    assert [line for line in ran.lines if line.startswith("BAD  database: ")] != []


def test_doctor_says_what_is_wrong_and_how_to_mend_it(alliance: Alliance) -> None:
    before = alliance("doctor")
    alliance("db", "upgrade")
    after = alliance("doctor")
    assert (before.status, after.status) == (1, 0)
    assert "alliance-bot db upgrade" in before.out
    assert [line[:4] for line in after.lines] == ["ok  "] * 7


def test_doctor_names_a_bad_setting(alliance: Alliance) -> None:
    ran = alliance("doctor", TIMEZONE="Mars")
    assert ran.status == 1
    assert "TIMEZONE" in ran.out


@pytest.mark.usefixtures("upgraded")
def test_doctor_names_a_server_that_is_not_there(alliance: Alliance) -> None:
    ran = alliance("doctor", TELEGRAM_BOT_TOKEN="1:s3cret", TELEGRAM_API_BASE_URL="http://127.0.0.1:1")
    assert ran.status == 1
    assert "TELEGRAM_API_BASE_URL" in ran.out
    assert "s3cret" not in ran.out + ran.err


def test_an_unknown_command_could_not_be_done(alliance: Alliance) -> None:
    ran = alliance("dance")
    assert ran.status == 2
    assert "Traceback" not in ran.err


@pytest.mark.usefixtures("upgraded")
def test_a_database_is_copied_into_an_empty_one_once(alliance: Alliance, tmp_path: Path) -> None:
    source, target = "sqlite+aiosqlite:///data/alliance.db", f"sqlite+aiosqlite:///{tmp_path}/new.db"
    alliance("shops", "add", "71", "--name", "小店")
    copied, again = alliance("db", "copy", source, target), alliance("db", "copy", source, target)
    assert (copied.status, again.status) == (0, 2)
    assert copied.out.startswith("copied 2 rows")
    assert again.err == "alliance-bot: TO: not empty: audit has rows; name an empty database\n"
    assert "小店" in alliance("shops", "list", DATABASE_URL=target).out


@pytest.mark.usefixtures("upgraded")
def test_a_copy_says_what_it_can_not_use_and_no_password(alliance: Alliance) -> None:
    nowhere = "postgresql+asyncpg://me:geheim@127.0.0.1:1/db"
    missing = alliance("db", "copy", "sqlite+aiosqlite:///none.db", nowhere)
    assert missing.err == "alliance-bot: FROM: none.db: no database there\n"
    unknown = alliance("db", "copy", "mysql://me:geheim@host/db", nowhere)
    assert unknown.err.startswith("alliance-bot: FROM: wants sqlite")
    away = alliance("db", "copy", "sqlite+aiosqlite:///data/alliance.db", nowhere)
    assert (away.status, "geheim" in away.err, len(away.err.splitlines())) == (2, False, 1)
