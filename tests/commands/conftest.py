"""The command line as users call `alliance-bot`: words, streams and an exit status.

Called in the process of the tests, as an interpreter takes a second to start; `test_process` tests the process.
"""

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot import cli


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Alliance = Callable[..., Ran]
HIDDEN = ("rich", "pygments")
"""Libraries kept from being loaded by the command, wanted by other tests."""


def called(folder: Path, *words: str, given: str | bytes = "", **settings: str) -> Ran:
    """`alliance-bot` with `words` in `folder`, with `settings` as the only environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - {"PATH"}:
            patch.delenv(name)
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        with _modules_kept(HIDDEN):
            return _called(patch, words, given.encode() if isinstance(given, str) else given)


@pytest.fixture
def alliance(tmp_path: Path) -> Alliance:
    """`alliance-bot` in an empty folder, with the same database whether there is a token or not."""
    return partial(called, tmp_path, DATABASE_URL="sqlite+aiosqlite:///data/alliance.db")


@pytest.fixture
def upgraded(tmp_path: Path, newest_file: Path) -> Path:
    """The database of the folder, as after `db upgrade`, which takes longer than most commands."""
    (tmp_path / "data").mkdir()
    return Path(shutil.copy(newest_file, tmp_path / "data" / "alliance.db"))


@contextmanager
def _modules_kept(names: Iterable[str]) -> Iterator[None]:
    before = {name: sys.modules[name] for name in names if name in sys.modules}
    yield
    for name in names:
        sys.modules.pop(name, None)
    sys.modules.update(before)


def _called(patch: pytest.MonkeyPatch, words: tuple[str, ...], given: bytes) -> Ran:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    patch.setattr(sys, "argv", ["alliance-bot", *words])
    patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
    patch.setattr(sys, "stdout", out)
    patch.setattr(sys, "stderr", err)
    with ThreadPoolExecutor(1) as pool:  # a test may have a loop of its own
        status = pool.submit(_status).result(timeout=60)
    shown, complained = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    return Ran(status, shown, complained)


def _status() -> int:
    try:
        cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
