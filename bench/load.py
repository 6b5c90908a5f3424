"""The load: updates that wait at the local server, a bot in a process of its own, and the server's own clock."""

import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot.sandbox.people import create_chat, says
from bot.sandbox.serve import Listener, serving
from bot.sandbox.state import Chat, World

TOKEN = "123456:test-token"
PATIENCE_S = 60.0
PAUSE_S = 0.005
"""Between an answer and the next update, for both bots: nobody writes sooner."""

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""With byte code kept, as the Makefile, the image and the unit have it."""

LABELLED = Path(__file__).parents[1] / "tests" / "questions"

logging.getLogger("uvicorn.error").disabled = True


@dataclass(frozen=True)
class Command:
    """The command line of a bot, with `{root}` of the Bot API and a `{folder}` of its own, and its settings."""

    arguments: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)


CORE = Command(("-m", "bench.ours", "{root}", "sqlite+aiosqlite:///{folder}/bench.db"))
"""The durable core with an echo handler, SQLite with synchronous FULL, rate budgets lifted."""

BOT = Command(
    ("-c", "import bot.cli; bot.cli.main()", "run"),
    {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE_URL": "{root}",
        "DATABASE_URL": "sqlite+aiosqlite:///{folder}/bench.db",
        "SEND_RATE_PER_S": "100000",
        "MESSAGES_PER_MINUTE": "1000000",
        "HTTP_PORT": "0",
        "LOG_LEVEL": "ERROR",
        "PYTHONOPTIMIZE": "2",
    },
)
"""The whole bot, which finds the provisions and renders the answer; without docstrings, as `make run` starts it."""

STOCK = Command(("-m", "bench.echo", "{root}"))
"""The echo bot as the library's examples write it."""

STOCK_CONCURRENT = Command(("-m", "bench.echo", "{root}", "concurrent"))
"""The same with `concurrent_updates`."""


@cache
def questions(name: str) -> Sequence[str]:
    """The questions of this labelled file, in its order."""
    lines = (LABELLED / f"{name}.jsonl").read_text("utf-8").splitlines()
    return tuple(str(json.loads(line)["q"]) for line in lines)


def popular(number: int) -> str:
    """One of 115 questions, each asked again and again, as merchants do."""
    return questions("dev")[number % 115]


def different(number: int) -> str:
    """A question that nobody asked before, so that nothing kept in memory helps."""
    return questions("tune")[number]


Asked = Callable[[int], str]


def people(world: World, count: int) -> list[Chat]:
    """So many private chats."""
    return [create_chat(world, {"type": "private", "first_name": f"小店{n}"}) for n in range(count)]


@asynccontextmanager
async def bot_at(
    listener: Listener, command: Command, folder: str | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot, started against this server, killed at the end; in a new folder if none is given."""
    with tempfile.TemporaryDirectory() as fresh:
        folder = folder or fresh
        arguments = [part.format(root=listener.url, folder=folder) for part in command.arguments]
        settings = {name: value.format(root=listener.url, folder=folder) for name, value in command.settings.items()}
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdout=asyncio.subprocess.DEVNULL, env={**ENVIRONMENT, **settings}
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):  # it ended by itself, and said why
                process.kill()
            await process.wait()


async def answers(listener: Listener, count: int) -> list[float]:
    """When each of the first `count` answers reached the server, once they all have."""
    journal, deadline = listener.sandbox.journal, time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = journal.find(method="sendMessage", status=200, limit=1_000_000) if journal.n >= count else []
        if len(found) >= count:
            return [call["mono"] for call in found]
        await asyncio.sleep(0.05)
    raise TimeoutError(f"fewer than {count} answers within {PATIENCE_S:g} s")


def first_poll(listener: Listener) -> float:
    """When the bot first asked for updates."""
    return float(listener.sandbox.journal.find(method="getUpdates", limit=1_000_000)[0]["mono"])


async def burst(command: Command, asked: Asked, count: int, round_trip_ms: float = 0.0) -> float:
    """Answers a second when `count` updates of as many chats wait at once, from the first poll to the last answer."""
    async with serving() as listener:
        world = listener.sandbox.enter(TOKEN)
        if round_trip_ms:
            listener.sandbox.faults.add({"kind": "round_trip", "ms": round_trip_ms, "method": "sendMessage"})
        for number, chat in enumerate(people(world, count)):
            says(world, chat, asked(number))
        async with bot_at(listener, command):
            times = await answers(listener, count)
            return count / (max(times) - first_poll(listener))


async def one_at_a_time(bots: Sequence[tuple[Command, Asked]], count: int, warm: int = 30) -> list[list[float]]:
    """For each bot: milliseconds from each update's arrival at its server to the answer's.

    All bots run; they get their updates turn and turn about, each next one after the answer to the one before.
    """
    async with AsyncExitStack() as stack:
        sides = [await stack.enter_async_context(_side(command, count + warm)) for command, _ in bots]
        taken: list[list[float]] = [[] for _ in sides]
        for number in range(count + warm):
            for (listener, chats), (_, asked), times in zip(sides, bots, taken, strict=True):
                start = time.monotonic()
                says(listener.sandbox.enter(TOKEN), chats[number], asked(number))
                times.append((await _answer(listener, number + 1) - start) * 1000)
                await asyncio.sleep(PAUSE_S)
        return [times[warm:] for times in taken]


@asynccontextmanager
async def _side(command: Command, count: int) -> AsyncIterator[tuple[Listener, list[Chat]]]:
    async with serving() as listener:
        chats = people(listener.sandbox.enter(TOKEN), count)
        async with bot_at(listener, command):
            yield listener, chats


async def _answer(listener: Listener, number: int) -> float:
    """When answer `number` reached the server."""
    journal, seen, found = listener.sandbox.journal, 0, []
    while len(found) < number:
        await journal.signal.wait(PATIENCE_S)
        if journal.n == seen:
            raise TimeoutError("no answer")
        seen = journal.n
        found = journal.find(method="sendMessage", status=200, limit=number) if seen >= number else []
    return float(found[-1]["mono"])


@dataclass(frozen=True)
class Start:
    """Seconds from the process's start to its first poll, and its resident memory then, after `answered` answers."""

    first_poll_s: float
    memory_mb: float


async def start(command: Command, answered: int) -> Start:
    """How the bot starts on a database that exists already, and how much memory it holds once it has worked."""
    with tempfile.TemporaryDirectory() as folder:
        await _started(command, folder, 0)
        return await _started(command, folder, answered)


async def _started(command: Command, folder: str, answered: int) -> Start:
    async with serving() as listener:
        world = listener.sandbox.enter(TOKEN)
        began = time.monotonic()
        async with bot_at(listener, command, folder) as process:
            while not listener.sandbox.journal.find(method="getUpdates"):
                await listener.sandbox.journal.signal.wait(0.01)
            took_s = first_poll(listener) - began
            for number, chat in enumerate(people(world, answered)):
                says(world, chat, popular(number))
            await answers(listener, answered)
            return Start(took_s, _memory_mb(process.pid))


def _memory_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
