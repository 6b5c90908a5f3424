"""Import and check of a day's file, at three sizes, against bare sqlite3; and the sending of the warnings.

python -m bench.sweep [SHOPS …]
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench import warnings
from bench.watched import write_files

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
MOST_TIMES = {"first_import_s": 6.0, "import_s": 6.0, "sweep_s": 3.0}
MOST_MB = 300.0
NAMES = {"first_import_s": "first import (registers all)", "import_s": "import of a day", "sweep_s": "daily check"}

Figures = dict[str, float]


def compare(shops: int) -> tuple[bool, Figures]:
    """Whether all ratios of the medians, measured by turns, are as wanted, and our medians; prints the ratios."""
    pairs = [(_run("bench.bare", shops), _run("bench.watched", shops)) for _ in range(ROUNDS)]
    theirs, own = (_medians([pair[side] for pair in pairs]) for side in (0, 1))
    assert own["told"] == theirs["told"], "both must find the same"
    good = True
    for name, most in MOST_TIMES.items():
        ratio = own[name] / theirs[name]
        good &= ratio <= most
        print(f"{shops:9,} shops, {NAMES[name]}: ours {own[name]:.2f} s, bare {theirs[name]:.2f} s, "
              f"ratio {ratio:.2f} (wanted <= {most:g})")  # fmt: skip
    print(f"{shops:9,} shops: {own['told']:,.0f} told, peak memory {own['peak_mb']:.0f} MB (wanted <= {MOST_MB:g})")
    return good and own["peak_mb"] <= MOST_MB, own


def _run(module: str, shops: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        if module == "bench.watched":
            write_files(Path(folder), shops)
        command = [sys.executable, "-m", module, str(shops), folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        figures: Figures = json.loads(done.stdout.splitlines()[-1])
        return figures


def _medians(runs: Sequence[Figures]) -> Figures:
    return {name: median(run[name] for run in runs) for name in runs[0]}


def growth(smaller: Figures, larger: Figures, times: float) -> bool:
    """Whether `times` the shops take about `times` as long; prints the growth."""
    good = True
    for name in ("import_s", "sweep_s"):
        grown = larger[name] / smaller[name]
        good &= grown <= 1.3 * times
        print(f"{times:g} times the shops, {NAMES[name]}: {grown:.1f} times as long (wanted <= {1.3 * times:g})")
    return good


def main(sizes: Sequence[int] = SIZES) -> bool:
    """Whether every figure is as wanted, at all sizes."""
    found = [compare(shops) for shops in sizes]
    good = all(is_good for is_good, _ in found)
    if len(sizes) > 1:
        good &= growth(found[-2][1], found[-1][1], sizes[-1] / sizes[-2])
    return good & asyncio.run(warnings.main())


if __name__ == "__main__":
    raise SystemExit(0 if main([int(size) for size in sys.argv[1:]] or SIZES) else 1)
