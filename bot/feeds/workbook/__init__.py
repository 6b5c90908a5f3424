"""A workbook or web page as text, read by another process: a hostile file can break that process only.

`to_text` is for the caller; `program` is what the other process runs. The text has a line for each row of each visible
sheet, cells apart by `CELL_END`; a sheet begins with a line of `SHEET` and its name.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

NOT_A_WORKBOOK, TOO_LARGE, TOO_MANY_ROWS, TOOK_TOO_MUCH, ENCRYPTED = 3, 4, 5, 6, 7
CELL_END: Final = "\x1f"
SHEET: Final = "\x1d"
HIDDEN_SHEET: Final = "\x1e"

_PROGRAM: Final = """
import sys
sys.path.append(sys.argv[1])
from bot.feeds.workbook.program import main
sys.exit(main(sys.argv[2:]))
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that reading a workbook may take."""

    unzipped_bytes: int
    rows: int
    memory_bytes: int
    seconds: int


def to_text(source: IO[bytes], text: IO[bytes], limits: Limits, *, is_page: bool = False) -> int:
    """Write the rows of the visible sheets to `text`; both are real files, a page is UTF-8.

    0, a status from above, or another number: killed. Blocks until the process has ended, at most twice
    `limits.seconds`.
    """
    numbers = (limits.unzipped_bytes, limits.rows, limits.memory_bytes, limits.seconds, int(is_page))
    root = Path(__file__).parents[3]
    command = [sys.executable, "-I", "-c", _PROGRAM, str(root), *map(str, numbers)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with numbers as its only arguments
            command, stdin=source, stdout=text, stderr=subprocess.DEVNULL, env={"OPENBLAS_NUM_THREADS": "1"},
            timeout=2 * limits.seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode
