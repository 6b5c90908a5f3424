"""`python -m tests.faults`: every row of the fault figures with the full count, printed and written into README.md.

With words for pytest (-k r10) only the chosen tests run, and the table is not written.
"""

import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import pytest

from tests.faults import table

TESTS = Path(__file__).parent.parent
ELSEWHERE = ("warnings/test_sweep.py", "warnings/test_schedule.py", "web/test_webhook.py")
"""Files with rows of their own, beside what else they test."""


def main(words: list[str]) -> int:
    """Run, and write the table when all went well; the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        said.touch()
        os.environ |= {"FAULTS": "full", "FAULTS_SAID": str(said)}
        files = [str(TESTS / "faults"), *(str(TESTS / name) for name in ELSEWHERE)]
        status = int(pytest.main(["-q", *files, *(words or ["-k", "faults or _r1 or _r2"])]))
        found = table.measured(said.read_text("utf-8").splitlines())
        for row, told in found.items():
            print("\n".join(f"{row}: {one}" for one in told))
        if status == 0 and not words:
            table.put(table.table(found, datetime.now().astimezone().date()))
        return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
