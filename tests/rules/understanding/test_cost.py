"""The cost of reading: time linear in the text's length, a small index. The milliseconds are in `make bench`."""

import subprocess
import sys
from time import process_time

import pytest

from rules.understanding import Understanding

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
BUSY = 3
"""A busy machine may slow the longer reading alone."""


def seconds(reader: Understanding, text: str) -> float:
    begun = process_time()
    reader.read(text)
    return process_time() - begun


def test_the_index_is_small() -> None:
    run = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 40 * 1024


@pytest.mark.parametrize(
    "piece", ["精选联盟怎么开通?", "jingxuan ", "abcdefgh ", "分", "3.7", ",体验分3.7,能开吗", "京东做不下去,分,", "á"]
)
def test_time_grows_with_the_length_and_no_faster(reader: Understanding, piece: str) -> None:
    short, long = ((piece * 10_000)[:length] for length in (1_000, 10_000))
    most = 10 * BUSY * max(0.0005, min(seconds(reader, short) for _ in range(3)))
    assert any(seconds(reader, long) < most for _ in range(3))
