"""Several whole bots on a database behind an address, as in `compose.yaml`. Each bot can be killed."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from bot.settings import Settings
from tests.web.whole import SECRET, TOKEN, free_port

TICKS = os.sysconf("SC_CLK_TCK")


class Address:
    """Passes connections to the listening bots in turn; a bot that does not listen is left out."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._turn = 0

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass a connection on until either side ends."""
        try:
            there, back = await self._open()
            await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
        except OSError:
            pass
        finally:
            writer.close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for _ in self._ports:
            self._turn += 1
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self._ports[self._turn % len(self._ports)])
        raise ConnectionRefusedError


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    writer.close()


class Fleet:
    """`count` bots, with processes, and with the counts printed at the end."""

    def __init__(self, root: str, url: str, count: int, **settings: str) -> None:
        self.ports = [free_port() for _ in range(count)]
        self.address = free_port()
        self.counts: Counter[str] = Counter()
        self.kills = 0
        self._settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE_URL": root,
            "DATABASE_URL": url,
            "WEBHOOK_URL": f"http://127.0.0.1:{self.address}",
            "WEBHOOK_SECRET": SECRET,
            "MESSAGES_PER_MINUTE": "1000",
            "LOG_LEVEL": "ERROR",
            **settings,
        }
        self._running: list[asyncio.subprocess.Process] = []

    async def start(self, number: int) -> asyncio.subprocess.Process:
        """Start a bot; returns once the bot listens."""
        known = {name: value for name, value in os.environ.items() if name.upper() not in Settings.model_fields}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.counted",
            env=known | self._settings | {"HTTP_PORT": str(self.ports[number])},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert b"listening" in await process.stdout.readline()
        return process

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Fleet"]:
        """The fleet with all bots running; at the end of the block the bots are told to end, and counted."""
        server = await asyncio.start_server(Address(self.ports).pass_on, "127.0.0.1", self.address)
        try:
            self._running = [await self.start(number) for number in range(len(self.ports))]
            yield self
            for one in self._running:
                one.send_signal(signal.SIGTERM)
            for one in self._running:
                out, _ = await one.communicate()
                if out:  # one that was told before it was ready to be told has nothing to say
                    self.counts.update(json.loads(out.splitlines()[-1]))
        finally:
            for one in self._running:
                with contextlib.suppress(ProcessLookupError):
                    one.kill()
                await one.communicate()
            server.close()

    async def kill_now_and_then(self, random: Random, seconds: float, done: asyncio.Event) -> None:
        """Kill and restart a bot every so many seconds, until `done`."""
        while not done.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await done.wait()
            if not done.is_set():
                number = random.randrange(len(self.ports))
                self._running[number].kill()
                await self._running[number].wait()
                self.kills += 1
                self._running[number] = await self.start(number)

    async def at_rest(self) -> None:
        """Return once all bots have started: with hardly any processor time in use."""
        before = -1.0
        while (now := self.cpu_s()) - before > 0.05 * len(self.ports):
            before = now
            await asyncio.sleep(1.0)

    def cpu_s(self) -> float:
        """Processor seconds of all running bots."""
        return sum(_cpu_s(one.pid) for one in self._running)


def _cpu_s(pid: int, *, children: bool = False) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(int(fields[at]) for at in ((11, 12, 13, 14) if children else (11, 12))) / TICKS


def main_process(folder: Path) -> int:
    """The process of the PostgreSQL server with the data in `folder`."""
    return int((folder / "postmaster.pid").read_text("utf-8").splitlines()[0])


def server_cpu_s(folder: Path) -> float:
    """Processor seconds of the PostgreSQL server with the data in `folder`, ended sessions included."""
    main = main_process(folder)
    sessions = Path(f"/proc/{main}/task/{main}/children").read_text("utf-8").split()
    found = 0.0
    for pid in sessions:
        with contextlib.suppress(OSError):
            found += _cpu_s(int(pid))
    return found + _cpu_s(main, children=True)
