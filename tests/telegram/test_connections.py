"""HTTP over kept connections: what left the house and what did not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.telegram.connections import Address, Connections, NotAnsweredError, NotSentError, address

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(serve: Serve) -> AsyncIterator[str]:
    """A server of raw bytes on loopback."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def connections() -> AsyncIterator[Connections]:
    opened = Connections(limit=2)
    await opened.open()
    yield opened
    await opened.close()


async def request_of(reader: asyncio.StreamReader) -> bytes:
    """One request: its head, and its body is read too."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return head + await reader.readexactly(length)


def saying(*answers: bytes) -> Serve:
    """Gives one of these answers to each request of a connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await request_of(reader)
            writer.write(answer)

    return serve


async def ask(pool: Connections, root: str, answer_s: float = 5.0) -> tuple[int, bytes]:
    return await pool.request("POST", address(f"{root}/bot1:x/getMe"), {}, b"{}", answer_s)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
    ],
    ids=["with length", "chunked", "after 100 Continue", "and close"],
)
async def test_a_whole_answer_comes_through(answer: bytes):
    async with server(saying(answer)) as root, connections() as pool:
        assert await ask(pool, root) == (200, b"hello")


async def test_a_connection_is_kept_for_the_next_request():
    opened = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)
        while True:
            await request_of(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async with server(serve) as root, connections() as pool:
        for _ in range(5):
            await ask(pool, root)
    assert len(opened) == 1


async def test_an_answer_in_pieces_is_put_together():
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npieces":
            writer.write(bytes([byte]))
            await writer.drain()

    async with server(serve) as root, connections() as pool:
        assert await ask(pool, root) == (200, b"pieces")


async def test_a_refused_connection_certainly_had_no_effect():
    async with server(saying()) as root:
        pass
    async with connections() as pool:
        with pytest.raises(NotSentError):
            await ask(pool, root)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf of it", b"this is not HTTP at all\r\n\r\n"],
    ids=["dropped", "half", "not HTTP"],
)
async def test_a_written_request_without_a_whole_answer_may_have_had_an_effect(answer: bytes):
    async with server(saying(answer)) as root, connections() as pool:
        with pytest.raises(NotAnsweredError):
            await ask(pool, root)


async def test_a_silent_server_is_given_up_and_its_late_answer_meets_nobody():
    release = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        await release.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")

    async with server(serve) as root, connections() as pool:
        with pytest.raises(NotAnsweredError):
            await ask(pool, root, answer_s=0.05)
        release.set()
        assert await ask(pool, root) == (200, b"late")  # of its own request, on a connection of its own


async def test_a_connection_that_the_server_closed_while_idle_is_not_used():
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    async with server(serve) as root, connections() as pool:
        await ask(pool, root)
        await closed.wait()
        await asyncio.sleep(0)
        assert await ask(pool, root) == (200, b"ok")


async def test_a_closed_pool_sends_nothing():
    async with server(saying()) as root:
        pool = Connections(limit=1)
        with pytest.raises(NotSentError):
            await ask(pool, root)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://api.telegram.org/bot1:a/x", Address("api.telegram.org", 443, True, "/bot1:a/x")),
        ("http://127.0.0.1:81", Address("127.0.0.1", 81, False, "/")),
        ("http://h/a b?c=d\r\nX: y", Address("h", 80, False, "/a%20b?c=dX:%20y")),
    ],
)
def test_an_address_is_written_so_that_it_stays_one_line(url: str, parts: Address):
    assert address(url) == parts


@pytest.mark.parametrize("url", ["ftp://host/", "api.telegram.org", "http://"])
def test_what_is_no_http_address_is_refused(url: str):
    with pytest.raises(ValueError, match="http"):
        address(url)
