"""Shared by the fault tests: people writing, the answers seen, the number of runs, and the report of a figure."""

import asyncio
import json
import os
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.faults.echo import REPEAT
from tests.live import Person, SandboxClient

T = TypeVar("T")
FULL = os.environ.get("FAULTS") == "full"
_SEEN = re.compile(rf"(?P<text>.*) №(?P<number>\d+)(?P<repeat> {REPEAT})?")


def times(full: T, quick: T) -> T:
    """How often: `full` under `python -m tests.faults`, fewer in the everyday suite."""
    return full if FULL else quick


def assert_within(found: float, most: float) -> None:
    """Fail in a full run when the figure is above `most`: delays on a busy machine say nothing."""
    assert not FULL or found <= most


def report(row: str, said: str, short: str = "") -> None:
    """Print the figure of a row, and keep the figure for the tables.

    `short` is what README.md shows, in a few words: of several that differ in their numbers alone it shows one with the
    largest numbers, so a larger number must be the worse one.
    """
    sys.stdout.write(f"\n{row}: {said}\n")
    if file := os.environ.get("FAULTS_SAID"):
        with Path(file).open("a", encoding="utf-8") as opened:
            opened.write(json.dumps([row, said, short], ensure_ascii=False) + "\n")


@dataclass(frozen=True)
class Seen:
    """An answer in a chat."""

    chat_id: int
    text: str
    number: int
    is_repeat: bool


async def seen(people: Sequence[Person]) -> list[Seen]:
    """All answers to the people, chat by chat in order."""
    found = []
    for person in people:
        for message in await person.sees():
            match = _SEEN.fullmatch(message.text) if message.is_from_bot else None
            if match:
                found.append(Seen(person.id, match["text"], int(match["number"]), bool(match["repeat"])))
    return found


@dataclass(frozen=True)
class Tally:
    """`lost`: questions never answered. `unmarked`: repeats without a mark. `disordered`: chats out of order."""

    lost: int
    repeats: int
    unmarked: int
    disordered: int

    def __str__(self) -> str:
        return f"{self.lost} lost, {self.repeats} repeats, {self.unmarked} unmarked, {self.disordered} out of order"


def tally(asked: dict[int, list[str]], answers: Sequence[Seen]) -> Tally:
    """The comparison of the answers with the questions of each chat."""
    got: dict[int, list[str]] = {chat_id: [] for chat_id in asked}
    copies: Counter[int] = Counter()
    firsts: Counter[int] = Counter()
    for one in answers:
        copies[one.number] += 1
        firsts[one.number] += not one.is_repeat
        if one.text not in got[one.chat_id]:
            got[one.chat_id].append(one.text)
    return Tally(
        lost=sum(len(set(texts) - set(got[chat_id])) for chat_id, texts in asked.items()),
        repeats=sum(count - 1 for count in copies.values()),
        unmarked=sum(max(0, count - 1) for count in firsts.values()),
        disordered=sum(
            got[chat_id] != [text for text in texts if text in got[chat_id]] for chat_id, texts in asked.items()
        ),
    )


async def crowd(sandbox: SandboxClient, count: int) -> list[Person]:
    """So many people, each in a private chat."""
    return [await sandbox.person(f"小店{n}") for n in range(count)]


async def ask(people: Sequence[Person], rounds: int, pause_s: float = 0.0, first: int = 0) -> dict[int, list[str]]:
    """Everybody writes in turn, `rounds` times; the questions of each chat."""
    asked: dict[int, list[str]] = {person.id: [] for person in people}
    for turn in range(first, first + rounds):
        for person in people:
            asked[person.id].append(f"问{turn}")
            await person.says(f"问{turn}")
            if pause_s:
                await asyncio.sleep(pause_s)
    return asked


async def all_answered(sandbox: SandboxClient, people: Sequence[Person], count: int, within_s: float) -> list[Seen]:
    """The answers, once `count` are different; after the time limit the answers so far."""
    deadline = asyncio.get_running_loop().time() + within_s
    while True:
        answers = await seen(people)
        if len({(one.chat_id, one.text) for one in answers}) >= count or asyncio.get_running_loop().time() > deadline:
            return answers
        await sandbox.calls("sendMessage", after=(await sandbox.state())["calls"], count=1, within_s=0.5)


@asynccontextmanager
async def process(name: str, *words: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """The module `name` in a ready process; killed at the end of the block if still running."""
    command = ("-m", f"tests.faults.{name}", *map(str, words))
    started = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    try:
        assert started.stdout is not None
        assert await started.stdout.readline() == b"ready\n"
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


def percentile(values: Sequence[float], percent: int) -> float:
    """The value not exceeded by `percent` percent of the values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
