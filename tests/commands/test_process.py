"""The command as a process of its own: its bytes and its exit status."""

import json
from pathlib import Path

from tests.commands.conftest import Alliance


def test_bytes_come_and_go_as_utf_8_whatever_the_locale_says(alliance_process: Alliance) -> None:
    ran = alliance_process("ask", "--json", "-", given="体验分3.7会怎样\n", LANG="C", LC_ALL="C")
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out)["question"] == "体验分3.7会怎样"


def test_a_file_that_is_no_database_is_one_line(alliance_process: Alliance, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(bytes(range(256)) * 64)
    ran = alliance_process("sweep", DATABASE_URL="sqlite+aiosqlite:///no.db")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "no.db" in ran.err or "database" in ran.err
