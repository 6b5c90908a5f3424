"""Calls over real sockets: which of the calls that failed were written, and that none is written twice."""

import asyncio
import contextlib
import time
import traceback
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from yarl import URL

from bot.telegram.api import ANSWER_S, Api
from bot.telegram.errors import AnswerLostError, NetworkError, ServerFaultError, StrangerError, UnreachableError
from bot.telegram.session import Session
from tests.blackhole import BLACK_HOLE, black_hole, name_of

TOKEN = "1:secret"
PATIENCE_S = 10.0
BODY = b'{"ok":true,"result":"yes"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 26\r\n"
OK = HEAD + b"\r\n" + BODY
FAULT = b'{"ok":false,"error_code":502,"description":"Bad Gate"}'


@dataclass
class Server:
    """What a server of raw bytes has seen: its connections, and the requests in them."""

    root: str = ""
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)

    async def request(self, reader: asyncio.StreamReader) -> None:
        """Read one request, head and body."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        self.requests.append(head + await reader.readexactly(int(length or b"0")))


Serve = Callable[[Server, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(serve: Serve, host: str = "127.0.0.1") -> AsyncIterator[Server]:
    """A server on loopback, which closes a connection when `serve` has returned."""
    seen = Server()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        try:
            await serve(seen, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(handle, host, 0)
    shown = f"[{host}]" if ":" in host else host
    seen.root = f"http://{shown}:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield seen


def saying(*answers: bytes) -> Serve:
    """Gives one of these answers to each request of a connection, then closes the connection."""

    async def serve(seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await seen.request(reader)
            writer.write(answer)

    return serve


async def call(session: Session, root: str, answer_s: float = ANSWER_S) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        return await Api(TOKEN, root, session).call("getMe", {"a": "字"}, answer_s)


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n"
        + BODY[:6]
        + b"\r\n14\r\n"
        + BODY[6:]
        + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        HEAD + b"Connection: close\r\n\r\n" + BODY,
    ],
    ids=["with length", "chunked", "after 100 Continue", "and close"],
)
async def test_a_whole_answer_comes_through(answer: bytes):
    async with server(saying(answer)) as seen, Session(1) as session:
        assert await call(session, seen.root) == "yes"


async def test_a_call_is_a_post_of_json_with_no_more_headers_than_needed():
    async with server(saying(OK)) as seen, Session(1) as session:
        await call(session, seen.root)
    head, _, body = seen.requests[0].partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    assert first == f"POST /bot{TOKEN}/getMe HTTP/1.1"
    assert sorted(header.split(":")[0] for header in headers) == ["Content-Length", "Content-Type", "Host"]
    assert "Content-Type: application/json" in headers
    assert body == b'{"a": "\\u5b57"}'


async def test_a_connection_is_kept_for_the_next_call():
    async with server(saying(*[OK] * 5)) as seen, Session(1) as session:
        for _ in range(5):
            await call(session, seen.root)
    assert (seen.connections, len(seen.requests)) == (1, 5)


async def test_a_refused_connection_certainly_had_no_effect():
    async with server(saying()) as seen:
        pass
    async with Session(1) as session:
        with pytest.raises(UnreachableError, match="ConnectionRefusedError"):
            await call(session, seen.root)


async def test_an_address_that_swallows_packets_costs_a_moment_and_not_the_connection(monkeypatch: pytest.MonkeyPatch):
    async with server(saying(OK)) as seen, Session(1) as session:
        port = int(seen.root.rpartition(":")[2])
        name_of(monkeypatch, "two.test", BLACK_HOLE, "127.0.0.1")
        with black_hole(port):
            began = time.monotonic()
            assert await call(session, f"http://two.test:{port}") == "yes"
            assert 0.2 < time.monotonic() - began < 1.5


async def test_a_name_that_nobody_has_certainly_had_no_effect():
    async with Session(1) as session:
        with pytest.raises(UnreachableError):
            await call(session, "http://no-such-host.invalid")


async def test_a_call_that_still_waits_for_a_connection_certainly_had_no_effect():
    held = asyncio.Event()

    async def hold(seen: Server, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await seen.request(reader)
        held.set()
        await reader.read()

    async with server(hold) as seen, Session(limit=1) as session:
        first = asyncio.create_task(call(session, seen.root))
        await held.wait()
        with pytest.raises(UnreachableError):
            await call(session, seen.root, answer_s=0.05)
        first.cancel()
    assert len(seen.requests) == 1


async def test_a_tls_handshake_that_fails_certainly_had_no_effect():
    async def no_tls(_seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with server(no_tls) as seen, Session(1) as session:
        with pytest.raises(UnreachableError):
            await call(session, seen.root.replace("http:", "https:"))


@pytest.mark.parametrize(
    "answer",
    [b"", HEAD + b"\r\n" + BODY[:9], HEAD[:30], b"this is not HTTP at all\r\n\r\n"],
    ids=["dropped", "half of the body", "half of the head", "not HTTP"],
)
async def test_a_written_call_without_a_whole_answer_may_have_had_an_effect_and_is_not_written_again(answer: bytes):
    async with server(saying(answer)) as seen, Session(1) as session:
        with pytest.raises(AnswerLostError):
            await call(session, seen.root)
    assert len(seen.requests) == 1


async def test_a_call_that_is_dropped_on_a_kept_connection_is_not_written_again():
    async with server(saying(OK, b"")) as seen, Session(1) as session:
        await call(session, seen.root)
        with pytest.raises(AnswerLostError):
            await call(session, seen.root)
        assert (seen.connections, len(seen.requests)) == (1, 2)
        assert await call(session, seen.root) == "yes"
    assert (seen.connections, len(seen.requests)) == (2, 3)


async def test_a_silent_server_is_given_up_and_its_late_answer_meets_nobody():
    release = asyncio.Event()

    async def serve(seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await seen.request(reader)
        await release.wait()
        writer.write(OK)

    async with server(serve) as seen, Session(1) as session:
        with pytest.raises(AnswerLostError, match="Timeout"):
            await call(session, seen.root, answer_s=0.05)
        release.set()
        assert await call(session, seen.root) == "yes"
    assert seen.connections == 2


async def test_a_server_that_hangs_after_the_headers_is_given_up():
    async def hang(seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await seen.request(reader)
        writer.write(HEAD + b"\r\n")
        await reader.read()

    async with server(hang) as seen, Session(1) as session:
        with pytest.raises(AnswerLostError, match="Timeout"):
            await call(session, seen.root, answer_s=0.05)


@pytest.mark.parametrize("head", [b"Content-Length: 99999999999\r\n\r\n", b"Connection: close\r\n\r\n"])
async def test_of_a_body_that_never_ends_no_more_is_read_than_an_answer_can_have(head: bytes):
    written = 0

    async def pour(seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await seen.request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n" + head)
        while True:
            writer.write(b"x" * 100_000)
            await writer.drain()
            written += 100_000

    async with server(pour) as seen, Session(1) as session:
        status, body = await session.post(URL(seen.root), b"{}", PATIENCE_S, most_bytes=1_000_000)
        assert status == 200
        assert 1_000_000 < len(body) < 2_000_000
        await asyncio.sleep(0)
    assert written < 20_000_000


async def test_a_body_of_the_greatest_length_is_read_whole_and_the_connection_kept():
    async with server(saying(OK, OK)) as seen, Session(1) as session:
        for _ in range(2):
            assert await session.post(URL(seen.root), b"{}", PATIENCE_S, len(BODY)) == (200, BODY)
    assert seen.connections == 1


async def test_a_packed_body_that_unpacks_to_gigabytes_fills_no_memory():
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(60)) + packer.flush()
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    async with server(saying(head + packed)) as seen, Session(1) as session:
        tracemalloc.start()
        try:
            with contextlib.suppress(AnswerLostError):
                _, body = await session.post(URL(seen.root), b"{}", PATIENCE_S, most_bytes=1_000_000)
                assert len(body) < 60_000_000
            assert tracemalloc.get_traced_memory()[1] < 50_000_000
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("path", ["", "/api/telegram"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
async def test_a_server_is_reached_by_ipv6_and_below_a_path(host: str, path: str):
    async with server(saying(OK), host.strip("[]")) as seen, Session(1) as session:
        assert await call(session, seen.root + path) == "yes"
    port = seen.root.rpartition(":")[2]
    assert seen.requests[0].startswith(f"POST {path}/bot{TOKEN}/getMe HTTP/1.1\r\n".encode())
    assert f"Host: {host}:{port}\r\n".encode() in seen.requests[0]


@pytest.mark.parametrize("root", ["http://", "http://a..b", "http://x\0y"])
async def test_a_call_to_an_address_that_is_none_certainly_had_no_effect(root: str):
    async with Session(1) as session:
        with pytest.raises(UnreachableError):
            await call(session, root)


async def test_an_answer_that_comes_too_slowly_is_given_up():
    async def trickle(seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await seen.request(reader)
        writer.write(OK[:-1])
        await reader.read()

    async with server(trickle) as seen, Session(1) as session:
        with pytest.raises(AnswerLostError, match="Timeout"):
            await call(session, seen.root, answer_s=0.05)


async def test_a_cancelled_call_leaves_no_connection_that_the_next_would_use():
    asked = asyncio.Event()

    async def serve(seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await seen.request(reader)
        if seen.connections > 1:
            writer.write(OK)
        asked.set()
        await reader.read()

    async with server(serve) as seen, Session(1) as session:
        first = asyncio.create_task(call(session, seen.root))
        await asked.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await call(session, seen.root) == "yes"
    assert seen.connections == 2


async def test_a_connection_that_the_server_closed_while_idle_is_not_used():
    closed = asyncio.Event()

    async def serve(seen: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(OK)(seen, reader, writer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    async with server(serve) as seen, Session(1) as session:
        await call(session, seen.root)
        await closed.wait()
        await asyncio.sleep(0)
        assert await call(session, seen.root) == "yes"
    assert seen.connections == 2


async def test_a_connection_that_was_idle_for_too_long_is_not_used():
    async with server(saying(OK, OK)) as seen, Session(1, idle_s=0.0) as session:
        await call(session, seen.root)
        await call(session, seen.root)
    assert seen.connections == 2


async def test_nothing_is_sent_before_the_session_is_open_and_after_it_is_closed():
    async with server(saying(OK)) as seen:
        session = Session(1)
        with pytest.raises(UnreachableError, match="closed"):
            await call(session, seen.root)
        async with session:
            pass
        with pytest.raises(UnreachableError, match="closed"):
            await call(session, seen.root)
    assert seen.connections == 0


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>", StrangerError),
        (b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", StrangerError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull", StrangerError),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 54\r\n\r\n" + FAULT, ServerFaultError),
    ],
    ids=["a proxy's page", "a redirect, which is not followed", "no object", "a fault of the Bot API"],
)
async def test_an_answer_that_is_no_result_is_an_error(answer: bytes, kind: type[NetworkError]):
    async with server(saying(answer)) as seen, Session(1) as session:
        with pytest.raises(kind):
            await call(session, seen.root)
    assert len(seen.requests) == 1


@pytest.mark.parametrize("answer", [b"", HEAD, b"HTTP/9 what\r\n\r\n"], ids=["dropped", "half", "not HTTP"])
async def test_no_failure_tells_the_token(answer: bytes):
    async with server(saying(answer)) as seen, Session(1) as session:
        with pytest.raises(NetworkError) as raised:
            await call(session, seen.root)
    assert "secret" not in "".join(traceback.format_exception(raised.value))


async def test_a_get_is_read_whole():
    async with server(saying(OK)) as seen, Session(1) as session:
        assert await session.get(URL(f"{seen.root}/file/a b.csv"), 5.0) == (200, BODY)
    assert seen.requests[0].startswith(b"GET /file/a%20b.csv HTTP/1.1\r\n")
