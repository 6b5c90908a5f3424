"""What `doctor` says of the way in: a webhook that is set while the bot polls, and what waits at Telegram."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.telegram.api import Api
from bot.telegram.session import Session
from tests.commands.conftest import Alliance, Ran
from tests.live import SandboxClient, sandbox_client

TOKEN = "123456:doctor-of-updates"
ELSEWHERE = "http://127.0.0.1:9/hook/a-path-that-is-a-secret"
HOOKED = {"WEBHOOK_URL": "https://bot.example/webhook", "WEBHOOK_SECRET": "webhook-secret_1"}

pytestmark = pytest.mark.usefixtures("upgraded")


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxClient]:
    async with sandbox_client(TOKEN) as found:
        yield found


async def set_webhook(sandbox: SandboxClient, url: str) -> None:
    async with Session(limit=1) as session:
        await Api(TOKEN, sandbox.url, session).call("setWebhook", {"url": url})


async def doctor(alliance: Alliance, sandbox: SandboxClient, **settings: str) -> list[str]:
    given = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": sandbox.url, "TIMEZONE": "UTC", "HTTP_PORT": "9"}
    ran: Ran = await asyncio.to_thread(partial(alliance, "doctor", **(given | settings)))
    assert "secret" not in ran.out + ran.err
    return [line for line in ran.lines if line[5:].startswith(("updates", "running bot"))]


async def test_polled_updates_are_counted(alliance: Alliance, sandbox: SandboxClient) -> None:
    await set_webhook(sandbox, "")
    await (await sandbox.person()).says("怎么开通精选联盟")
    assert await doctor(alliance, sandbox) == ["ok   updates: polled, 1 update waits at Telegram"]


async def test_a_webhook_that_keeps_updates_from_a_polling_bot_is_named_by_its_host(
    alliance: Alliance, sandbox: SandboxClient
) -> None:
    await set_webhook(sandbox, ELSEWHERE)
    (line,) = await doctor(alliance, sandbox)
    assert line.startswith("BAD  updates: a webhook is set at 127.0.0.1, so no updates are polled, and 0 updates wait")


async def test_of_a_webhook_its_host_what_waits_and_the_reason_are_told(
    alliance: Alliance, sandbox: SandboxClient
) -> None:
    (line,) = await doctor(alliance, sandbox, **HOOKED)
    assert line.startswith("ok   updates: no webhook is set yet, 0 updates wait at Telegram; the bot sets it")
    await set_webhook(sandbox, HOOKED["WEBHOOK_URL"])
    assert await doctor(alliance, sandbox, **HOOKED) == [
        "ok   updates: brought to the webhook at bot.example, 0 updates wait at Telegram"
    ]
    await set_webhook(sandbox, ELSEWHERE)
    (line,) = await doctor(alliance, sandbox, **HOOKED)
    assert line.startswith("BAD  updates: a webhook is set at 127.0.0.1, which is not WEBHOOK_URL")


async def test_a_webhook_that_telegram_can_not_reach_is_told_with_telegrams_words(
    alliance: Alliance, sandbox: SandboxClient
) -> None:
    await set_webhook(sandbox, ELSEWHERE)
    await (await sandbox.person()).says("怎么开通精选联盟")
    hooked = {**HOOKED, "WEBHOOK_URL": ELSEWHERE}
    while (lines := await doctor(alliance, sandbox, **hooked))[0].startswith("ok"):
        pass
    assert lines[0].startswith("BAD  updates: 1 update waits at Telegram, whose last call failed ")
    assert "Cannot connect" in lines[0] and "look at the certificate" in lines[0]


async def test_what_the_running_bot_says_of_itself_is_passed_on(alliance: Alliance, sandbox: SandboxClient) -> None:
    said = {"status": "warning", "checks": {"database": "ok", "intake": "another process polls with this token"}}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps(said).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = str(server.sockets[0].getsockname()[1])
    lines = await doctor(alliance, sandbox, HTTP_PORT=port)
    server.close()
    assert lines[1:] == ["BAD  running bot: intake: another process polls with this token"]
