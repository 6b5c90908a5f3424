"""A list of rule notices is had from a file or over HTTP, whole and soon, or not at all."""

import asyncio
import os
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from bot.jobs import rule_list
from bot.jobs.rule_list import MOST_BYTES, UnreadableError, fetched
from bot.proxies import Proxy
from tests.proxies import PASSWORD, USER, as_server, proxy
from tests.rule_lists import serving


async def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_bytes(b"[]")
    assert await fetched(str(tmp_path / "list.json")) == b"[]"


async def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    for place, why in ((tmp_path / "none.json", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(UnreadableError, match=f"^{why}$"):
            await fetched(str(place))


async def test_a_pipe_is_no_file_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (str(tmp_path / "pipe"), "/dev/zero"):
        with pytest.raises(UnreadableError, match=r"^no plain file$"):
            await asyncio.wait_for(fetched(place), 5)


@pytest.mark.parametrize(("over", "is_read"), [(0, True), (1, False)])
async def test_a_file_or_an_answer_is_of_two_megabytes_at_most(tmp_path: Path, over: int, is_read: bool) -> None:
    body = b" " * (MOST_BYTES + over)
    (tmp_path / "list.json").write_bytes(body)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body)

    async with serving(answer) as root:
        for place in (str(tmp_path / "list.json"), f"{root}/list.json"):
            if is_read:
                assert await fetched(place) == body
            else:
                with pytest.raises(UnreadableError, match=r"^more than 2 MB$"):
                    await fetched(place)


async def test_an_address_is_read_where_it_leads() -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/list.json":
            raise web.HTTPFound("/moved.json")
        return web.Response(text=request.path)

    async with serving(answer) as root:
        assert await fetched(f"{root}/list.json") == b"/moved.json"


async def test_another_status_is_said_without_the_address() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=404, text="[]")

    async with serving(answer) as root:
        with pytest.raises(UnreadableError, match=r"^answered with status 404$"):
            await fetched(f"{root}/list.json?key=s3cret")


async def test_who_does_not_answer_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_list, "ANSWER_S", 0.1)
    asked = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with serving(answer) as root:
        with pytest.raises(UnreadableError, match=r"^not reached: .*Timeout"):
            await fetched(f"{root}/list.json")
    assert asked.is_set()


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/list.json", "http://no-such-host.invalid/", "http://[::"])
async def test_an_address_of_nobody_is_not_reached(address: str) -> None:
    with pytest.raises(UnreadableError, match=r"^not reached: "):
        await fetched(address)


async def test_an_http_proxy_is_asked_for_what_is_not_encrypted() -> None:
    seen: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    async with server:
        proxy = Proxy("http", "127.0.0.1", server.sockets[0].getsockname()[1])
        assert await fetched("http://lists.invalid/list.json", proxy) == b"[]"
    assert seen == [b"GET http://lists.invalid/list.json HTTP/1.1"]


@pytest.mark.parametrize("kind", ["", "http", "socks5"])
async def test_the_certificates_of_the_setting_are_trusted_for_the_list_too(kind: str, tmp_path: Path) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"[]")

    authority, ca = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    with proxy(kind or "http", USER, PASSWORD) as running:
        through = running.known_to(USER, PASSWORD) if kind else None
        async with serving(answer, tls=as_server(authority)) as root:
            place = f"{root}/list.json".replace("127.0.0.1", "localhost")
            assert await fetched(place, through, ca) == b"[]"
            with pytest.raises(UnreadableError):
                await fetched(place, through)


@pytest.mark.parametrize("kind", ["http", "socks5", "socks5h"])
async def test_a_list_is_had_through_a_real_proxy(kind: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"[]")

    async with serving(answer) as root:
        with proxy(kind, USER, PASSWORD) as running:
            if kind != "http":  # this HTTP proxy passes on what is encrypted only
                assert await fetched(f"{root}/list.json", running.known_to(USER, PASSWORD)) == b"[]"
            with pytest.raises(UnreadableError, match=r"^not reached: ") as refused:
                await fetched(root.replace("http:", "https:"), running.known_to(USER, "another"))
    assert PASSWORD not in str(refused.value)
    assert running.connections > 0
