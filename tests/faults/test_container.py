"""R37: a container that lacks what a program is used to: the bot works there, or one line says what is wanted."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.faults.scene import FULL, report, times
from tests.live import Person, SandboxClient, sandbox_client

TOKEN = "123456:spoken-to-nobody"
CODE = "import sys; from bot.cli import main; sys.argv = ['alliance-bot', 'run']; main()"
NOBODY = 54321
MOUNTED = 'mount --make-rprivate / && mount --bind "$PWD" "$PWD" && cd "$PWD" && {} && exec "$@"'


@dataclass(frozen=True)
class Place:
    """Where the bot is started: commands put before its own, and settings; `line`: all that it says, "" if it works."""

    name: str
    before: Sequence[str] = ()
    settings: dict[str, str] = field(default_factory=dict)
    line: str = ""
    of_root: bool = False


def shell(script: str, *before: str) -> list[str]:
    """A command put before another: a script that ends with that one."""
    return [*before, "sh", "-c", script, "sh"]


UNNAMED = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
READ_ONLY = shell(MOUNTED.format("mount -o remount,bind,ro /"), "unshare", "-m")
NO_TEMPORARY = shell(
    MOUNTED.format("mount -t tmpfs -o ro tmpfs /var/tmp && mount -t tmpfs -o ro tmpfs /dev/shm"), "unshare", "-m"
)
FIRST = ("unshare", "-pf", "--mount-proc", "--kill-child")

WORKING = (
    Place("no HOME, no time zones of the system", ("env", "-u", "HOME"), {"PYTHONTZPATH": "", "TZ": "No/Where"}),
    Place("an ASCII locale", (), ASCII),
    Place("64 descriptors", ("prlimit", "--nofile=64")),
    Place("a working folder that is gone", shell('mkdir x && cd x && rmdir ../x && exec "$@"')),
    Place("a user without a name", UNNAMED, of_root=True),
    Place("a read-only root", READ_ONLY, of_root=True),
    Place("no /var/tmp, no /dev/shm", NO_TEMPORARY, {"TMPDIR": "/nowhere"}, of_root=True),
    Place("process number 1", FIRST, of_root=True),
)
SAYING = (
    Place("12 descriptors", ("prlimit", "--nofile=12"), line="too many open files: raise the limit to 256 .*"),
    Place(".env a folder", shell('mkdir .env && exec "$@"'), line=r"\.env: a folder; wants a file of settings, .*"),
    Place(".env unreadable", shell('ln -s /proc/self/mem .env && exec "$@"'), line=r"\.env: can't be read here: .*"),
    Place(".env not UTF-8", shell(r'printf "A=\377" > .env && exec "$@"'), line=r"\.env: not UTF-8 text; .*"),
    Place("2 processes", ("prlimit", "--nproc=2", *UNNAMED), line="no more threads: raise .*", of_root=True),
    Place("no room for its files", (), {"DATABASE_URL": "sqlite+aiosqlite:////proc/a/b.db"}, line="DATABASE_URL: .*"),
    Place("no token, an open address", (), {"TELEGRAM_BOT_TOKEN": "", "HTTP_HOST": "0.0.0.0"}, line="HTTP_HOST: .*"),
)
ALL_AT_ONCE = Place(
    "all of it at once",
    [*FIRST, *READ_ONLY, "prlimit", "--nofile=64", "env", "-u", "HOME", *UNNAMED],
    {"PYTHONTZPATH": "", "TMPDIR": "/nowhere", **ASCII},
    of_root=True,
)


def is_possible(place: Place) -> bool:
    """Whether this machine can make the place."""
    if not place.of_root:
        return True
    tools = all(shutil.which(tool) for tool in ("unshare", "setpriv", "prlimit"))
    return os.geteuid() == 0 and tools and _runs([*FIRST, *READ_ONLY]) and _runs(UNNAMED)


def _runs(before: Sequence[str]) -> bool:
    command = [*before, sys.executable, "-c", "import aiohttp, sqlalchemy, structlog"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@asynccontextmanager
async def started(place: Place, folder: Path, sandbox: SandboxClient) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot in that place, its files in `folder`; killed if still running."""
    known = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    told = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": sandbox.url, "HTTP_PORT": "0", "LOG_LEVEL": "ERROR"}
    told |= {"DATABASE_URL": f"sqlite+aiosqlite:///{folder}/test.db", "PYTHONPATH": str(Path.cwd())}
    pipe = asyncio.subprocess.PIPE
    command = [*place.before, sys.executable, "-c", CODE]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=known | told | place.settings, stdout=pipe, stderr=pipe
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may write to; those of pytest are of its own user."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def folders(root: Path, kind: str, count: int) -> list[Path]:
    """So many new folders that every user may write to."""
    made = [root / f"{kind}{number}" for number in range(count)]
    for folder in made:
        folder.mkdir()
        folder.chmod(0o777)
    return made


async def asks(person: Person, count: int) -> None:
    """Return when so many questions are answered, each after the other."""
    for _ in range(count):
        await person.says("体验分 3.7 会怎样")
        await person.hears()


def innermost(pid: int) -> int:
    """The last of the processes that each started the next."""
    while below := Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        pid = int(below[0])
    return pid


async def works(place: Place, folder: Path, count: int) -> None:
    """Fails unless the bot answers there, ends when told, and complains of nothing."""
    async with sandbox_client() as sandbox, started(place, folder, sandbox) as process:
        await asks(await sandbox.person(), count)
        os.kill(innermost(process.pid), signal.SIGTERM)
        _, complaint = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, complaint) == (0, b""), place.name


async def says_so(place: Place, folder: Path) -> None:
    """Fails unless the bot ends with one line."""
    async with sandbox_client() as sandbox, started(place, folder, sandbox) as process:
        _, complaint = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2, (place.name, complaint)
    lines = [line for line in complaint.decode().splitlines() if line.startswith("alliance-bot: ")]
    assert [bool(re.fullmatch(f"alliance-bot: {place.line}", line)) for line in lines] == [True], complaint
    assert b"Traceback" not in complaint


async def test_r37_where_something_is_lacking_it_works_or_says_so(open_folder: Path):
    working = [place for place in (WORKING if FULL else (ALL_AT_ONCE, WORKING[1])) if is_possible(place)][: times(8, 1)]
    saying = [place for place in SAYING[: times(len(SAYING), 1)] if is_possible(place)]
    for place, folder in zip(working, folders(open_folder, "works", len(working)), strict=True):
        await works(place, folder, times(5, 1))
    for place, folder in zip(saying, folders(open_folder, "says", len(saying)), strict=True):
        await says_so(place, folder)
    names = "; ".join(place.name for place in working), "; ".join(place.name for place in saying)
    report(
        "R37", f"{len(working)} places where it answers and ends properly: {names[0]}", f"{len(working)} places well"
    )
    report("R37", f"{len(saying)} where one line says what is wanted: {names[1]}", f"{len(saying)} told in a line")
    assert working
    assert saying


@pytest.mark.skipif(not FULL, reason="takes a minute: part of make faults")
async def test_r37_stopped_for_a_minute_it_goes_on(tmp_path: Path):
    stopped_s = 60
    async with sandbox_client() as sandbox, started(Place("anywhere"), tmp_path, sandbox) as process:
        person = await sandbox.person()
        await asks(person, 1)
        process.send_signal(signal.SIGSTOP)
        await person.says("怎么开通精选联盟")
        await asyncio.sleep(stopped_s)
        process.send_signal(signal.SIGCONT)
        await person.hears()
        await asks(person, 1)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
    report(
        "R37",
        f"stopped for {stopped_s} s: what was asked meanwhile is answered, and what is asked after",
        f"stopped {stopped_s} s: answered",
    )
