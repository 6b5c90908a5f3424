"""`python -m tests.fuzz.planted`: whether the fuzzing finds bugs planted in a copy of the project."""

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
BUGS: list[Mapping[str, str]] = tomllib.loads((Path(__file__).parent / "planted.toml").read_text("utf-8"))["bug"]


def copied(folder: Path) -> None:
    """Copy the project's current files into `folder`."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())


def is_found(folder: Path, bug: Mapping[str, str]) -> bool:
    """True when the test fails on the copy with the bug; the copy is restored."""
    file = folder / bug["file"]
    sound = file.read_text("utf-8")
    assert sound.count(bug["old"]) == 1, f"{bug['name']}: no one place for it in {bug['file']}"
    file.write_text(sound.replace(bug["old"], bug["new"]), "utf-8")
    try:
        return not passes(folder, bug["test"])
    finally:
        file.write_text(sound, "utf-8")


def passes(folder: Path, test: str) -> bool:
    """True when the test passes in the copy."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=900).returncode == 0


def main() -> int:
    """Print the found bugs; exit status 1 when a bug is not found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copied(folder)
        assert all(passes(folder, test) for test in sorted({bug["test"] for bug in BUGS})), "fails without any bug"
        found = {bug["name"]: is_found(folder, bug) for bug in BUGS}
    for bug, was_found in found.items():
        print(f"{'found' if was_found else 'NOT FOUND':9}  {bug}")
    print(f"{sum(found.values())} of {len(found)} planted bugs found")
    return 0 if all(found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
