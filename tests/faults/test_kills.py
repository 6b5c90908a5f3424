"""R1, R20: a process is killed, or told to end, at any moment."""

import asyncio
import signal
import time
from dataclasses import replace
from random import Random

from bot.telegram.telegram_channel import LIMITS
from tests.faults.echo import running
from tests.faults.scene import all_answered, ask, assert_within, crowd, process, report, tally, times
from tests.live import sandbox_client

FASTER = replace(LIMITS, per_second=500)


async def test_r1_kills_lose_nothing_and_every_repeat_says_so(database_url: str):
    kills, rounds = times(20, 2), times(10, 2)
    random = Random(20221010)
    async with sandbox_client() as sandbox:
        people = await crowd(sandbox, 30)
        asking = asyncio.create_task(ask(people, rounds, pause_s=kills * 0.7 / (30 * rounds)))
        for _ in range(kills):
            async with process("echo", sandbox.url, database_url) as killed:
                await asyncio.sleep(random.uniform(0.05, 0.6))
                killed.kill()
        asked = await asking
        async with running(sandbox.url, database_url, limits=FASTER):
            answers = await all_answered(sandbox, people, 30 * rounds, within_s=60)
    result = tally(asked, answers)
    report("R1", f"{kills} kills, {30 * rounds} updates: {result}", f"{kills} kills: {result}")
    assert (result.lost, result.unmarked, result.disordered) == (0, 0, 0)
    assert result.repeats <= kills


async def test_r20_told_to_end_under_load_it_ends_in_seconds_and_loses_nothing(database_url: str):
    rounds = times(10, 2)
    async with sandbox_client() as sandbox:
        async with process("echo", sandbox.url, database_url) as ended:
            await sandbox.bot_has_come()
            people = await crowd(sandbox, 30)
            await sandbox.fault("slow", method="sendMessage", ms=300)
            asked = await ask(people, rounds)
            await sandbox.calls("sendMessage", count=5)
            start = time.monotonic()
            ended.send_signal(signal.SIGTERM)
            status = await ended.wait()
            took_s = time.monotonic() - start
        await sandbox.heal()
        async with running(sandbox.url, database_url, limits=FASTER):
            answers = await all_answered(sandbox, people, 30 * rounds, within_s=60)
    result = tally(asked, answers)
    ended = f"ended in {took_s:.2f} s"
    report("R20", f"SIGTERM with {30 * rounds} updates under way: {ended}, {result}", f"{ended}, {result.lost} lost")
    assert status == 0
    assert_within(took_s, 5)
    assert_within(result.repeats, 0)  # a call that outlasts the end of the process is repeated
    assert (result.lost, result.unmarked, result.disordered) == (0, 0, 0)


async def test_r20_calls_that_hang_do_not_keep_it_from_ending(database_url: str):
    async with sandbox_client() as sandbox:
        async with process("echo", sandbox.url, database_url) as ended:
            await sandbox.bot_has_come()
            people = await crowd(sandbox, 5)
            await sandbox.fault("slow", method="sendMessage", ms=20_000)
            asked = await ask(people, 1)
            await sandbox.calls("sendMessage", limit=1)
            await asyncio.sleep(0.5)
            start = time.monotonic()
            ended.send_signal(signal.SIGTERM)
            status = await ended.wait()
            took_s = time.monotonic() - start
        await sandbox.heal()
        async with running(sandbox.url, database_url, limits=FASTER):
            answers = await all_answered(sandbox, people, 5, within_s=30)
    result = tally(asked, answers)
    ended = f"ended in {took_s:.2f} s"
    report("R20", f"SIGTERM with 5 calls hanging: {ended}, {result}", f"{ended}, {result.lost} lost")
    assert status == 0
    assert_within(took_s, 5)
    assert (result.lost, result.unmarked) == (0, 0)
