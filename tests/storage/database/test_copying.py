"""Backups onto targets that are none."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import copying


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.fixture
def odd(tmp_path: Path, embedded_url: str) -> Path:
    """A folder with targets that are taken, and the database."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "copy.db.part").write_text("mine")
    (tmp_path / "link").symlink_to("nothing")
    assert embedded_url == f"sqlite+aiosqlite:///{tmp_path}/alliance.db"
    return tmp_path


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("folder", "exists already"),
        ("file", "exists already"),
        ("link", "exists already"),
        ("alliance.db", "exists already"),
        ("/dev/full", "exists already"),
        ("alliance.db-wal", "SQLite's own name"),
        ("alliance.db-journal", "SQLite's own name"),
        ("nowhere/copy.db", "no folder"),
        ("file/copy.db", "no folder"),
    ],
)
def test_an_odd_target_is_refused_and_nothing_is_left(odd: Path, embedded_url: str, target: str, why: str) -> None:
    before = names(odd)
    with pytest.raises(OSError, match=why):
        copying.backup(embedded_url, odd / target, 0)
    assert names(odd) == before
    assert (odd / "file").read_text() == "mine"


def test_a_file_of_somebody_else_beside_the_target_stays(odd: Path, embedded_url: str) -> None:
    copying.backup(embedded_url, odd / "copy.db", 0)
    assert (odd / "copy.db.part").read_text() == "mine"
    with closing(sqlite3.connect(odd / "copy.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert [name for name in names(odd) if name.startswith(".")] == []


def test_a_damaged_database_leaves_no_copy(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(bytes(range(256)) * 64)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        copying.backup(f"sqlite+aiosqlite:///{tmp_path}/no.db", tmp_path / "copy.db", 0)
    assert names(tmp_path) == ["no.db"]
