"""Connections that send slowly, never, or too much, and what becomes of the others."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.web import connections, http_server
from bot.web.connections import Connection
from storage.inbox import Arrival
from tests.web.conftest import Served, served
from tests.web.test_webhook import bring, update

MOST = 10
HEAD = b"POST /webhook HTTP/1.1\r\nHost: x\r\n"
SLOW_BODY = b"POST /ingest/scores HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
OURS = [
    name for name in vars(Connection) if not name.startswith("_") and name not in ("owes_a_request", "since", "cut")
]


@pytest.mark.parametrize("name", OURS)
def test_what_a_connection_overrides_is_uvicorns(name: str) -> None:
    assert callable(vars(HttpToolsProtocol).get(name)), f"HttpToolsProtocol.{name} is gone: see bot/web/connections.py"


class Inbox:
    """Takes updates once it is opened."""

    def __init__(self) -> None:
        self.asked, self.opened = asyncio.Event(), asyncio.Event()

    async def receive(self, _: Sequence[Arrival]) -> None:
        self.asked.set()
        await self.opened.wait()


@asynccontextmanager
async def few(engine: AsyncEngine, inbox: Inbox) -> AsyncIterator[Served]:
    """The HTTP side for `MOST` connections at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http_server, "MOST_CONNECTIONS", MOST)
        async with served(engine, receive=inbox.receive) as web:
            yield web


async def opened(web: Served, sent: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection over which no more than `sent` was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(web.url.rpartition(":")[2]))
    writer.write(sent)
    await writer.drain()
    return reader, writer


async def heard(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the connection is closed."""
    with suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(), 20)
    return b""


@pytest.mark.parametrize("sent", [b"", HEAD, SLOW_BODY], ids=["nothing", "half a head", "half a body"])
async def test_a_hundred_requests_that_never_come_whole_leave_room_for_the_webhook(
    engine: AsyncEngine, sent: bytes
) -> None:
    inbox = Inbox()
    inbox.opened.set()
    async with few(engine, inbox) as web:
        held = [await opened(web, sent) for _ in range(100)]
        statuses = [await bring(web, update(number), Connection="close") for number in range(5)]
        for _, writer in held:
            writer.close()
    assert statuses == [200] * 5


async def test_a_request_that_came_whole_is_not_ended_for_others(engine: AsyncEngine) -> None:
    inbox = Inbox()
    async with few(engine, inbox) as web:
        bringing = asyncio.create_task(bring(web, update(1)))
        await inbox.asked.wait()
        held = [await opened(web, HEAD) for _ in range(100)]
        inbox.opened.set()
        assert await bringing == 200
        for _, writer in held:
            writer.close()


@pytest.mark.parametrize("sent", [b"", HEAD, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /hea"])
async def test_a_head_that_does_not_come_ends_the_connection(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN_S", 0.2)
    async with served(engine) as web:
        reader, writer = await opened(web, sent)
        answer = await heard(reader)
        writer.close()
        assert (await web.get("/healthz")).status == 200
    assert answer.count(b"200 OK") == (b"\r\n\r\n" in sent)


async def test_a_head_without_end_is_refused(web: Served) -> None:
    reader, writer = await opened(web, HEAD + b"X: " + b"x" * (connections.MOST_HEAD_BYTES - len(HEAD) - 3))
    writer.write(b"x")  # nothing is on its way any more when the connection is closed, so the answer arrives
    assert (await heard(reader)).startswith(b"HTTP/1.1 431 ")
    writer.close()
    assert (await web.get("/healthz")).status == 200


async def test_a_long_head_within_the_limit_is_read(web: Served) -> None:
    reader, writer = await opened(web, b"GET /healthz HTTP/1.0\r\nX: " + b"x" * 30_000 + b"\r\n\r\n")
    assert (await heard(reader)).startswith(b"HTTP/1.1 200 OK")
    writer.close()
