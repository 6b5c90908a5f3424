"""R22: up, down and up again with a full outbox."""

from collections import Counter

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock, milliseconds
from storage import inbox, outbox, schema
from storage.database import engine as database
from storage.outbox import Lane, Lease, Message
from tests.faults.echo import UNLIMITED, running
from tests.faults.scene import crowd, report, seen, times
from tests.faults.test_replicas import arrival
from tests.live import Person, SandboxClient, sandbox_client

CHATS, EACH = times(100, 8), times(10, 2)


async def fill(engine: AsyncEngine, people: list[Person], words: str) -> list[int]:
    """Put a message for each chat into the outbox; the numbers of the messages."""
    messages = [Message(one.id, Lane.WARNING, "sendMessage", {"text": words}, numbered=True) for one in people]
    async with engine.begin() as conn:
        return await outbox.enqueue(conn, messages * EACH, milliseconds(SystemClock()))


async def down_and_up(engine: AsyncEngine, target: str) -> None:
    """As an operator goes back to an older version, and comes again."""
    async with engine.begin() as conn:
        await conn.run_sync(lambda connection: database.downgrade(connection, target))
    assert await database.migrate(engine)


async def give_up_and_lease(engine: AsyncEngine, dead: int, unsure: int) -> None:
    """A message was given up, another was under way when the process was killed."""
    async with engine.begin() as conn:
        await conn.execute(update(schema.outbox).where(schema.outbox.c.id == dead).values(state="dead"))
        lease = {"state": "sending", "owner": "gone", "lease_until": 1}
        await conn.execute(update(schema.outbox).where(schema.outbox.c.id == unsure).values(lease))


async def deliver(sandbox: SandboxClient, url: str, count: int) -> None:
    """Send until there were so many calls more."""
    sent = len(await sandbox.calls("sendMessage", status=200))
    async with running(sandbox.url, url, limits=UNLIMITED, polls=False):
        await sandbox.calls("sendMessage", status=200, count=sent + count, within_s=60)


@pytest.mark.parametrize("target", ["0009", "0001"])
async def test_r22_up_down_and_up_again_neither_loses_nor_repeats_a_message(
    engine: AsyncEngine, url: str, target: str
) -> None:
    async with sandbox_client() as sandbox:
        people = await crowd(sandbox, CHATS)
        sent = await fill(engine, people, "升级前")
        await deliver(sandbox, url, len(sent))
        open_ones = await fill(engine, people, "升级后")
        await give_up_and_lease(engine, open_ones[0], open_ones[1])
        async with engine.begin() as conn:
            await inbox.add(conn, [arrival(7, people[2].id)], 1)
        await down_and_up(engine, target)
        await deliver(sandbox, url, len(open_ones))
        found = await seen(people)
        async with engine.begin() as conn:
            dead = [one.id for one in await outbox.dead(conn)]
            keys = list((await conn.execute(select(schema.inbox.c.key))).scalars())
    copies = Counter(one.number for one in found)
    lost = set(sent + open_ones[1:]) - set(copies)
    engine_name = url.partition(":")[0].partition("+")[0]
    found_so = f"{len(lost)} lost, {sum(copies.values()) - len(copies)} repeated"
    report("R22", f"{engine_name}, down to {target} with {len(open_ones)} open: {found_so}", found_so)
    assert not lost
    assert max(copies.values()) == 1
    assert [one.number for one in found if one.is_repeat] == [open_ones[1]]
    assert (dead, keys) == ([open_ones[0]], [7])


async def test_r22_numbers_go_on_where_they_were(engine: AsyncEngine) -> None:
    messages = [Message(1, Lane.REPLY, "sendMessage", {"text": "好"})] * 3
    async with engine.begin() as conn:
        await outbox.enqueue(conn, messages, 0, Lease("me", 1))
        await conn.execute(schema.outbox.delete())
    await down_and_up(engine, "0001")
    async with engine.begin() as conn:
        assert await outbox.enqueue(conn, messages[:1], 0) == [4]
