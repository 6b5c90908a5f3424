"""Webhook pushes: the secret, retries, order, and no polling beside a webhook."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from tests.live import SandboxClient
from tests.sandbox.conftest import Bot

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class Receiver:
    """A bot's webhook: notes updates, answers the given statuses, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    seen: list[tuple[int, dict[str, Any], str | None]] = field(default_factory=list)
    came: asyncio.Condition = field(default_factory=asyncio.Condition)
    taken: list[int] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        update = await request.json()
        status = self.statuses.pop(0) if self.statuses else 200
        async with self.came:
            self.seen.append((status, update, request.headers.get(SECRET_HEADER)))
            if status == 200:
                self.taken.append(update["update_id"])
            self.came.notify_all()
        return web.Response(status=status)

    async def took(self, count: int) -> list[int]:
        """The ids taken, once there are `count`."""
        async with asyncio.timeout(10), self.came:
            await self.came.wait_for(lambda: len(self.taken) >= count)
        return self.taken


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made, app = Receiver(), web.Application()
    app.router.add_post("/hook", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_updates_are_pushed_with_the_secret_and_in_order(
    sandbox: SandboxClient, bot: Bot, receiver: Receiver
) -> None:
    person = await sandbox.person()
    waiting = (await person.says("早"))["update_id"]
    await bot("setWebhook", url=receiver.url, secret_token="s3cret-_")
    ids = [waiting] + [(await person.says(str(n)))["update_id"] for n in range(20)]
    assert await receiver.took(21) == ids
    assert {secret for _, _, secret in receiver.seen} == {"s3cret-_"}


async def test_a_push_is_repeated_until_it_is_taken_and_the_next_one_waits(
    sandbox: SandboxClient, bot: Bot, receiver: Receiver
) -> None:
    receiver.statuses = [500, 503]
    await bot("setWebhook", url=receiver.url)
    person = await sandbox.person()
    ids = [(await person.says(text))["update_id"] for text in "ab"]
    assert await receiver.took(2) == ids
    assert [(status, update["update_id"]) for status, update, _ in receiver.seen] == [
        (500, ids[0]),
        (503, ids[0]),
        (200, ids[0]),
        (200, ids[1]),
    ]


async def test_one_chat_that_fails_does_not_hold_the_others(
    sandbox: SandboxClient, bot: Bot, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    await bot("setWebhook", url=receiver.url)
    failing, other = await sandbox.person(), await sandbox.person()
    first = (await failing.says("a"))["update_id"]
    second = (await other.says("b"))["update_id"]
    assert sorted(await receiver.took(2)) == [first, second]


async def test_what_was_not_taken_is_counted_and_told(sandbox: SandboxClient, bot: Bot, receiver: Receiver) -> None:
    receiver.statuses = [500] * 1000
    await bot("setWebhook", url=receiver.url, max_connections=7, allowed_updates=["message"])
    await (await sandbox.person()).says("a")
    async with asyncio.timeout(10), receiver.came:
        await receiver.came.wait_for(lambda: len(receiver.seen) >= 2)
    info = await bot("getWebhookInfo")
    assert (info["url"], info["pending_update_count"], info["max_connections"]) == (receiver.url, 1, 7)
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert info["allowed_updates"] == ["message"]
    await bot("deleteWebhook", drop_pending_updates=True)
    assert await bot("getWebhookInfo") == {"url": "", "has_custom_certificate": False, "pending_update_count": 0}


async def test_polling_and_a_webhook_exclude_each_other(sandbox: SandboxClient, bot: Bot, receiver: Receiver) -> None:
    poll = asyncio.create_task(bot.raw("getUpdates", timeout=30))
    await sandbox.bot_has_come()
    await bot("setWebhook", url=receiver.url)
    status, body = await poll
    assert (status, body["description"]) == (409, "Conflict: terminated by setWebhook request")
    refused = await bot.refused("getUpdates")
    assert refused.startswith("Conflict: can't use getUpdates method while webhook is active")
    await bot("deleteWebhook")
    assert await bot.ids() == []


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"url": "ftp://x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "http://127.0.0.1:1/", "secret_token": "a b"}, "secret token contains unallowed characters"),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused(bot: Bot, params: dict[str, str], why: str) -> None:
    assert await bot.refused("setWebhook", **params) == f"Bad Request: {why}"
