"""Calls through real proxies: each way there and back, and that a call which failed on the way was never written."""

import asyncio
import socket
import ssl
import threading
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from bot.proxies import Proxy
from bot.telegram import proxy as tunnels
from bot.telegram.api import ANSWER_S, Api
from bot.telegram.errors import AnswerLostError, UnreachableError
from bot.telegram.session import Session
from tests.blackhole import BLACK_HOLE, black_hole, name_of
from tests.proxies import PASSWORD, USER, Running, as_server, proxy, sandbox_over_tls
from tests.rule_lists import serving
from tests.telegram.test_session import BODY, HEAD, OK, Serve, Server, saying, server

TOKEN = "1:secret"
KINDS = ("http", "https", "socks5", "socks5h")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


@pytest.fixture
async def root(authority: trustme.CA) -> AsyncIterator[str]:
    """The root of a Bot API server behind TLS."""
    async with sandbox_over_tls(authority) as (_, found):
        yield found


@pytest.fixture(params=KINDS)
def guarded(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[Running]:
    """A proxy of each kind that wants a user and a password."""
    with proxy(request.param, USER, PASSWORD, tls_of(request.param, authority)) as running:
        yield running


def tls_of(kind: str, authority: trustme.CA) -> ssl.SSLContext | None:
    return as_server(authority) if kind == "https" else None


async def me(session: Session, root: str, answer_s: float = ANSWER_S) -> Any:
    return await Api(TOKEN, root, session).call("getMe", {}, answer_s)


async def why_unreachable(root: str, through: Proxy, ca: Path | None = None) -> str:
    """What is told of a call that was certainly not written."""
    async with Session(1, proxy=through, ca=ca) as session:
        with pytest.raises(UnreachableError) as raised:
            await me(session, root)
    assert PASSWORD not in "".join(traceback.format_exception(raised.value))
    return raised.value.message.removeprefix("no connection to the Bot API: ")


@pytest.mark.parametrize("kind", KINDS)
async def test_calls_go_through_a_proxy_of_each_kind_on_one_connection_that_is_kept(
    kind: str, authority: trustme.CA, ca: Path, root: str
) -> None:
    with proxy(kind, tls=tls_of(kind, authority)) as running:
        async with Session(2, proxy=running.known_to(), ca=ca) as session:
            answers = [await me(session, root) for _ in range(5)]
    assert [answer["is_bot"] for answer in answers] == [True] * 5
    assert running.connections == 1


async def test_the_user_is_known_by_a_password_with_every_mark(guarded: Running, ca: Path, root: str) -> None:
    async with Session(2, proxy=guarded.known_to(USER, PASSWORD), ca=ca) as session:
        assert (await me(session, root))["is_bot"] is True


async def test_also_a_server_without_tls_is_reached_through_a_tunnel(guarded: Running, ca: Path) -> None:
    async with server(saying(OK, OK)) as seen, Session(1, proxy=guarded.known_to(USER, PASSWORD), ca=ca) as session:
        assert [await me(session, seen.root) for _ in range(2)] == ["yes", "yes"]
    assert seen.requests[0].startswith(b"POST /bot1:secret/getMe HTTP/1.1\r\n")
    assert (seen.connections, guarded.connections) == (1, 1)


async def test_also_files_are_fetched_through_the_proxy(guarded: Running, ca: Path) -> None:
    async def get_file(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"file_path": "documents/file.csv"}})

    async def content(_: web.Request) -> web.Response:
        return web.Response(body=b"shop_id,day,score")

    through = guarded.known_to(USER, PASSWORD)
    async with serving(content, get_file) as root, Session(1, proxy=through, ca=ca) as session:
        assert await Api(TOKEN, root, session).fetch("x", 100) == b"shop_id,day,score"
    assert guarded.connections == 1


async def test_who_is_not_known_is_told_so(guarded: Running, ca: Path, root: str) -> None:
    assert await why_unreachable(root, guarded.known_to(), ca) == "the proxy wants a user and a password"
    for through in (guarded.known_to(USER, "another"), guarded.known_to("somebody", PASSWORD)):
        assert await why_unreachable(root, through, ca) == "the proxy refused the user or the password"


async def test_a_server_that_the_proxy_does_not_reach_is_named(guarded: Running, ca: Path) -> None:
    through = guarded.known_to(USER, PASSWORD)
    told = await why_unreachable("https://127.0.0.1:1", through, ca)
    assert told.startswith("the proxy can't reach 127.0.0.1:1 (")
    told = await why_unreachable("https://no-such-host.invalid", through, ca)
    known_here = "no address of no-such-host.invalid is known here; socks5h:// lets the proxy look names up"
    there = "the proxy can't reach no-such-host.invalid:443 ("
    assert told == known_here if guarded.kind == "socks5" else told.startswith(there)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_proxy_that_is_not_there_is_told(kind: str) -> None:
    told = await why_unreachable("https://127.0.0.1:1", Proxy(kind, "127.0.0.1", 1))
    assert told == "the proxy can't be reached (connection refused)"
    told = await why_unreachable("https://127.0.0.1:1", Proxy(kind, "no-such-host.invalid", 1080))
    assert told == "the proxy can't be reached (no such host)"


async def test_without_the_authority_neither_proxy_nor_server_is_trusted(authority: trustme.CA, root: str) -> None:
    with proxy("https", tls=as_server(authority)) as running:
        assert (
            await why_unreachable(root, running.known_to())
            == "the proxy can't be reached (its certificate is not trusted)"
        )
    with proxy("http") as running:
        assert await why_unreachable(root, running.known_to()) == "SSLCertVerificationError"


def answering(*answers: bytes) -> Serve:
    """A proxy that gives one of these answers to each thing that is said to it."""

    async def serve(_seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if not await reader.read(1000):
                return
            writer.write(answer)
            await writer.drain()
        await reader.read()

    return serve


def at(seen: Server, kind: str, user: str = "", password: str = "") -> Proxy:
    return Proxy(kind, "127.0.0.1", int(seen.root.rpartition(":")[2]), user, password)


CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@pytest.mark.parametrize(
    ("kind", "answers", "told"),
    [
        ("http", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"], "the proxy wants a user and a password"),
        (
            "http",
            [b"HTTP/1.0 403 Forbidden\r\nVia: x\r\n\r\n<html>"],
            "the proxy can't reach host:443 (it answered 403)",
        ),
        ("http", [b"HTTP/1.1 504 Gateway Time-out\r\n\r\n"], "the proxy can't reach host:443 (it answered 504)"),
        ("http", [b"SSH-2.0-OpenSSH\r\n\r\n"], "what answers there is no HTTP proxy"),
        ("http", [b"x" * 70_000], "the proxy hung up; is http:// the right kind?"),
        ("socks5h", [b"HTTP/1.1 400 Bad Request\r\n\r\n"], "what answers there is no SOCKS 5 proxy"),
        ("socks5h", [b"\x05\xff"], "the proxy wants a user and a password"),
        ("socks5h", [b"\x05\x02"], "the proxy wants a user and a password"),
        ("socks5h", [b"\x05\x00", b"\x05\x02\x00\x01"], "the proxy can't reach host:443 (not allowed)"),
        ("socks5h", [b"\x05\x00", b"\x05\x63\x00\x01"], "the proxy can't reach host:443 (reply 99)"),
    ],
)
async def test_what_a_proxy_answers_is_told_plainly(kind: str, answers: list[bytes], told: str) -> None:
    async with server(answering(*answers)) as seen:
        assert await why_unreachable("https://host", at(seen, kind)) == told


@pytest.mark.parametrize("kind", ["http", "socks5h"])
async def test_a_proxy_that_hangs_up_is_told(kind: str) -> None:
    async with server(saying()) as seen:
        assert (
            await why_unreachable("https://host", at(seen, kind)) == f"the proxy hung up; is {kind}:// the right kind?"
        )


@pytest.mark.parametrize("kind", KINDS)
async def test_a_proxy_that_says_nothing_is_given_up_soon(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnels, "TUNNEL_S", 1.0)
    async with server(answering()) as seen:
        told = await why_unreachable("https://127.0.0.1", at(seen, kind))
    silent = {"https": "the proxy can't be reached (no answer in time)"}
    assert told == silent.get(kind, "the proxy did not reach 127.0.0.1:443 in time")


async def test_an_answer_of_the_proxy_in_pieces_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.requests.append(await reader.readuntil(b"\r\n\r\n"))
        for piece in (CONNECTED[:20], CONNECTED[20:-3], CONNECTED[-3:]):
            writer.write(piece)
            for _ in range(5):  # the other end reads meanwhile
                await asyncio.sleep(0)
        await saying(OK)(seen, reader, writer)

    async with server(serve) as seen, Session(1, proxy=at(seen, "http", "a", "b:c")) as session:
        assert await me(session, "http://[fd00::1]:8081") == "yes"
    connect = seen.requests[0].decode().split("\r\n")
    assert connect == [
        "CONNECT [fd00::1]:8081 HTTP/1.1",
        "Host: [fd00::1]:8081",
        "Proxy-Authorization: Basic YTpiOmM=",
        "",
        "",
    ]


def tunnel_then(serve: Callable[..., Awaitable[None]]) -> Serve:
    """An HTTP proxy that lets everybody through, to a server of its own."""

    async def tunnelled(seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(CONNECTED)
        await serve(seen, reader, writer)

    return tunnelled


@pytest.mark.parametrize("answer", [b"", HEAD + b"\r\n" + BODY[:9]], ids=["dropped", "half of the body"])
async def test_a_call_that_was_written_into_the_tunnel_may_have_had_an_effect(answer: bytes) -> None:
    async with server(tunnel_then(saying(answer))) as seen, Session(1, proxy=at(seen, "http")) as session:
        with pytest.raises(AnswerLostError):
            await me(session, "http://host")
    assert len(seen.requests) == 1


async def test_a_tunnel_that_ends_before_tls_certainly_had_no_effect() -> None:
    async with server(tunnel_then(saying())) as seen:
        assert await why_unreachable("https://host", at(seen, "http")) in ("ConnectionResetError", "ConnectionError")


async def test_names_are_looked_up_here_for_socks5_and_by_the_proxy_for_socks5h(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name_of(monkeypatch, "two.test", "::1", "127.0.0.9")
    for kind, wanted in (("socks5", b"\x01\x7f\x00\x00\x09"), ("socks5h", b"\x03\x08two.test"), ("socks5h", b"\x04")):
        asked: list[bytes] = []

        async def serve(
            _: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[bytes] = asked
        ) -> None:
            await reader.read(1000)
            writer.write(b"\x05\x00")
            asked.append(await reader.read(1000))

        async with server(serve) as seen:
            await why_unreachable("https://[::1]" if wanted == b"\x04" else "https://two.test", at(seen, kind))
        assert asked[0].startswith(b"\x05\x01\x00" + wanted)


async def test_an_address_of_the_proxy_that_swallows_packets_costs_a_moment(
    monkeypatch: pytest.MonkeyPatch, ca: Path, root: str
) -> None:
    name_of(monkeypatch, "proxy.test", BLACK_HOLE, "127.0.0.1")
    with proxy("http") as running, black_hole(running.port):
        async with Session(1, proxy=Proxy("http", "proxy.test", running.port), ca=ca) as session:
            began = time.monotonic()
            await me(session, root)
            assert time.monotonic() - began < 1.5


async def test_the_end_of_a_session_does_not_wait_for_the_servers_end_of_tls(authority: trustme.CA, ca: Path) -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=answers_once, args=(listening, as_server(authority), over))
        serving.start()
        async with Session(1, proxy=Proxy("http", "127.0.0.1", listening.getsockname()[1]), ca=ca) as session:
            assert await me(session, "https://localhost") == "yes"
            began = time.monotonic()
        assert time.monotonic() - began < 1.0
        over.set()
        serving.join()


def answers_once(listening: socket.socket, tls: ssl.SSLContext, over: threading.Event) -> None:
    """A proxy and a server in one, that lets the first connection through, answers once and reads no more."""
    accepted, _ = listening.accept()
    accepted.recv(1000)
    accepted.sendall(CONNECTED)
    with tls.wrap_socket(accepted, server_side=True) as connection:
        connection.recv(1000)
        connection.sendall(OK)
        over.wait(10)


@pytest.mark.parametrize(
    "bound", [b"\x01" + bytes(6), b"\x04" + bytes(18), b"\x03\x04host\x00\x50"], ids=["4", "6", "name"]
)
async def test_the_whole_answer_of_a_socks_proxy_is_taken_before_the_servers(bound: bytes) -> None:
    async def serve(seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (b"\x05\x00", b"\x05\x00\x00" + bound[:1]):
            await reader.read(1000)
            writer.write(answer)
        for _ in range(5):  # the other end reads meanwhile
            await asyncio.sleep(0)
        writer.write(bound[1:])
        await saying(OK)(seen, reader, writer)

    async with server(serve) as seen, Session(1, proxy=at(seen, "socks5h")) as session:
        assert await me(session, "http://host") == "yes"
