"""R16: a chat closed to the bot gets a single call, then none until the person speaks again."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from sqlalchemy import func, select

from bot.clock import SystemClock, milliseconds
from bot.journeys import router
from storage import outbox, revival, schema
from storage.outbox import Lane, Message
from tests.faults.echo import UNLIMITED, Core, running
from tests.faults.scene import all_answered, report
from tests.faults.warner import CONTEXT
from tests.live import Person, SandboxClient, sandbox_client

WAYS: dict[str, Callable[[SandboxClient, Person], Awaitable[object]]] = {
    "blocked": lambda sandbox, person: sandbox.fault("status", chat_id=person.id, status=403),
    "deactivated": lambda sandbox, person: sandbox.fault(
        "status", chat_id=person.id, status=403, description="Forbidden: user is deactivated"
    ),
    "chat not found": lambda sandbox, person: sandbox.fault(
        "status", chat_id=person.id, status=400, description="Bad Request: chat not found"
    ),
}


async def warn(parts: Core, chat_id: int, count: int) -> None:
    async with parts.engine.begin() as conn:
        messages = [Message(chat_id, Lane.WARNING, "sendMessage", {"text": f"预警{n}"}) for n in range(count)]
        await outbox.enqueue(conn, messages, milliseconds(SystemClock()))
    parts.sender.wake()


async def blocked(parts: Core) -> list[int]:
    async with parts.engine.begin() as conn:
        return await revival.blocked(conn)


async def until_quiet(parts: Core) -> None:
    """Return when nothing waits and nothing is under way."""
    clock = SystemClock()
    while True:
        async with parts.engine.begin() as conn:
            query = select(func.count()).where(schema.outbox.c.state.in_(("waiting", "sending")))
            if not (await conn.execute(query)).scalar():
                return
        await clock.sleep(0.02)


@pytest.mark.parametrize("way", WAYS)
async def test_r16_a_chat_that_is_gone_is_called_once_and_comes_back_when_it_speaks(database_url: str, way: str):
    async with sandbox_client() as sandbox, running(sandbox.url, database_url) as parts:
        await sandbox.bot_has_come()
        person = await sandbox.person()
        fault = await WAYS[way](sandbox, person)
        await warn(parts, person.id, 3)
        await until_quiet(parts)
        await warn(parts, person.id, 3)
        await until_quiet(parts)
        calls = await sandbox.calls("sendMessage", chat_id=person.id)
        shown = await blocked(parts)
        await sandbox.heal(int(str(fault)))
        await person.says("/start")
        answers = await all_answered(sandbox, [person], 1, within_s=30)
        revived = await blocked(parts)
    report("R16", f"{way}: {len(calls)} call for 6 warnings, then revived by /start", f"{len(calls)} call, then none")
    assert len(calls) == 1
    assert (shown, revived) == ([person.id], [])
    assert [one.text for one in answers] == ["/start"]


async def test_r16_who_blocks_the_bot_is_not_called_at_all(database_url: str):
    handle = partial(router.handle, CONTEXT)
    async with (
        sandbox_client() as sandbox,
        running(sandbox.url, database_url, limits=UNLIMITED, handle=handle) as parts,
    ):
        await sandbox.bot_has_come()
        person = await sandbox.person()
        await person.says("你好")
        await person.hears()
        await person.blocks()
        while await blocked(parts) != [person.id]:
            await SystemClock().sleep(0.02)
        await warn(parts, person.id, 3)
        await until_quiet(parts)
        calls = await sandbox.calls("sendMessage", chat_id=person.id)
        await person.unblocks()
        while await blocked(parts):
            await SystemClock().sleep(0.02)
        await warn(parts, person.id, 1)
        await until_quiet(parts)
        after = await sandbox.calls("sendMessage", chat_id=person.id)
    assert (len(calls), len(after)) == (1, 2)


async def test_r16_a_group_that_moved_is_written_to_at_its_new_id(database_url: str):
    async with sandbox_client() as sandbox, running(sandbox.url, database_url, limits=UNLIMITED) as parts:
        await sandbox.bot_has_come()
        group = await sandbox.chat(type="group", title="商家群")
        new_id = await group.migrates()
        await warn(parts, group.id, 2)
        await until_quiet(parts)
        await warn(parts, group.id, 1)
        await until_quiet(parts)
        old = await sandbox.calls("sendMessage", chat_id=group.id)
        new = await sandbox.calls("sendMessage", chat_id=new_id, status=200)
    said = f"group moved: {len(old)} call to the old id, {len(new)} to the new one"
    report("R16", said, f"{len(old)} call, then none")
    assert (len(old), len(new)) == (1, 3)
