"""R40: merchants who follow the same scripts see and leave the same, whether or not the bot is killed and hindered."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.journeys.consent import VERSION
from storage import consents, schema
from storage.database import engine as database
from tests.databases import SUITE, new_database
from tests.faults.alone import alone
from tests.faults.merchants import Screen, rest, rows, screen, shows, steps, takes
from tests.faults.scene import report, times
from tests.live import Person, SandboxClient, sandbox_client

CHATS, KILLS = times(30, 5), times(60, 3)
FIRST = 7001
FAULTS = (
    {"kind": "effect_then_drop", "method": "sendMessage", "count": 2},
    {"kind": "html_502", "count": 3},
    {"kind": "429", "method": "sendMessage", "retry_after": 1, "count": 2},
    {"kind": "drop", "count": 3},
    {"kind": "slow", "method": "sendMessage", "ms": 5_000, "count": 2},
    {"kind": "effect_then_drop", "method": "editMessageText", "count": 2},
)


def process(root: str, url: str) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    """The whole bot; another takes its messages over after three seconds."""
    return alone(root, url, LEASE_MS="3000")


@dataclass
class Told:
    """What a run of the scripts left: the screens of each chat after each step, and the rows."""

    screens: dict[int, list[Screen]] = field(default_factory=dict)
    late: dict[int, str] = field(default_factory=dict)
    rows: dict[str, list[str]] = field(default_factory=dict)


async def crowd(sandbox: SandboxClient, engine: AsyncEngine) -> list[Person]:
    """The merchants, who agreed beforehand that the bot keeps what it must."""
    await database.migrate(engine)
    people = [await sandbox.person(f"小店{number}", id=FIRST + number) for number in range(CHATS)]
    async with engine.begin() as conn:
        for person in people:
            await consents.give(conn, person.id, VERSION, 1)
    return people


async def follow(person: Person, number: int, engine: AsyncEngine) -> list[Screen]:
    """Take all steps, each when the bot has done with the one before; the screens."""
    found = []
    for step in steps(number):
        await rest(engine, [person.id], await takes(person, step))
        found.append(await screen(person))
    return found


async def undisturbed(url: str) -> Told:
    """All scripts with nothing in their way."""
    engine = database.create(url)
    async with sandbox_client() as sandbox:
        people = await crowd(sandbox, engine)
        async with process(sandbox.url, url):
            following = (follow(person, number, engine) for number, person in enumerate(people))
            screens = await asyncio.gather(*following)
        told = Told({person.id: found for person, found in zip(people, screens, strict=True)}, {}, await rows(engine))
    await engine.dispose()
    return told


async def follow_again(person: Person, number: int, told: Told, wanted: Told, over: asyncio.Event) -> None:
    """Take all steps, each when the chat shows what it showed before; ends at a screen that never comes."""
    for step, shown in zip(steps(number), wanted.screens[person.id], strict=True):
        await takes(person, step)
        if not await shows(person, shown, over):
            told.late[person.id] = f"{step} shows {await screen(person)}, not {shown}"
            return


async def disturb(
    sandbox: SandboxClient, url: str, engine: AsyncEngine, following: Sequence[asyncio.Task[None]]
) -> int:
    """Kill the bot again and again, with a fault in each of its lives, while somebody follows; the number of kills."""
    random, kills = Random(20221010), 0
    while kills < KILLS and not all(one.done() for one in following):
        before = (await sandbox.state())["calls"]
        async with process(sandbox.url, url):
            await sandbox.fault(**FAULTS[kills % len(FAULTS)])
            if kills % 3 == 1:
                await lock(engine)
            await sandbox.calls("getUpdates", after=before, count=1)  # it says that it listens long before it works
            await asyncio.wait(following, timeout=random.uniform(0.0, 1.0))
        kills += 1
    await sandbox.heal()
    return kills


async def lock(engine: AsyncEngine) -> None:
    """Keep others from writing for a while."""
    async with engine.begin() as conn:
        await conn.execute(update(schema.paces).values(next_at=schema.paces.c.next_at))
        await asyncio.sleep(1.0)


async def disturbed(url: str, wanted: Told) -> tuple[Told, int]:
    """All scripts under kills and faults; the number of kills."""
    told, engine, over = Told(), database.create(url), asyncio.Event()
    async with sandbox_client() as sandbox:
        people = await crowd(sandbox, engine)
        following = [asyncio.create_task(follow_again(one, at, told, wanted, over)) for at, one in enumerate(people)]
        kills = await disturb(sandbox, url, engine, following)
        async with process(sandbox.url, url):
            await asyncio.wait(following, timeout=times(180, 90))
            over.set()
            await asyncio.gather(*following)
            await rest(engine, [person.id for person in people])
        told.screens = {person.id: [await screen(person)] for person in people}
        told.rows = await rows(engine)
    await engine.dispose()
    return told, kills


async def test_r40_merchants_see_and_leave_the_same_under_kills_and_faults(
    suite_url: str, tmp_path: Path, request
) -> None:
    other = f"sqlite+aiosqlite:///{tmp_path}/other.db"
    if SUITE == "postgresql":
        other = await new_database(request.getfixturevalue("server"))
    wanted = await undisturbed(other)
    told, kills = await disturbed(suite_url, wanted)
    final = {chat: screens[-1] for chat, screens in wanted.screens.items()}
    odd = [chat for chat, shown in final.items() if told.screens[chat] != [shown]]
    tables = {
        name: set(found) ^ set(told.rows[name]) for name, found in wanted.rows.items() if told.rows[name] != found
    }
    count = sum(map(len, wanted.screens.values()))
    said = f"{len(odd)} of {CHATS} chats differ, {len(tables)} tables"
    report("R40", f"{count} steps of {CHATS} chats, {kills} kills with a fault each: {said}", f"{kills} kills: {said}")
    assert told.late == {}, "\n".join(told.late.values())
    assert {chat: told.screens[chat] for chat in odd} == {}, [final[chat] for chat in odd]
    assert tables == {}
    assert kills >= times(60, 2)
