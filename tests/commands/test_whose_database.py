"""Which database a command works on, and whose it is."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.conftest import Alliance
from tests.web.whole import process

OURS = {"TELEGRAM_BOT_TOKEN": "123456:ours", "TELEGRAM_API_BASE_URL": "http://127.0.0.1:1"}
OTHER = {"TELEGRAM_BOT_TOKEN": "654321:other", "TELEGRAM_API_BASE_URL": "http://127.0.0.1:1"}
UNSET = {"DATABASE_URL": ""}


NO_TOKEN = "; TELEGRAM_BOT_TOKEN is empty, so this is the sandbox's database: set it, or DATABASE_URL"


def databases(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*.db"))


@pytest.mark.parametrize(
    "words",
    [
        ("shops", "list"),
        ("shops", "add", "71", "--name", "花店"),
        ("sweep",),
        ("db", "restored"),
        ("db", "backup", "copy.db"),
        ("db", "adopt", "--bot", "5"),
        ("admin", "log"),
    ],
    ids=" ".join,
)
def test_in_another_folder_a_command_finds_no_database_says_so_and_makes_none(
    alliance: Alliance, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = alliance(*words, **UNSET)
    told = f"alliance-bot: DATABASE_URL: {tmp_path}/data/sandbox.db: no database there; go to the bot's folder"
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(told)
    assert ran.err.endswith(NO_TOKEN + "\n")
    assert len(ran.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_database_named_with_its_full_path_is_made_and_said_to_be_new(alliance: Alliance, tmp_path: Path) -> None:
    there = {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}
    backup = alliance("db", "backup", "copy.db", **there)
    mend = "start the bot once, or: alliance-bot db upgrade"
    assert backup.err == f"alliance-bot: DATABASE_URL: {tmp_path}/new.db: no database there; {mend}\n"
    first, second = (alliance("shops", "add", "71", "--name", "花店", **there) for _ in range(2))
    assert (first.status, first.err) == (0, f"alliance-bot: a new database: {tmp_path}/new.db\n")
    assert (second.status, second.err) == (0, "")


def test_with_a_token_it_is_the_bots_database_that_is_not_there(alliance: Alliance, tmp_path: Path) -> None:
    ran = alliance("shops", "list", **UNSET, **OURS)
    assert ran.err.startswith(f"alliance-bot: DATABASE_URL: {tmp_path}/data/alliance.db: no database there; go to")
    assert "TELEGRAM_BOT_TOKEN" not in ran.err
    named = alliance("shops", "list", **OURS, DATABASE_URL="sqlite:///data/sandbox.db")
    assert "TELEGRAM_BOT_TOKEN" not in named.err


def test_doctor_finds_none_and_makes_none(alliance: Alliance, tmp_path: Path) -> None:
    ran = alliance("doctor", **UNSET)
    (line,) = [line for line in ran.lines if "database" in line]
    assert line.startswith(f"BAD  database: DATABASE_URL: {tmp_path}/data/sandbox.db: no database there")
    assert line.endswith(NO_TOKEN)
    assert list(tmp_path.iterdir()) == []


def test_the_sandbox_has_a_database_of_its_own(alliance: Alliance, tmp_path: Path) -> None:
    assert alliance("db", "upgrade", **UNSET).out.endswith(f": {tmp_path}/data/sandbox.db\n")
    alliance("db", "upgrade", **UNSET, **OURS)
    assert databases(tmp_path) == ["data/alliance.db", "data/sandbox.db"]


@pytest.mark.usefixtures("upgraded")
def test_a_command_with_the_token_of_another_bot_is_refused_until_the_database_is_given_away(
    alliance: Alliance,
) -> None:
    assert alliance("db", "adopt", **OURS).out.startswith("belongs to bot 123456 now, before to no bot; start the bot")
    assert alliance("db", "adopt", **OURS).out == "belongs to bot 123456 already\n"
    refused = alliance("shops", "list", **OTHER)
    told = "alliance-bot: DATABASE_URL: belongs to bot 123456, but the token is of bot 654321"
    assert (refused.status, refused.err[: len(told)], len(refused.err.splitlines())) == (2, told, 1)
    assert alliance("shops", "add", "71", "--name", "花店").status == 0, "no token is needed for that"
    assert "but there is no token" in alliance("shops", "invite", "71").err
    given = alliance("db", "adopt", "--bot", "654321")
    assert given.out.startswith("belongs to bot 654321 now, before to bot 123456;")
    assert alliance("shops", "list", **OTHER).status == 0
    assert alliance("shops", "list", **OURS).status == 2
    assert alliance("admin", "log").lines[0].endswith("action=db.adopt  subject=123456 → 654321")


@pytest.mark.usefixtures("upgraded")
def test_without_a_token_a_database_is_given_to_a_bot_by_its_id_alone(alliance: Alliance) -> None:
    ran = alliance("db", "adopt")
    assert (ran.status, ran.err) == (
        2,
        "alliance-bot: TELEGRAM_BOT_TOKEN: empty; set it, or name the bot: alliance-bot db adopt --bot ID\n",
    )


@pytest.mark.usefixtures("upgraded")
def test_doctor_says_whose_the_database_is(alliance: Alliance, tmp_path: Path) -> None:
    def database(**settings: str) -> str:
        return next(line for line in alliance("doctor", **settings).lines if "database" in line)

    assert database().startswith(f"ok   database: sqlite at {tmp_path}/data/alliance.db, schema at ")
    assert database().endswith(", of no bot yet")
    alliance("db", "adopt", **OURS)
    assert database(**OURS).endswith(", of bot 123456")
    assert database(**OTHER).startswith("BAD  database: belongs to bot 123456, but the token is of bot 654321")
    assert database().startswith("BAD  database: belongs to bot 123456, but there is no token")


async def test_a_start_without_a_token_on_the_database_of_a_bot_is_one_line(alliance: Alliance, upgraded: Path) -> None:
    alliance("db", "adopt", **OURS)
    async with process(DATABASE_URL=f"sqlite:///{upgraded}", HTTP_PORT="0") as running:
        err = (await asyncio.wait_for(running.communicate(), 60))[1].decode()
    line = "alliance-bot: DATABASE_URL: belongs to bot 123456, but there is no token: set that bot's TELEGRAM_BOT_TOKEN"
    assert (running.returncode, err[: len(line)], err.count("\n")) == (2, line, 1)
    with closing(sqlite3.connect(upgraded)) as opened:
        assert opened.execute("SELECT count(*) FROM chats").fetchone() == (0,)


@pytest.mark.parametrize("kind", ["a folder", "in a file", "no database", "read-only"])
def test_a_database_that_can_not_be_used_is_one_line_with_its_path(
    alliance: Alliance, tmp_path: Path, upgraded: Path, kind: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "words").write_text("no database" * 1000)
    file = {"a folder": "folder", "in a file": "words/a.db", "no database": "words", "read-only": "/proc/version"}[kind]
    for command in ("sweep", "doctor"):
        ran = alliance(command, HTTP_PORT="0", DATABASE_URL=f"sqlite:///{tmp_path / file}", **OURS)
        said = ran.err or next(line for line in ran.lines if "database" in line)
        assert ran.status == (1 if command == "doctor" else 2)
        assert str(tmp_path / file.removesuffix("/a.db")) in said
        assert len(ran.err.splitlines()) <= 1
        assert "Traceback" not in ran.out + ran.err
    assert os.access(upgraded, os.R_OK)
