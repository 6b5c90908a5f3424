"""A gateway before the Bot API server, with the weather of a bad day; the server behind it is always well.

async with gateway(sandbox.url) as between:
    between.weather = Weather.HANGS
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from urllib.parse import urlsplit

BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<h1>502</h1>\n"


class Weather(Enum):
    """What becomes of a call."""

    WELL = "is answered"
    REFUSED = "nobody listens"
    HANGS = "takes effect and is never answered"
    BAD_GATEWAY = "a page of the gateway"
    DROPPED = "takes effect and the connection ends"


class Gateway:
    """`weather` for all calls; `spared`: a method that is always answered."""

    def __init__(self, behind: str) -> None:
        self._behind = urlsplit(behind)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_over = asyncio.Event()
        self.weather = Weather.WELL
        self.spared = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def turn(self, weather: Weather) -> None:
        """From now on this weather; calls that hang go on hanging."""
        self.weather = weather
        if weather is Weather.REFUSED:
            self.close()
        elif self._server is None:
            await self.open()

    async def open(self) -> None:
        """Listen, at the same port each time."""
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", self._port, reuse_address=True)
        self._port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no more; open connections end."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.close()

    async def end(self) -> None:
        """Listen no more; nothing hangs any more."""
        self._is_over.set()
        self.close()
        await asyncio.gather(*self._tasks)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._answer(await _whole(reader), writer):
                pass
        self._writers.discard(writer)
        writer.close()

    async def _answer(self, call: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer a call by the weather; whether the connection stays."""
        is_spared = bool(self.spared) and self.spared in call.split(b"\r\n", 1)[0]
        weather = Weather.WELL if is_spared else self.weather
        if weather is Weather.BAD_GATEWAY:
            writer.write(BAD_GATEWAY)
            return True
        answer = await self._passed_on(call)
        if weather is Weather.HANGS:
            await self._is_over.wait()
        if weather is not Weather.WELL:
            return False
        writer.write(answer)
        return True

    async def _passed_on(self, call: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self._behind.hostname, self._behind.port)
        writer.write(call)
        answer = await _whole(reader)
        writer.close()
        return answer


async def _whole(reader: asyncio.StreamReader) -> bytes:
    """A request or an answer, head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(int(lengths[0]) if lengths else 0)


@asynccontextmanager
async def gateway(behind: str) -> AsyncIterator[Gateway]:
    """A gateway before the server `behind`, open until the block is left."""
    between = Gateway(behind)
    await between.open()
    try:
        yield between
    finally:
        await between.end()
