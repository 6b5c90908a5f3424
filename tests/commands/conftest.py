"""The command line as its users call it: a process, its streams and its exit status."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Alliance = Callable[..., Ran]


@pytest.fixture
def alliance(tmp_path: Path) -> Alliance:
    """Runs `alliance-bot` in an empty folder, with these settings and nothing else of this machine's."""

    def run(*words: str, given: str | bytes = "", **settings: str) -> Ran:
        data = given.encode() if isinstance(given, str) else given
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), "LANG": "C.UTF-8", **settings}
        command = [sys.executable, "-c", "from bot.cli import main; main()", *words]
        done = subprocess.run(
            command, input=data, capture_output=True, cwd=tmp_path, env=environment, timeout=60, check=False
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
