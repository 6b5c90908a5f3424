"""The load: updates waiting at the local server, a bot in another process, times by the server's clock."""

import asyncio
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from bench import memory
from bench.contestants import TOKEN, Contestant
from bot.sandbox.listening import Listener, serving
from bot.sandbox.people import create_chat, says
from bot.sandbox.state import Chat, World

PATIENCE_S = 120.0
PAUSE_S = 0.005
"""Between an answer and the next update, for every bot: nobody writes sooner."""

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""With byte code kept, as in the Makefile, the image and the unit."""

logging.getLogger("uvicorn.error").disabled = True


def people(world: World, count: int) -> list[Chat]:
    """So many private chats."""
    return [create_chat(world, {"type": "private", "first_name": f"小店{n}"}) for n in range(count)]


@asynccontextmanager
async def bot_at(
    listener: Listener, contestant: Contestant, folder: str | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process of the bot, started against the server, killed at the end; in a new folder if none is given."""
    with tempfile.TemporaryDirectory() as fresh:
        folder = folder or fresh
        arguments = [part.format(root=listener.url, folder=folder) for part in contestant.arguments]
        settings = {name: value.format(root=listener.url, folder=folder) for name, value in contestant.settings.items()}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdout=asyncio.subprocess.DEVNULL,
            cwd=folder,  # where no .env is
            env={**ENVIRONMENT, **settings, "PYTHONPATH": str(contestant.checkout)},
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):  # it ended by itself, and said why
                process.kill()
            await process.wait()


def sent(listener: Listener, after: int = 0, **wanted: Any) -> list[dict[str, Any]]:
    """Messages received by the server after call number `after`, oldest first."""
    return listener.sandbox.journal.find(after, limit=1_000_000, method="sendMessage", status=200, **wanted)


async def answers(listener: Listener, count: int) -> list[float]:
    """Instants (monotonic s) of the first `count` answers at the server, once all are there. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = sent(listener) if listener.sandbox.journal.n >= count else []
        if len(found) >= count:
            return [call["mono"] for call in found]
        await asyncio.sleep(0.05)
    raise TimeoutError(f"fewer than {count} answers within {PATIENCE_S:g} s")


async def first_poll(listener: Listener) -> float:
    """Instant (monotonic s) of the bot's first poll, once there was a poll."""
    journal = listener.sandbox.journal
    polls = await journal.signal.until(lambda: journal.find(limit=1_000_000, method="getUpdates"), PATIENCE_S)
    return float(polls[0]["mono"])


async def burst(contestant: Contestant, count: int, round_trip_ms: float = 0.0) -> float:
    """Answers a second when `count` updates of as many chats wait at once, from the first poll to the last answer."""
    async with serving() as listener:
        world = listener.sandbox.enter(TOKEN)
        if round_trip_ms:
            listener.sandbox.faults.add({"kind": "round_trip", "ms": round_trip_ms, "method": "sendMessage"})
        for number, chat in enumerate(people(world, count)):
            says(world, chat, contestant.asked(number))
        async with bot_at(listener, contestant):
            times = await answers(listener, count)
            return count / (max(times) - await first_poll(listener))


async def one_at_a_time(contestants: Sequence[Contestant], count: int, warm: int = 30) -> list[list[float]]:
    """For each bot the milliseconds from the arrival of each update at the server to the arrival of the answer.

    All bots run and get updates by turns, each update after the answer to the update before.
    """
    async with AsyncExitStack() as stack:
        sides = [await stack.enter_async_context(_side(one, count + warm)) for one in contestants]
        taken: list[list[float]] = [[] for _ in sides]
        for number in range(count + warm):
            for (listener, chats), contestant, times in zip(sides, contestants, taken, strict=True):
                times.append(await _taken_ms(listener, chats[number], contestant.asked(number)))
                await asyncio.sleep(PAUSE_S)
        return [times[warm:] for times in taken]


@asynccontextmanager
async def _side(contestant: Contestant, count: int) -> AsyncIterator[tuple[Listener, list[Chat]]]:
    async with serving() as listener:
        chats = people(listener.sandbox.enter(TOKEN), count)
        async with bot_at(listener, contestant):
            yield listener, chats


async def _taken_ms(listener: Listener, chat: Chat, text: str) -> float:
    journal = listener.sandbox.journal
    before, start = journal.n, time.monotonic()
    says(listener.sandbox.enter(TOKEN), chat, text)
    found = await journal.signal.until(lambda: sent(listener, before), PATIENCE_S)
    if not found:
        raise TimeoutError("no answer")
    return (float(found[0]["mono"]) - start) * 1000


@dataclass(frozen=True)
class Start:
    """Seconds from the start of a process to the first poll, and the resident memory in MB after some answers."""

    first_poll_s: float
    memory_mb: float


async def start(contestant: Contestant, answered: int) -> Start:
    """The start of a bot in a folder where the bot ran before, with the memory held after `answered` answers."""
    with tempfile.TemporaryDirectory() as folder:
        await _started(contestant, folder, 0)
        return await _started(contestant, folder, answered)


async def _started(contestant: Contestant, folder: str, answered: int) -> Start:
    async with serving() as listener:
        world = listener.sandbox.enter(TOKEN)
        began = time.monotonic()
        async with bot_at(listener, contestant, folder) as process:
            took_s = await first_poll(listener) - began
            for number, chat in enumerate(people(world, answered)):
                says(world, chat, contestant.asked(number))
            await answers(listener, answered)
            return Start(took_s, memory.resident_mb(process.pid))
