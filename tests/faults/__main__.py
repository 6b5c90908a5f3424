"""`python -m tests.faults`: the fault figures with their full counts, printed and written into the tables.

With words for pytest only the chosen tests run: after `-k "r10 or r24"` these rows alone are written, the others stay
as they were measured; after other words nothing is written. With SUITE_DATABASE=postgresql (`.ci/with-postgresql`) the
tests run that are otherwise on SQLite, and what they say stands beside it.
"""

import os
import re
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import pytest

from tests.databases import SUITE
from tests.faults import figures, table

TESTS = Path(__file__).parent.parent
ROW = r"(?:r\d+|fleet|cost)"
_ROWS = re.compile(rf"{ROW}(?: or {ROW})*")
WHOLE_RUN = "R23"
"""The row that counts what a run of all rows logs."""


def files() -> list[str]:
    """The files with tests that report a figure."""
    return [str(file) for file in sorted(TESTS.rglob("test_*.py")) if "faults.scene import" in file.read_text("utf-8")]


def choice(words: list[str]) -> list[str]:
    """The words for pytest: a row chosen is that row and none whose number begins alike."""
    return [re.sub(rf"\b({ROW})\b", r"_\1_", word) for word in words] or ["-k", "faults or _r1 or _r2 or _r3 or _r4"]


def is_of_rows(words: list[str]) -> bool:
    """Whether the words choose whole rows."""
    return not words or (len(words) == 2 and words[0] == "-k" and bool(_ROWS.fullmatch(words[1])))


def keep(found: dict[str, figures.Run]) -> None:
    """Write the rows that were found into the tables."""
    kept = figures.merged(figures.read(), found, SUITE or "sqlite")
    figures.write(kept)
    table.put(table.summary(kept))
    table.put(table.details(kept), table.DETAILS)
    print("never measured:", ", ".join(table.missing(kept)) or "none")


def main(words: list[str]) -> int:
    """Run, and write the tables when all went well; the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        said.touch()
        os.environ |= {"FAULTS": "full", "FAULTS_SAID": str(said)}
        status = int(pytest.main(["-q", *files(), *choice(words)]))
        found = figures.reported(said.read_text("utf-8").splitlines(), datetime.now().astimezone().date())
    for row, run in found.items():
        print("\n".join(f"{row}: {one}" for one in run.said))
    if status == 0 and is_of_rows(words):
        keep({row: run for row, run in found.items() if not words or row != WHOLE_RUN})
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
