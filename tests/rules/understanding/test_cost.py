"""The index is small. Milliseconds are in `make bench`, how time grows is in `tests/test_linear_time.py`."""

import subprocess
import sys

START = """
import resource, sys
from rules.catalogue.load import load, packaged_folder
edition = load(packaged_folder()).edition("2022-10-10")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
from rules.understanding import Understanding
Understanding(edition).read("怎么开通")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
assert "pypinyin" not in sys.modules
"""


def test_the_index_is_small() -> None:
    run = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 40 * 1024
