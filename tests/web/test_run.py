"""`alliance-bot run`: where the HTTP side is, with a token and in the sandbox."""

import asyncio
import json
import re
import signal
import socket
import time
from pathlib import Path
from secrets import token_hex

import aiohttp
import pytest

from bot.settings import Settings, SettingsError, load
from bot.web.signing import sign
from tests.live import SandboxClient, sandbox_client
from tests.web.whole import TOKEN, free_port, process

SECRET = "a key of the tests"
ROWS = json.dumps({"register": True, "rows": [{"shop_id": "S1", "day": "2022-10-10", "score": 4.2}]}).encode()


def database_of(folder: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite+aiosqlite:///{folder}/test.db"}


async def said(running: asyncio.subprocess.Process) -> str:
    """The first line that the process prints."""
    assert running.stdout is not None
    return (await asyncio.wait_for(running.stdout.readline(), 20)).decode()


async def stops(running: asyncio.subprocess.Process) -> None:
    """Tell the process to end, and see that it does; how soon, R20 measures."""
    running.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(running.wait(), 30) == 0


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as client, client.get(url) as reply:
        return reply.status, await reply.text()


async def ingested(root: str) -> tuple[int, str]:
    """One signed call."""
    signed = sign(SECRET.encode(), int(time.time()), token_hex(16), method="POST", path="/ingest/scores", body=ROWS)
    headers = {"Content-Type": "application/json", **signed}
    url = f"{root}/ingest/scores"
    async with aiohttp.ClientSession() as client, client.post(url, data=ROWS, headers=headers) as reply:
        return reply.status, await reply.text()


async def test_in_the_sandbox_page_and_own_paths_share_the_port(tmp_path: Path) -> None:
    async with process(HTTP_PORT="0", INGEST_SECRET=SECRET, **database_of(tmp_path)) as running:
        page = re.search(r"http://127\.0\.0\.1:\d+", await said(running))
        assert page is not None
        root = page[0]
        async with SandboxClient(root) as sandbox:
            await sandbox.bot_has_come()
        replies = [await get(root + path) for path in ("/", "/healthz", "/readyz", "/metrics", "/openapi.json")]
        status, answer = await ingested(root)
        lost = await get(root + "/ingest/nothing")
        too_long = await told_too_much(root)
        await stops(running)
    assert [status for status, _ in replies] == [200] * 5
    assert "<script>" in replies[0][1]
    assert 'path="/ingest/scores",status="200"} 0.0' in replies[3][1]
    assert (status, json.loads(answer)["new"]) == (200, 1)
    assert lost == (404, '{"error": "there is nothing at this path"}\n')
    assert too_long == (413, '{"error": "the body is longer than 1048576 bytes"}\n')


async def told_too_much(root: str) -> tuple[int, str]:
    """The bot's own answer to a body that does not end within its limit."""

    async def endless():
        for _ in range(70):
            yield b" " * 65536

    headers = {"Content-Type": "application/json"}
    url = f"{root}/ingest/scores"
    async with aiohttp.ClientSession() as client, client.post(url, data=endless(), headers=headers) as reply:
        return reply.status, await reply.text()


async def test_with_a_token_it_listens_at_its_port_and_says_where(tmp_path: Path) -> None:
    async with sandbox_client() as sandbox:
        bot = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": sandbox.url}
        async with process(HTTP_PORT="0", **bot, **database_of(tmp_path)) as running:
            found = re.fullmatch(r"listening at (http://127\.0\.0\.1:\d+)\n", await said(running))
            assert found is not None
            await sandbox.calls("deleteWebhook", count=1)
            ready, off = await get(found[1] + "/readyz"), await ingested(found[1])
            await stops(running)
    assert ready[0] == 200
    assert off == (404, '{"error": "the ingest is off: INGEST_SECRET is empty"}\n')


async def test_killed_it_leaves_no_sandbox_behind_that_holds_the_port(tmp_path: Path) -> None:
    port = free_port()
    async with process(HTTP_PORT=str(port), **database_of(tmp_path)) as running:
        assert f":{port}/" in await said(running)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        running.kill()
        assert await asyncio.wait_for(reader.read(), 20) == b""
        writer.close()
    socket.create_server(("127.0.0.1", port)).close()


@pytest.mark.parametrize("needed", [True, False])
async def test_a_port_that_is_taken_stops_only_a_bot_that_is_called_there(tmp_path: Path, needed: bool) -> None:
    async with sandbox_client() as sandbox:
        with socket.create_server(("127.0.0.1", 0)) as other:
            settings = {
                "TELEGRAM_BOT_TOKEN": TOKEN,
                "TELEGRAM_API_BASE_URL": sandbox.url,
                "HTTP_PORT": str(other.getsockname()[1]),
                "INGEST_SECRET": SECRET if needed else "",
            }
            async with process(**settings, **database_of(tmp_path)) as running:
                if needed:
                    _, complaint = await asyncio.wait_for(running.communicate(), 20)
                else:
                    await sandbox.bot_has_come()
                    await stops(running)
    if needed:
        assert running.returncode == 2
        assert re.fullmatch(rb"alliance-bot: HTTP_PORT: can't listen on 127\.0\.0\.1:\d+: [^\n]+\n", complaint)


async def test_a_webhook_that_telegram_refuses_is_said_in_one_line(tmp_path: Path) -> None:
    async with sandbox_client() as sandbox:
        await sandbox.fault("status", status=400, description="Bad Request: bad webhook: no such host")
        port = str(free_port())
        webhook = {"WEBHOOK_URL": f"http://127.0.0.1:{port}", "WEBHOOK_SECRET": "s", "HTTP_PORT": port}
        bot = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": sandbox.url, "LOG_LEVEL": "ERROR"}
        async with process(**bot, **webhook, **database_of(tmp_path)) as running:
            _, complaint = await asyncio.wait_for(running.communicate(), 20)
    assert running.returncode == 2
    assert complaint == b"alliance-bot: WEBHOOK_URL: Telegram refused it: Bad webhook: no such host\n"


BAD_SETTINGS = {
    "a short key": ({"INGEST_SECRET": "short"}, "INGEST_SECRET: got (hidden); wants one key, or two as new,old"),
    "three keys": ({"INGEST_SECRET": ",".join(["k" * 16] * 3)}, "INGEST_SECRET: got (hidden); wants one key"),
    "a secret with a space": ({"WEBHOOK_SECRET": "a b"}, "WEBHOOK_SECRET: got (hidden); wants 1 to 256 of A-Z"),
    "a path of ours": ({"WEBHOOK_URL": "https://x/metrics"}, "WEBHOOK_URL: got 'https://x/metrics'; wants an address"),
    "below a path of ours": ({"WEBHOOK_URL": "https://x/ingest/a"}, "WEBHOOK_URL: got"),
    "a query": ({"WEBHOOK_URL": "https://x/a?b"}, "WEBHOOK_URL: got"),
    "a pattern": ({"WEBHOOK_URL": "https://x/{a}"}, "WEBHOOK_URL: got"),
}


@pytest.mark.parametrize(("given", "complaint"), BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_a_bad_setting_is_named(given: dict[str, str], complaint: str, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in ({"TELEGRAM_BOT_TOKEN": TOKEN, "WEBHOOK_SECRET": "s"} | given).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value).startswith(complaint)


def test_a_path_that_only_begins_like_ours_is_good() -> None:
    url = "https://x/metrics-hook"
    told = Settings(_env_file=None, webhook_url=url, webhook_secret="s", telegram_bot_token=TOKEN)
    assert told.webhook_url == url
