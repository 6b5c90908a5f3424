"""The load: updates that wait at the local server, a bot in a process of its own, and the server's own clock."""

import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.sandbox.people import create_chat, says
from bot.sandbox.serve import Listener, serving
from bot.sandbox.state import Chat, World

TOKEN = "123456:test-token"
PATIENCE_S = 120.0
PAUSE_S = 0.005
"""Between an answer and the next update, for both bots: nobody writes sooner."""

logging.getLogger("uvicorn.error").disabled = True

Command = Callable[[str, Path], list[str]]
"""The command line of a bot, given the root of the Bot API and a folder of its own."""


def ours(root: str, folder: Path) -> list[str]:
    """The durable core with an echo handler, SQLite with synchronous FULL, rate budgets lifted."""
    return ["-m", "bench.ours", root, f"sqlite+aiosqlite:///{folder}/bench.db"]


def stock(root: str, _: Path) -> list[str]:
    """The echo bot as the library's examples write it."""
    return ["-m", "bench.echo", root]


def stock_concurrent(root: str, _: Path) -> list[str]:
    """The same with `concurrent_updates`."""
    return ["-m", "bench.echo", root, "concurrent"]


def people(world: World, count: int) -> list[Chat]:
    """So many private chats."""
    return [create_chat(world, {"type": "private", "first_name": f"小店{n}"}) for n in range(count)]


@asynccontextmanager
async def bot_at(listener: Listener, command: Command) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot, started against this server, killed at the end."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = command(listener.url, Path(folder))
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.DEVNULL)
        try:
            yield process
        finally:
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


async def burst(command: Command, count: int, round_trip_ms: float = 0.0) -> float:
    """Answers a second when `count` updates of as many chats wait at once, from the first poll to the last answer."""
    async with serving() as listener:
        world = listener.sandbox.enter(TOKEN)
        if round_trip_ms:
            listener.sandbox.faults.add({"kind": "round_trip", "ms": round_trip_ms, "method": "sendMessage"})
        for chat in people(world, count):
            says(world, chat, "怎么开通精选联盟")
        async with bot_at(listener, command):
            times = await answers(listener, count)
            return count / (max(times) - first_poll(listener))


async def one_at_a_time(commands: Sequence[Command], count: int, warm: int = 30) -> list[list[float]]:
    """For each bot: milliseconds from each update's arrival at its server to the answer's.

    All bots run; they get their updates turn and turn about, each next one after the answer to the one before.
    """
    async with AsyncExitStack() as stack:
        sides = [await stack.enter_async_context(_side(command, count + warm)) for command in commands]
        taken: list[list[float]] = [[] for _ in sides]
        for number in range(count + warm):
            for (listener, chats), times in zip(sides, taken, strict=True):
                start = time.monotonic()
                says(listener.sandbox.enter(TOKEN), chats[number], "怎么开通精选联盟")
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
