"""R7: an unreadable update, and an update with a handling error at each try."""

import json

from bot.clock import SystemClock, milliseconds
from bot.telegram.polling import SHORTEST_TURN_S
from storage import inbox
from tests.faults.echo import UNLIMITED, echo, running
from tests.faults.fastclock import FastClock
from tests.faults.scene import all_answered, ask, crowd, report
from tests.live import sandbox_client

MALFORMED = ("{}", '{"update_id": "5"}', '"update"', "null")
SPEED = 20


async def test_r7_malformed_updates_are_kept_dead_and_hold_up_nobody(database_url: str):
    async with sandbox_client() as sandbox, running(sandbox.url, database_url, limits=UNLIMITED) as parts:
        await sandbox.bot_has_come()
        people = await crowd(sandbox, 32)
        await ask(people, 1)
        for body in MALFORMED:
            await sandbox.push(body)
        await ask(people, 2, first=1)
        answers = await all_answered(sandbox, people, 96, within_s=30)
        async with parts.engine.begin() as conn:
            dead = await inbox.dead(conn)
    said = f"4 malformed of 100: {len(answers)} answered, dead: {[one.error for one in dead]}"
    report("R7", said, f"{96 - len(answers)} others unanswered")
    assert len(answers) == 96
    assert len(dead) == 4


async def test_r7_a_malformed_update_that_stays_does_not_make_the_poller_spin(database_url: str):
    clock = FastClock(SPEED)
    async with sandbox_client() as sandbox, running(sandbox.url, database_url, clock=clock) as parts:
        await sandbox.bot_has_come()
        await sandbox.push("null")
        polls = await sandbox.calls("getUpdates", count=7)
        async with parts.engine.begin() as conn:
            dead = await inbox.dead(conn)
    took_s = (polls[6]["mono"] - polls[1]["mono"]) * SPEED
    said = f"a malformed update that can't be confirmed: 5 polls in {took_s:.1f} s"
    report("R7", said, f"{5 / took_s:.1f} polls a second")
    assert took_s >= 5 * SHORTEST_TURN_S
    assert len(dead) == 1


async def test_r7_an_update_whose_handling_always_fails_ends_dead_and_can_be_requeued(database_url: str):
    broken = True

    async def handle(update, conn, now):
        if broken and update["message"]["text"] == "坏":
            raise ValueError
        return await echo(update, conn, now)

    async with (
        sandbox_client() as sandbox,
        running(sandbox.url, database_url, limits=UNLIMITED, handle=handle, clock=FastClock(50)) as parts,
    ):
        await sandbox.bot_has_come()
        people = await crowd(sandbox, 10)
        await people[0].says("坏")
        await ask(people, 9)
        await all_answered(sandbox, people, 90, within_s=30)
        async with parts.engine.begin() as conn:
            dead = await inbox.dead(conn)
        broken = False
        async with parts.engine.begin() as conn:
            assert await inbox.requeue(conn, dead[0].id, milliseconds(SystemClock()))
        parts.worker.wake()
        answers = await all_answered(sandbox, people, 91, within_s=30)
    said = f"1 update that always fails: 90 answered, {len(dead)} dead after {dead[0].tries} tries, then requeued"
    report("R7", said, f"{91 - len(answers)} others unanswered")
    assert len(answers) == 91
    assert (len(dead), dead[0].error) == (1, "ValueError")
    assert json.dumps([one.__dict__ for one in dead]).count("坏") == 0
