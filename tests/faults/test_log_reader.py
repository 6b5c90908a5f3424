"""R35: whoever reads the log is gone, stops reading, comes back, has no room, or was never there."""

import asyncio
import fcntl
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import aiohttp

from bot.settings import Settings
from tests.faults.scene import report, times
from tests.live import Person, sandbox_client
from tests.web.whole import free_port

TOKEN = "123456:spoken-to-nobody"
CODE = "import sys; from bot.cli import main; sys.argv = ['alliance-bot', 'run']; main()"
SMALL_PIPE = 4096


@dataclass
class Scene:
    """A running bot, somebody who asks, and how many questions were asked and answered."""

    process: asyncio.subprocess.Process
    person: Person
    root: str
    asked: int = 0
    answered: int = 0

    async def asks(self, count: int) -> None:
        """Ask so many questions, each after the answer to the last."""
        for _ in range(count):
            self.asked += 1
            await self.person.says("体验分 3.7 会怎样")
            await self.person.hears(within_s=30)
            self.answered += 1

    async def lines_lost(self) -> int:
        """The figure of the metrics."""
        async with aiohttp.request("GET", f"{self.root}/metrics") as reply:
            found = re.search(r"^alliance_log_lines_dropped_total (\d+)", await reply.text(), re.MULTILINE)
        assert found is not None
        return int(found[1])

    async def ends(self) -> int:
        """The exit status after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 20)


@asynccontextmanager
async def talking(folder: Path, stderr: int | None, closes: tuple[int, ...] = ()) -> AsyncIterator[Scene]:
    """The bot with standard error at `stderr`, and with the streams `closes` closed; killed if still running."""
    shut = [f"{number}>&-" for number in closes]
    known = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    port = free_port()
    async with sandbox_client() as sandbox:
        told = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": sandbox.url, "HTTP_PORT": str(port)}
        told |= {
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/{token_hex(4)}.db",
            "LOG_LEVEL": "INFO",
            "LOG_FORMAT": "json",
            "MESSAGES_PER_MINUTE": "1000",
        }
        command = ("sh", "-c", " ".join(['exec "$0" -c "$1"', *shut]), sys.executable, CODE)
        process = await asyncio.create_subprocess_exec(*command, env=known | told, stderr=stderr)
        try:
            person = await sandbox.person()
            yield Scene(process, person, f"http://127.0.0.1:{port}")
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@dataclass(frozen=True)
class Outcome:
    """What became of a circumstance; `told`: what the reader found in the end."""

    asked: int
    answered: int
    lost: int
    status: int
    told: str = ""


async def gone(folder: Path, count: int) -> Outcome:
    """The reader of a pipe goes while the bot runs."""
    reader, writer = os.pipe()
    async with talking(folder, writer) as scene:
        os.close(writer)
        await scene.asks(1)
        os.close(reader)
        await scene.asks(count)
        return Outcome(scene.asked, scene.answered, await scene.lines_lost(), await scene.ends())


async def back(folder: Path, count: int) -> Outcome:
    """The reader of a pipe with a name goes, and another one comes."""
    pipe = folder / "log"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(pipe, os.O_WRONLY)
    async with talking(folder, writer) as scene:
        await scene.asks(1)
        os.close(writer)
        os.close(reader)
        await scene.asks(count)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        lost = await scene.lines_lost()
        await scene.asks(1)
        status = await scene.ends()
    told = os.read(reader, 1 << 16).decode()
    os.close(reader)
    return Outcome(scene.asked, scene.answered, lost, status, told)


async def stopped(folder: Path, count: int) -> Outcome:
    """The reader of a pipe that holds 4 KiB stops reading: a program that writes by itself would stand still."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, SMALL_PIPE)
    os.write(writer, b"." * (SMALL_PIPE - 1))
    async with talking(folder, writer) as scene:
        os.close(writer)
        await scene.asks(count)
        lost, status = await scene.lines_lost(), await scene.ends()
    os.close(reader)
    return Outcome(scene.asked, scene.answered, lost, status)


async def full(folder: Path, count: int) -> Outcome:
    """The disk of the log is full from the start."""
    disk = os.open("/dev/full", os.O_WRONLY)
    async with talking(folder, disk) as scene:
        os.close(disk)
        await scene.asks(count)
        return Outcome(scene.asked, scene.answered, await scene.lines_lost(), await scene.ends())


async def closed(folder: Path, count: int) -> Outcome:
    """Standard input, output and error are closed from the start."""
    async with talking(folder, None, closes=(0, 1, 2)) as scene:
        await scene.asks(count)
        return Outcome(scene.asked, scene.answered, await scene.lines_lost(), await scene.ends())


READERS: Sequence[Callable[[Path, int], Coroutine[Any, Any, Outcome]]] = (back, stopped, closed, gone, full)


async def test_r35_the_bot_answers_whatever_becomes_of_its_log(tmp_path: Path):
    readers, count = READERS[: times(5, 2)], times(40, 2)
    found = {one.__name__: await one(tmp_path, count) for one in readers}
    asked, answered = (sum(getattr(one, name) for one in found.values()) for name in ("asked", "answered"))
    lost = {name: one.lost for name, one in found.items()}
    told = [int(number) for number in re.findall(r'"lines": (\d+), "level": "warning"', found["back"].told)]
    report(
        "R35",
        f"the log's reader {', '.join(found)}: {answered} of {asked} answered; lines lost {lost}, told {told}",
        f"{asked - answered} of {asked} questions lost",
    )
    assert answered == asked
    assert {one.status for one in found.values()} == {0}
    assert told == [lost["back"]]
    assert all(lost[name] > 0 for name in ("back", "gone", "full") if name in lost)
