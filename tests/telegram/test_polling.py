"""What is confirmed to Telegram, and when; how long the intake waits after failures."""

import asyncio
import json
from collections.abc import Sequence
from random import Random

import pytest

from bot.clock import SystemClock
from bot.telegram.api import Api
from bot.telegram.polling import Poller, pause_s
from bot.telegram.session import Session
from storage.inbox import Arrival
from tests.faults.echo import TOKEN
from tests.live import sandbox_client


async def test_each_batch_is_confirmed_once_and_ids_that_fall_are_not_skipped():
    kept: list[int] = []

    async def receive(arrivals: Sequence[Arrival]) -> None:
        kept.extend(one.key for one in arrivals)

    async with sandbox_client() as sandbox, Session(limit=1) as session:
        poller = Poller(Api(TOKEN, sandbox.url, session), receive, SystemClock(), Random(1), poll_s=1)
        stop = asyncio.Event()
        polling = asyncio.create_task(poller.run(stop))
        await sandbox.bot_has_come()
        for update_id in (900, 5):
            message = {"chat": {"id": 7, "type": "private"}, "text": "问"}
            await sandbox.push(json.dumps({"update_id": update_id, "message": message}))
            before = (await sandbox.state())["calls"]
            await sandbox.calls("getUpdates", after=before, count=1)
        stop.set()
        await polling
        polls = await sandbox.calls("getUpdates")
    offsets = [call["params"].get("offset") for call in polls]
    assert kept == [900, 5]
    assert [offset for offset in offsets if offset is not None] == [901, 6]
    assert offsets[offsets.index(901) + 1] is None


async def test_after_a_poll_that_failed_nothing_is_confirmed_to_whoever_answers_next():
    kept: list[int] = []

    async def receive(arrivals: Sequence[Arrival]) -> int:
        kept.extend(one.key for one in arrivals)
        if len(kept) == 1:  # the poll that confirms is lost, and the next reaches, for all anybody knows, a new server
            await sandbox.fault("drop", method="getUpdates", count=1)
        return len(arrivals)

    async with sandbox_client() as sandbox, Session(limit=1) as session:
        poller = Poller(Api(TOKEN, sandbox.url, session), receive, SystemClock(), Random(1), poll_s=1)
        stop = asyncio.Event()
        polling = asyncio.create_task(poller.run(stop))
        await sandbox.bot_has_come()
        message = {"chat": {"id": 7, "type": "private"}, "text": "问"}
        await sandbox.push(json.dumps({"update_id": 900, "message": message}))
        async with asyncio.timeout(10):
            while len(kept) < 2:
                await sandbox.calls("getUpdates", after=(await sandbox.state())["calls"], count=1, within_s=1)
        stop.set()
        await polling
        polls = await sandbox.calls("getUpdates")
    offsets = [call["params"].get("offset") for call in polls]
    first = offsets.index(901)
    assert offsets[first : first + 3] == [901, None, 901]
    assert kept == [900, 900], "once more, which the inbox knows"


@pytest.mark.parametrize(
    ("failures", "longest_s"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (8, 30.0), (100_000, 30.0)]
)
def test_a_pause_doubles_up_to_half_a_minute_and_is_up_to_a_fifth_shorter(failures: int, longest_s: float):
    pauses = [pause_s(failures, Random(seed)) for seed in range(200)]
    assert 0.8 * longest_s < min(pauses) < 0.85 * longest_s
    assert 0.95 * longest_s < max(pauses) <= longest_s
