"""R38: whoever is not meant to reach the sandbox: other addresses, other names, pages of other sites."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path

import aiohttp

from tests.faults.scene import report, times
from tests.live import SandboxClient
from tests.web.whole import process

OPEN = ("0.0.0.0", "::", "", "10.255.255.1")
NAMES = ("evil.example", "evil.example:8080", "127.0.0.1.evil.example", "10.0.0.7:8080", "[2001:db8::7]:8080")
SITES = (
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
CALLS = (
    ("GET", "sandbox/state", None),
    ("GET", "sandbox/calls", None),
    ("POST", "sandbox/chats", '{"id": 4711}'),
    ("POST", "sandbox/chats/{chat}/say", '{"text": "/admin"}'),
    ("POST", "sandbox/chats/{chat}/block", "{}"),
    ("POST", "sandbox/updates", '{"update_id": 1}'),
    ("POST", "sandbox/reset", ""),
    ("POST", "sandbox/faults", '{"kind": "drop"}'),
    ("POST", "bot1:sandbox/sendMessage", '{"chat_id": {chat}, "text": "x"}'),
    ("GET", "bot1:sandbox/sendMessage?chat_id={chat}&text=x", None),
    ("POST", "bot1:sandbox/setWebhook", '{"url": "http://evil.example/"}'),
)
OWN = ("healthz", "readyz", "metrics", "ingest/nothing")


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[SandboxClient]:
    """`alliance-bot run` in the sandbox."""
    database = f"sqlite+aiosqlite:///{folder}/test.db"
    async with process(HTTP_PORT="0", DATABASE_URL=database, **settings) as started:
        assert started.stdout is not None
        told = (await asyncio.wait_for(started.stdout.readline(), 30)).decode()
        page = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert page is not None, told + (await started.communicate())[1].decode()
        async with SandboxClient(page[0]) as sandbox:
            await sandbox.bot_has_come()
            yield sandbox


async def answered(client: aiohttp.ClientSession, url: str, method: str, body: str | None, **headers: str) -> int:
    async with client.request(method, url, data=body, headers=headers) as reply:
        return reply.status


async def strangers_try(sandbox: SandboxClient, chat_id: int) -> list[int]:
    """The status of every call by every stranger."""
    found = []
    async with aiohttp.ClientSession() as client:
        for headers, (method, path, body) in product([*({"Host": name} for name in NAMES), *SITES], CALLS):
            told = body and body.replace("{chat}", str(chat_id))
            url = f"{sandbox.url}/{path.format(chat=chat_id)}"
            found.append(await answered(client, url, method, told, **headers))
    return found


async def own_paths(sandbox: SandboxClient) -> set[int]:
    """The statuses of the bot's own paths, asked for by a probe that has its own name for this machine."""
    async with aiohttp.ClientSession() as client:
        return {await answered(client, f"{sandbox.url}/{path}", "GET", None, Host="bot.cluster:8080") for path in OWN}


async def refused(host: str) -> bytes:
    """What the bot says when it is to be a sandbox on an address that others reach."""
    async with process(HTTP_PORT="0", HTTP_HOST=host) as started:
        said = await asyncio.wait_for(started.communicate(), 30)
    assert (started.returncode, said[0]) == (2, b"")
    return said[1]


async def test_r38_no_stranger_gets_into_the_sandbox(tmp_path: Path):
    addresses = OPEN[: times(4, 1)]
    complaints = [await refused(host) for host in addresses]
    async with running(tmp_path) as sandbox:
        person = await sandbox.person()
        before = (await sandbox.ask("GET", "chats"), await sandbox.calls("sendMessage"))
        statuses = await strangers_try(sandbox, person.id)
        after = (await sandbox.ask("GET", "chats"), await sandbox.calls("sendMessage"))
        faults = (await sandbox.state())["faults"]
        probed = await own_paths(sandbox)
    let_in = sum(status != 403 for status in statuses)
    report(
        "R38",
        f"{len(statuses)} calls by {len(NAMES)} other names and {len(SITES)} other sites: {let_in} let in; "
        f"{len(addresses)} open addresses: not started, one line",
        f"{let_in} of {len(statuses)} let in",
    )
    assert let_in == 0
    assert (after, faults) == (before, [])
    assert probed == {200, 404}
    for host, complaint in zip(addresses, complaints, strict=True):
        told = rf"HTTP_HOST: without TELEGRAM_BOT_TOKEN .* reaches '{re.escape(host)}'; [^\n]*SANDBOX_OPEN=true"
        line = f"alliance-bot: {told}\n"
        assert re.fullmatch(line.encode(), complaint), complaint


async def test_r38_told_by_name_the_sandbox_is_open(tmp_path: Path):
    told = {"HTTP_HOST": "0.0.0.0", "SANDBOX_OPEN": "true"}
    async with running(tmp_path, **told) as sandbox, aiohttp.ClientSession() as client:
        url = f"{sandbox.url}/sandbox/state"
        by_address = await answered(client, url, "GET", None, Host="10.0.0.7:8080")
        by_name = await answered(client, url, "GET", None, Host="evil.example")
    assert (by_address, by_name) == (200, 403)
