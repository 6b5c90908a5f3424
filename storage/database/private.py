"""Files that their owner alone can read: the database, what SQLite puts beside it (with the same rights), backups."""

import os
import stat
from pathlib import Path
from typing import Final

OWN_FILE: Final = 0o600
OWN_FOLDER: Final = 0o700
BESIDE: Final = ("-wal", "-shm", "-journal")
"""What the names of the files end with that SQLite puts beside a database."""


def make(file: Path) -> None:
    """Make the file when there is none. Raises OSError."""
    os.close(os.open(file, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, OWN_FILE))


def make_folder(folder: Path) -> None:
    """Make the folder when there is none. Raises OSError."""
    folder.mkdir(OWN_FOLDER, parents=True, exist_ok=True)


def close_to_others(file: Path) -> list[Path]:
    """Take the rights of all but the owner away from a database and what is beside; what was open. Raises OSError."""
    there = [one for one in (file, *beside(file)) if one.exists()]
    are_open = [one for one in there if stat.S_IMODE(one.stat().st_mode) & 0o077]
    for one in are_open:
        one.chmod(OWN_FILE)
    return are_open


def beside(file: Path) -> list[Path]:
    """The files that SQLite may put beside a database."""
    return [file.with_name(file.name + end) for end in BESIDE]
