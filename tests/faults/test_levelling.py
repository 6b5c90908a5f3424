"""R41: the longer it runs, the more it has handled, but it takes no more memory, descriptors, tasks, log or rows."""

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock, milliseconds
from bot.compose import CONNECTIONS
from storage import retention, schema
from storage.database import engine as database
from tests.faults.alone import alone, tasks_of
from tests.faults.merchants import rest
from tests.faults.scene import FULL, report, times
from tests.live import Person, SandboxClient, sandbox_client

UPDATES, CHATS, PARTS = times(50_000, 500), times(5_000, 100), 5
LATER = timedelta(days=31)
"""By then what was done with today has had its time."""

PAGE = os.sysconf("SC_PAGE_SIZE")
OWN_DESCRIPTORS = 50
"""Beside the connections for calls, as many as at most are under way."""

MOST_LOGGED = 400
"""Bytes of the log for an update."""


@dataclass(frozen=True)
class Held:
    """What the process and its database hold after so many updates: `logged` since the figure before."""

    memory_mb: float
    descriptors: int
    tasks: int
    logged: int
    rows: int

    def __str__(self) -> str:
        figures = f"{self.memory_mb:.0f} MB, {self.descriptors} descriptors, {self.tasks} tasks"
        return f"{figures}, {self.logged} bytes logged an update, {self.rows} rows kept"


def memory_mb(pid: int) -> float:
    """Resident memory."""
    return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * PAGE / 1e6


def descriptors(pid: int) -> int:
    """Open files and connections."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def write(people: list[Person], first: int, rounds: int) -> None:
    """Everybody asks, each time of another score; so many at once as the intake takes."""
    for turn in range(first, first + rounds):
        for at in range(0, len(people), 50):
            group = people[at : at + 50]
            await asyncio.gather(*(person.says(f"体验分{3 + turn / 100:.2f}会怎样") for person in group))


async def handled(sandbox: SandboxClient, engine: AsyncEngine) -> None:
    """Return once every update has been handled and every answer sent."""
    while (await sandbox.state())["pending"]:
        await sandbox.calls("getUpdates", after=(await sandbox.state())["calls"], count=1, within_s=0.5)
    await rest(engine, [], within_s=600)


async def rows_later(engine: AsyncEngine) -> int:
    """The updates and messages left when those of today have had their time, and are deleted."""
    now = datetime.now(UTC) + LATER
    now_ms = milliseconds(SystemClock()) + int(LATER.total_seconds() * 1000)
    tables = (schema.inbox, schema.outbox)
    for rule in retention.rules(retention.PERIODS, now.date(), now_ms):
        gone = retention.ROWS_A_STEP if rule.table in tables else 0
        while gone == retention.ROWS_A_STEP:
            async with engine.begin() as conn:
                gone = await retention.step(conn, rule)
    async with engine.begin() as conn:
        return sum([(await conn.execute(select(func.count()).select_from(one))).scalar() or 0 for one in tables])


async def test_r41_what_it_holds_levels_off(database_url: str, tmp_path: Path) -> None:
    engine, log = database.create(database_url), tmp_path / "log"
    found: list[Held] = []
    async with sandbox_client() as sandbox, alone(sandbox.url, database_url, log, SEND_RATE_PER_S="100000") as bot:
        people = [await sandbox.person(f"小店{number}") for number in range(CHATS)]
        rounds = UPDATES // CHATS // PARTS
        for part in range(PARTS):
            before = log.stat().st_size
            await write(people, part * rounds, rounds)
            await handled(sandbox, engine)
            logged = (log.stat().st_size - before) // (rounds * CHATS)
            rows = await rows_later(engine)
            found.append(Held(memory_mb(bot.pid), descriptors(bot.pid), await tasks_of(bot), logged, rows))
            report("R41", f"after {(part + 1) * rounds * CHATS} updates of {CHATS} chats: {found[-1]}", str(found[-1]))
        answers = len(await sandbox.calls("sendMessage", status=200))
    await engine.dispose()
    first, last = found[1], found[-1]
    assert answers == UPDATES
    assert last.descriptors <= OWN_DESCRIPTORS + CONNECTIONS
    assert last.tasks <= first.tasks + 5
    assert max(one.logged for one in found) <= MOST_LOGGED
    assert {one.rows for one in found} == {0}
    assert not FULL or last.memory_mb <= first.memory_mb * 1.1
