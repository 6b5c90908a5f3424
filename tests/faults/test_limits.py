"""R4, R11: some chats must wait, or much is to be sent; everybody else gets answers."""

import asyncio
import time

from bot.clock import SystemClock, milliseconds
from storage import outbox
from storage.outbox import Lane, Message
from tests.faults.echo import running
from tests.faults.scene import all_answered, assert_within, crowd, percentile, report, times
from tests.live import Person, SandboxClient, sandbox_client


async def delays(sandbox: SandboxClient, asked_at: dict[int, float]) -> list[float]:
    """Seconds from each person's question to the answering call."""
    calls = await sandbox.calls("sendMessage", status=200)
    return [call["mono"] - asked_at[call["chat_id"]] for call in calls if call["chat_id"] in asked_at]


async def ask_in_turn(people: list[Person], pause_s: float) -> dict[int, float]:
    asked_at = {}
    for person in people:
        asked_at[person.id] = time.monotonic()
        await person.says("问")
        await asyncio.sleep(pause_s)
    return asked_at


async def test_r4_chats_that_must_wait_are_left_alone_and_nobody_else_waits(database_url: str):
    wait_s = times(5, 1)
    async with sandbox_client() as sandbox, running(sandbox.url, database_url):
        await sandbox.bot_has_come()
        people = await crowd(sandbox, 50)
        slow = people[10:13]
        for person in slow:
            await sandbox.fault("429", chat_id=person.id, method="sendMessage", retry_after=wait_s, count=1)
        asked_at = await ask_in_turn(people, 0.05)
        answers = await all_answered(sandbox, people, 50, within_s=wait_s + 30)
        calls = {person.id: await sandbox.calls("sendMessage", chat_id=person.id) for person in slow}
        others = await delays(sandbox, {one.id: asked_at[one.id] for one in people if one not in slow})
    gaps = [round(later["mono"] - first["mono"], 2) for first, later in calls.values()]
    p95 = f"others' p95 {percentile(others, 95):.3f} s"
    report("R4", f"3 of 50 chats wait {wait_s} s: called again after {gaps}; {p95}", f"none called early; {p95}")
    assert all(gap >= wait_s for gap in gaps)
    assert_within(percentile(others, 95), 1.0)
    assert sorted(one.chat_id for one in answers) == sorted(person.id for person in people)
    assert not any(one.is_repeat for one in answers)


async def test_r11_replies_do_not_wait_behind_a_broadcast(database_url: str):
    bulk, rounds = times(300, 90), times(10, 3)
    async with sandbox_client() as sandbox, running(sandbox.url, database_url) as parts:
        await sandbox.bot_has_come()
        audience, talkers = await crowd(sandbox, bulk), await crowd(sandbox, 20)
        async with parts.engine.begin() as conn:
            messages = [Message(one.id, Lane.BULK, "sendMessage", {"text": "公告"}) for one in audience]
            await outbox.enqueue(conn, messages, milliseconds(SystemClock()))
        parts.sender.wake()
        found = []
        for _ in range(rounds):
            before = (await sandbox.state())["calls"]
            asked_at = await ask_in_turn(talkers, 0.05)
            found += await answered(sandbox, before, asked_at)
        sent = await sandbox.calls("sendMessage", status=200)
    p95 = percentile(found, 95)
    said = f"{bulk} bulk messages and 20 chats talking ({len(found)} replies): p95 {p95:.3f} s"
    report("R11", said, f"p95 {p95:.2f} s")
    assert_within(p95, 1.5)
    assert any(call["chat_id"] == audience[0].id for call in sent)


async def answered(sandbox: SandboxClient, after: int, asked_at: dict[int, float]) -> list[float]:
    """Seconds from each `asked_at` to the chat's first call after call number `after`, once every chat had a call."""
    first = {
        chat_id: (await sandbox.calls("sendMessage", chat_id=chat_id, status=200, after=after, count=1))[0]["mono"]
        for chat_id in asked_at
    }
    return [first[chat_id] - asked_at[chat_id] for chat_id in asked_at]
