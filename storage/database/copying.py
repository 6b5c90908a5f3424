"""A consistent copy of the embedded database, in use or not."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from storage.database import private
from storage.database.engine import file_of

_OF_THE_TARGET: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""What SQLite says when the copy can't be written; the source is only read."""


def backup(url: str, target: Path, now_ms: int) -> None:
    """Write a copy of the embedded database to `target`, marked as a copy: the file appears when whole, or not at all.

    Readable by the owner alone. Raises NotEmbeddedError, FileNotFoundError, sqlite3.Error, and OSError, FileExistsError
    among them, for the target.
    """
    source = file_of(url)
    if not source.is_file():
        raise FileNotFoundError(f"{source.absolute()}: no database there")
    _refuse_what_is_taken(source, target)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:  # readable by its owner alone
        part = Path(folder) / target.name
        private.make(part)
        _write(source, part, now_ms)
        part.rename(target)


def _refuse_what_is_taken(source: Path, target: Path) -> None:
    if target.is_symlink() or target.exists():
        raise FileExistsError(f"{target}: exists already; name a new file")
    if target.absolute().resolve() in [one.resolve() for one in private.beside(source.absolute())]:
        raise FileExistsError(f"{target}: SQLite's own name beside the database; name another file")
    if not target.parent.is_dir():
        raise OSError(f"{target}: no folder {target.parent}")


def _write(source: Path, part: Path, now_ms: int) -> None:
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
            _mark_as_copy(copy, now_ms)
            found = copy.execute("PRAGMA quick_check").fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _OF_THE_TARGET:
            raise OSError(f"{part.name}: can't be written: {error}") from None
        raise
    if found != [("ok",)]:
        raise sqlite3.DatabaseError("the copy is damaged, so the database may be: run PRAGMA integrity_check on it")


def _mark_as_copy(copy: sqlite3.Connection, now_ms: int) -> None:
    """See `storage.database.copies`; a database of an older schema has no table for the mark."""
    if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'copies'").fetchone():
        with copy:
            copy.execute("INSERT INTO copies (copied_at) VALUES (?)", (now_ms,))
