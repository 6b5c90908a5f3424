"""Two whole bots on PostgreSQL behind an address, under repeated kills; and the cost of more bots."""

import asyncio
import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import URL, make_url, select

from storage import schema
from tests.databases import connected, new_database
from tests.faults.fleet import Fleet, main_process, server_cpu_s
from tests.faults.scene import FULL, report, times
from tests.live import Person, SandboxClient, sandbox_client

SCORES = [f"3.{number}" for number in range(11, 99) if number % 10]
PAUSE_S = 0.04
"""Some 25 a second, as fast as one token can answer: in a burst many are taken together, fewer by each of several."""

_ANSWER = re.compile(r"(?:重发 №(?P<again>\d+)：.*\n\n)?[^\n]*?体验分 (?P<score>3\.\d\d) [\s\S]*?(?:№(?P<number>\d+))?")


@dataclass(frozen=True)
class Answer:
    """An answer in a chat: the question and the message number."""

    chat_id: int
    score: str
    number: int
    is_repeat: bool


async def write(people: Sequence[Person], rounds: int, pause_s: float = 0.0) -> None:
    """Everybody asks again and again, each time of another score."""
    for score in SCORES[:rounds]:
        for person in people:
            await person.says(f"体验分{score}会怎样")
            await asyncio.sleep(pause_s)


async def answers(people: Sequence[Person]) -> list[Answer]:
    found = []
    for person in people:
        for message in await person.sees():
            if message.is_from_bot and (match := _ANSWER.fullmatch(message.text)):
                number = int(match["again"] or match["number"])
                found.append(Answer(person.id, match["score"], number, bool(match["again"])))
    return found


async def answered(sandbox: SandboxClient, people: Sequence[Person], count: int, within_s: float) -> list[Answer]:
    """The answers, once each of `count` questions has an answer; after the time limit the answers so far."""
    deadline = asyncio.get_running_loop().time() + within_s
    while asyncio.get_running_loop().time() < deadline:
        before = (await sandbox.state())["calls"]
        found = await answers(people)
        if len({(one.chat_id, one.score) for one in found}) >= count:
            return found
        await sandbox.calls("sendMessage", after=before, count=25, within_s=2)
    return await answers(people)


def disordered(people: Sequence[Person], found: Sequence[Answer], rounds: int) -> int:
    """The number of chats answered out of order."""
    firsts: dict[int, dict[str, None]] = {person.id: {} for person in people}
    for one in found:
        firsts[one.chat_id].setdefault(one.score)
    return sum(list(scores) != SCORES[:rounds] for scores in firsts.values())


async def kept(url: str) -> set[int]:
    """The numbers of all updates in the database."""
    async with connected(url) as conn:
        return set((await conn.execute(select(schema.inbox.c.key))).scalars())


def folder_of(url: URL) -> Path:
    """The data folder of the database's server on the same machine: the socket's folder, or a folder below."""
    host = Path(str(url.query["host"]))
    return host if (host / "postmaster.pid").exists() else host / "data"


def tool(name: str, url: URL, *words: str) -> None:
    """A program of PostgreSQL, run on the database."""
    binaries = Path(f"/proc/{main_process(folder_of(url))}/exe").resolve().parent  # as old as the server
    command = [str(binaries / name), *words, "--dbname", url.set(drivername="postgresql").render_as_string(False)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


async def backed_up(url: str, file: Path) -> set[int]:
    """Take a backup; the updates acknowledged before."""
    acknowledged = await kept(url)
    await asyncio.to_thread(tool, "pg_dump", make_url(url), "--format=custom", f"--file={file}")
    return acknowledged


async def test_fleet_of_two_bots_behind_one_address_and_one_killed_again_and_again(
    postgres: str, server: str, tmp_path: Path
) -> None:
    chats, rounds, pause_s = times(500, 20), times(20, 5), times(5.0, 2.0)
    more = {} if FULL else {"LEASE_MS": "5000"}
    done = asyncio.Event()
    async with sandbox_client() as sandbox, Fleet(sandbox.url, postgres, 2, **more).running() as fleet:
        people = [await sandbox.person(f"店{number}") for number in range(chats)]
        killing = asyncio.create_task(fleet.kill_now_and_then(Random(20221010), pause_s, done))
        writing = asyncio.create_task(write(people, rounds))
        await sandbox.calls("sendMessage", count=min(chats * rounds // 3, 2_000), within_s=240)
        acknowledged = await backed_up(postgres, tmp_path / "dump")
        await writing
        found = await answered(sandbox, people, chats * rounds * 9 // 10, within_s=chats * rounds / 10 + 60)
        done.set()
        await killing
        found = await answered(sandbox, people, chats * rounds, within_s=chats * rounds / 10 + 120)
    restored = await new_database(server)
    await asyncio.to_thread(tool, "pg_restore", make_url(restored), str(tmp_path / "dump"))
    missing = acknowledged - await kept(restored)
    asked, effects = chats * rounds, len({(one.chat_id, one.score) for one in found})
    copies = Counter(one.number for one in found if not one.is_repeat)
    unmarked = len([one for one in found if not one.is_repeat]) - len(
        {(one.chat_id, one.score) for one in found if not one.is_repeat}
    )
    repeats, out_of_order = sum(one.is_repeat for one in found), disordered(people, found, rounds)
    report(
        "fleet",
        f"{asked} updates of {chats} chats, {fleet.kills} kills: {effects} effects, {repeats} marked as repeats,"
        f" {unmarked} unmarked, {out_of_order} chats out of order; backup with {len(acknowledged)} acknowledged"
        f" updates, {len(missing)} missing when restored",
        f"{fleet.kills} kills: {asked - effects} lost, {unmarked} unmarked, {out_of_order} out of order",
    )
    assert fleet.kills >= times(2, 1)
    assert max(copies.values()) == 1
    assert (effects, unmarked, out_of_order, missing) == (asked, 0, 0, set())


async def cost(url: str, count: int, chats: int, rounds: int) -> dict[str, float]:
    """The cost of an update with `count` bots: statements, commits, milliseconds of processor time."""
    folder = folder_of(make_url(url))
    async with sandbox_client() as sandbox, Fleet(sandbox.url, url, count, SEND_RATE_PER_S="100000").running() as fleet:
        people = [await sandbox.person(f"店{number}") for number in range(chats)]
        await people[0].says("/help")
        await people[0].hears()
        await fleet.at_rest()
        bots, server = fleet.cpu_s(), server_cpu_s(folder)
        await write(people, rounds, PAUSE_S)
        found = await answered(sandbox, people, chats * rounds, within_s=chats * rounds / 5 + 60)
        assert len(found) == chats * rounds
        bots, server = fleet.cpu_s() - bots, server_cpu_s(folder) - server
    updates = chats * rounds
    spent = {"ms of the bots": bots * 1000, "ms of the server": server * 1000, **fleet.counts}
    return {name: value / updates for name, value in spent.items()}


@pytest.mark.skipif(not FULL, reason="a measurement of processor time: `make faults`")
async def test_cost_of_an_update_is_no_higher_with_more_replicas(server: str) -> None:
    chats, rounds, most = 150, 6, 1.2
    costs = {count: await cost(await new_database(server), count, chats, rounds) for count in (1, 2, 4)}
    for count, spent in costs.items():
        told = ", ".join(f"{value:.2f} {name}" for name, value in spent.items())
        most_ms = f"at most {processor_ms(spent):.1f} ms of processor time"
        report("cost", f"{count} replicas: an update takes {told}", most_ms)
    for spent in list(costs.values())[1:]:
        assert spent["statements"] <= most * costs[1]["statements"]
        assert processor_ms(spent) <= most * processor_ms(costs[1])


def processor_ms(spent: dict[str, float]) -> float:
    """Of bots and server together."""
    return spent["ms of the bots"] + spent["ms of the server"]
