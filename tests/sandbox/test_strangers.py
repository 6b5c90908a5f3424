"""Who is let in: programs that call the sandbox by an address of its own, and its page; nobody else."""

import asyncio
import signal
import socket
import sys
from collections.abc import Mapping

import aiohttp
import pytest

from bot.sandbox.hosts import is_loopback, is_own_name, reachable
from bot.sandbox.listening import serving
from tests.live import SandboxClient

CALLS = (
    ("GET", "/sandbox/state"),
    ("POST", "/sandbox/chats"),
    ("DELETE", "/sandbox/faults"),
    ("POST", "/bot1:sandbox/getMe"),
    ("GET", "/bot1:sandbox/getUpdates"),
    ("GET", "/file/bot1:sandbox/documents/file_0.csv"),
    ("GET", "/nothing/here"),
)


OTHERS = (
    *("evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.7:{port}"),
    *("", "1@evil.example", "127.0.0.1:x", "[::1", "2130706433", "localhost."),
)
OWN = ("127.0.0.1:{port}", "localhost:{port}", "LocalHost", "[::1]:{port}", "127.0.0.1:9000")
LOOPBACK = ("127.0.0.1", "127.0.0.2", "::1", "localhost")
REACHED = ("0.0.0.0", "::", "", "0", "10.0.0.7", "no.such.host.invalid")


async def statuses(sandbox: SandboxClient, headers: Mapping[str, str]) -> list[int]:
    """The status of each of the calls, and of the page, under these headers."""
    found = []
    async with aiohttp.ClientSession() as client:
        for method, path in (*CALLS, ("GET", "/")):
            async with client.request(method, sandbox.url + path, headers=headers) as reply:
                found.append(reply.status)
    return found


def port_of(sandbox: SandboxClient) -> str:
    return sandbox.url.rpartition(":")[2]


@pytest.mark.parametrize("host", OTHERS)
async def test_a_name_that_is_not_the_sandboxs_gets_nothing(sandbox: SandboxClient, host: str) -> None:
    assert await statuses(sandbox, {"Host": host.format(port=port_of(sandbox))}) == [403] * (len(CALLS) + 1)


@pytest.mark.parametrize("host", OWN)
async def test_its_own_names_are_let_in_also_where_another_port_leads_to_it(sandbox: SandboxClient, host: str) -> None:
    assert 403 not in await statuses(sandbox, {"Host": host.format(port=port_of(sandbox))})


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_site_gets_the_page_and_nothing_else(
    sandbox: SandboxClient, headers: Mapping[str, str]
) -> None:
    assert await statuses(sandbox, headers) == [403] * len(CALLS) + [200]


async def test_its_own_page_is_let_in(sandbox: SandboxClient) -> None:
    own = {"Origin": sandbox.url, "Sec-Fetch-Site": "same-origin"}
    assert 403 not in await statuses(sandbox, own)
    assert 403 not in await statuses(sandbox, {"Sec-Fetch-Site": "none"})


async def test_on_all_addresses_it_is_called_by_any_address_and_by_no_other_name() -> None:
    async with serving("0.0.0.0") as listener, SandboxClient(listener.url) as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        assert 403 not in await statuses(sandbox, {"Host": "10.0.0.7:8080"})
        assert set(await statuses(sandbox, {"Host": "evil.example"})) == {403}


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
async def test_on_an_address_of_ipv6_it_says_an_address_that_can_be_opened() -> None:
    async with serving("::1") as listener, SandboxClient(listener.url) as sandbox:
        assert sandbox.url.startswith("http://[::1]:")
        assert 403 not in await statuses(sandbox, {})
        assert set(await statuses(sandbox, {"Host": "[2001:db8::7]:8080"})) == {403}


@pytest.mark.parametrize("host", [*LOOPBACK, *REACHED])
def test_what_only_this_machine_reaches_is_told_from_what_others_reach(host: str) -> None:
    assert is_loopback(host) is (host in LOOPBACK)


def test_a_server_is_meant_by_the_address_or_the_name_that_it_listens_on() -> None:
    assert is_own_name("10.0.0.7:8080", "10.0.0.7")
    assert not is_own_name("10.0.0.8:8080", "10.0.0.7")
    assert is_own_name("Sandbox:8080", "sandbox")
    assert (reachable(""), reachable("0.0.0.0"), reachable("::")) == ("127.0.0.1", "127.0.0.1", "::1")
    assert reachable("sandbox") == "sandbox"


async def test_on_an_open_address_it_starts_only_when_told_so() -> None:
    command = (sys.executable, "-m", "bot.sandbox", "--host", "0.0.0.0", "--port", "0")
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, said) == (
        3,
        b"not only this machine reaches 0.0.0.0: say --open to let everybody in\n",
    )


@pytest.mark.parametrize("kept", [True, False])
async def test_it_ends_with_whoever_keeps_it(kept: bool) -> None:
    command = (sys.executable, "-m", "bot.sandbox", "--port", "0", *(["--kept"] if kept else []))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    assert process.stdin is not None
    url = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().partition("ready: ")[2].strip()
    process.stdin.close()
    if not kept:
        async with aiohttp.request("GET", url) as reply:
            assert reply.status == 200
        process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
