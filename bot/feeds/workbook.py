"""An XLSX file as CSV text, read by another process: a hostile workbook can break that process only.

`to_csv` is for the caller. The file is also the program of the other process: workbook on standard input, CSV on
standard output, a trouble as exit status. The program imports nothing of the project, gets no environment, and limits
memory, time and output before reading. Line n of the CSV is row n of the first sheet; a formula becomes "=", because
nobody can vouch for the last result.
"""

import csv
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, BinaryIO

MAGIC = b"PK\x03\x04"
NOT_A_WORKBOOK, TOO_LARGE, TOO_MANY_ROWS, TOOK_TOO_MUCH = 3, 4, 5, 6


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that reading a workbook may take."""

    unzipped_bytes: int
    rows: int
    memory_bytes: int
    seconds: int


def to_csv(workbook: IO[bytes], text: IO[bytes], limits: Limits) -> int:
    """Write the first sheet to `text`; both are real files. 0, a status from above, or another number: killed.

    Blocks until the process has ended, at most twice `limits.seconds`.
    """
    numbers = (limits.unzipped_bytes, limits.rows, limits.memory_bytes, limits.seconds)
    command = [sys.executable, "-I", __file__, *map(str, numbers)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with numbers as its only arguments
            command, stdin=workbook, stdout=text, stderr=subprocess.DEVNULL, env={"OPENBLAS_NUM_THREADS": "1"},
            timeout=2 * limits.seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode


def main(arguments: list[str]) -> int:
    """The program of the other process; an exit status."""
    limits = Limits(*map(int, arguments))
    _confine(limits)
    try:
        return _convert(sys.stdin.buffer, limits)
    except (MemoryError, RecursionError):
        return TOOK_TOO_MUCH
    except OSError:  # the output is as large as it may be
        return TOO_LARGE
    except Exception:  # whatever a library makes of a broken workbook, it is a broken workbook
        return NOT_A_WORKBOOK


def _confine(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.unzipped_bytes, limits.unzipped_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _convert(source: BinaryIO, limits: Limits) -> int:
    with zipfile.ZipFile(source) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > limits.unzipped_bytes:
            return TOO_LARGE
    source.seek(0)
    with open(1, "w", encoding="utf-8", newline="", closefd=False) as text:
        return _write(_rows(source), csv.writer(text), limits.rows)


def _write(rows: Iterator[list[str]], out: Any, most: int) -> int:
    """Write the rows; 0, or `TOO_MANY_ROWS` when more than a header and `most` rows are not empty."""
    filled = 0
    for row in rows:
        filled += any(row)
        if filled > most + 1:
            return TOO_MANY_ROWS
        out.writerow(row)
    return 0


def _rows(source: BinaryIO) -> Iterator[list[str]]:
    """The rows of the first sheet from row 1 on, with empty rows."""
    from openpyxl import DEFUSEDXML, load_workbook  # noqa: PLC0415 - only in the confined process

    if not DEFUSEDXML:
        raise RuntimeError("defusedxml is not installed")
    book = load_workbook(source, read_only=True, data_only=False, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # the file's own word on its size may leave rows out
    for row in sheet.iter_rows():
        yield [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    """The cell as text for a CSV file."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return "="
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Excel keeps 15 digits: more are noise of binary fractions, and a longer number shows as rounded, 1.2e+17.
        return f"{value:.15g}"
    return str(value).replace("\r", " ").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
