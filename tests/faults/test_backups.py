"""R35b: a backup onto a target that is full, at every place where the disk may end."""

import subprocess
import sys
from pathlib import Path

from tests.faults.scene import report, times

SCRIPT = """
import resource, sys
from pathlib import Path
from storage.database import copying
url, target, *limits = sys.argv[1:]
for limit in map(int, limits):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        copying.backup(url, Path(target), 0)
        print(limit, "whole")
    except OSError as error:
        print(limit, error)
    left = [one.name for one in Path(target).parent.iterdir()]
    print(*left, sep="\\n", file=sys.stderr)
"""
"""A limit to the size of files is met as a full disk is: in the middle of a write."""


def test_r35_a_backup_onto_a_full_disk_leaves_nothing_half_written(embedded_url: str, tmp_path: Path) -> None:
    target = tmp_path / "backups" / "copy.db"
    target.parent.mkdir()
    size = Path(embedded_url.partition(":///")[2]).stat().st_size
    steps = times(100, 8)
    limits = [size * step // steps for step in range(steps)]
    command = [sys.executable, "-c", SCRIPT, embedded_url, str(target), *map(str, [*limits, 4 * size])]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    said = done.stdout.splitlines()
    refused = [line for line in said if "copy.db: can't be written" in line]
    left = done.stderr.split()
    report(
        "R35",
        f"{len(refused)} backups onto a full disk: {len(left) - 1} files half-written; the next is whole",
        f"{len(left) - 1} of {len(refused)} backups half-written",
    )
    assert (len(refused), said[-1], left) == (steps, f"{4 * size} whole", ["copy.db"])
