"""R32: somebody else takes the updates, or they wait at Telegram: said once, mended where it can be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest
from structlog.testing import capture_logs

from bot.telegram.api import Api
from bot.telegram.conflicts import ANOTHER, FOUGHT_OVER, MOST_TAKEN_AWAY, TAKEN_AWAY
from bot.telegram.errors import Conflict
from bot.telegram.session import Session
from bot.telegram.webhook import CHECK_S, Webhook
from tests.faults.echo import TOKEN, UNLIMITED, running
from tests.faults.fastclock import FastClock
from tests.faults.scene import all_answered, ask, crowd, report, times
from tests.live import SandboxClient, sandbox_client

NOBODY = "http://127.0.0.1:9/hook/a-path-that-is-a-secret"
SPEED = 60


@asynccontextmanager
async def elsewhere(sandbox: SandboxClient) -> AsyncIterator[Api]:
    """Somebody else who has the bot's token."""
    async with Session(limit=1) as session:
        yield Api(TOKEN, sandbox.url, session)


def told(logs: list[dict[str, object]]) -> list[object]:
    """Why polls were refused, as often as it was said."""
    return [line["why"] for line in logs if line["event"] == "polling refused"]


async def test_r32_a_webhook_set_while_the_bot_polls_is_taken_away_and_said_once(database_url: str):
    with capture_logs() as logs:
        async with (
            sandbox_client() as sandbox,
            running(sandbox.url, database_url, limits=UNLIMITED) as parts,
            elsewhere(sandbox) as other,
        ):
            await sandbox.bot_has_come()
            people = await crowd(sandbox, 3)
            await other.call("setWebhook", {"url": NOBODY})
            began = asyncio.get_running_loop().time()
            await ask(people, 3)
            answers = await all_answered(sandbox, people, 9, within_s=30)
            took_s = asyncio.get_running_loop().time() - began
            assert (await other.call("getWebhookInfo", {}))["url"] == ""
            assert parts.poller.conflicts.why == ""
    report(
        "R32",
        f"a webhook set while the bot polls: {len(answers)} of 9 answered, {took_s:.1f} s later; said once",
        f"mended by itself in {took_s:.0f} s",
    )
    assert len(answers) == 9
    assert told(logs) == [TAKEN_AWAY]
    assert "secret" not in str(logs)
    assert [line["was"] for line in logs if line["event"] == "polling works again"] == [TAKEN_AWAY]


async def test_r32_a_webhook_that_comes_back_again_and_again_is_left_to_operators(database_url: str):
    with capture_logs() as logs:
        async with (
            sandbox_client() as sandbox,
            running(sandbox.url, database_url, clock=FastClock(SPEED)) as parts,
            elsewhere(sandbox) as other,
        ):
            await sandbox.bot_has_come()
            async with asyncio.timeout(20):
                while parts.poller.conflicts.why != FOUGHT_OVER:
                    await other.call("setWebhook", {"url": NOBODY})
                    await sandbox.calls("getUpdates", after=(await sandbox.state())["calls"], count=1, within_s=1)
            before = (await sandbox.state())["calls"]
            await sandbox.calls("getUpdates", after=before, count=3)
            taken_away = await sandbox.calls("deleteWebhook")
    assert len(taken_away) == MOST_TAKEN_AWAY
    assert told(logs) == [TAKEN_AWAY, FOUGHT_OVER]
    assert {line["host"] for line in logs if line["event"] == "polling refused"} == {"127.0.0.1"}


async def test_r32_another_process_with_the_token_is_said_once_an_hour_and_that_it_is_over(database_url: str):
    clock = FastClock(SPEED)
    with capture_logs() as logs:
        async with (
            sandbox_client() as sandbox,
            running(sandbox.url, database_url, clock=clock, poll_s=1) as parts,
            elsewhere(sandbox) as other,
        ):
            await sandbox.bot_has_come()
            while not parts.poller.conflicts.why:
                await polled(other)
            began = clock.monotonic()
            while clock.monotonic() - began < 100:
                await polled(other)
            assert parts.poller.conflicts.why == ANOTHER
            while parts.poller.conflicts.why:
                await sandbox.calls("getUpdates", after=(await sandbox.state())["calls"], count=1, within_s=1)
    assert told(logs) == [ANOTHER]
    assert len([line for line in logs if line["event"] == "polling works again"]) == 1


async def polled(other: Api) -> None:
    """The other process polls once."""
    try:
        await other.call("getUpdates", {"timeout": 1})
    except Conflict:
        return


@pytest.mark.parametrize("waiting", [1, times(612, 12)])
async def test_r32_what_waits_at_telegram_is_told_with_the_reason_until_it_is_taken(waiting: int):
    clock, listening, stop = FastClock(SPEED), asyncio.Event(), asyncio.Event()
    listening.set()
    with capture_logs() as logs:
        async with sandbox_client() as sandbox, Session(limit=1) as session:
            api = Api(TOKEN, sandbox.url, session)
            webhook = Webhook(api, clock, Random(1), url=NOBODY, secret="", listening=listening)
            keeping = asyncio.create_task(webhook.run(stop))
            await sandbox.calls("setWebhook", count=1)
            for _ in range(waiting):
                await sandbox.push('{"update_id": 1}')
            said = f"{waiting} update{'s wait' if waiting > 1 else ' waits'} at Telegram"
            while not webhook.trouble.startswith(said):
                await sandbox.calls("getWebhookInfo", after=(await sandbox.state())["calls"], count=1)
            trouble = webhook.trouble
            await api.call("deleteWebhook", {"drop_pending_updates": True})
            while webhook.trouble:
                await sandbox.calls("getWebhookInfo", after=(await sandbox.state())["calls"], count=1)
            stop.set()
            await keeping
    report(
        "R32",
        f"a webhook that can't be reached: said within {CHECK_S:.0f} s: {trouble[:60]}…",
        f"what waits is said within {CHECK_S:.0f} s",
    )
    assert "Cannot connect" in trouble
    events = [line["event"] for line in logs if "wait at Telegram" in line["event"]]
    assert events == ["updates wait at Telegram", "no updates wait at Telegram any more"]
