"""HTTP/1.1 over kept connections: bytes out, status and bytes in. It knows when a request has left the house.

That is what a call without an idempotency key needs: a request that was never written certainly took no effect, and
one that was written and not answered may have. It also costs a fifth of what a general client does, in time
(a call is one write and one read) and in memory.
"""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

import httptools

CONNECT_S: Final = 5.0
IDLE_S: Final = 15.0
"""A connection idle for longer is not used again: the server may be closing it, and an answer would be lost."""


class NotSentError(Exception):
    """The request was not written: no connection."""


class NotAnsweredError(Exception):
    """The request was written, and no whole answer came."""


@dataclass(frozen=True)
class Address:
    """Where a request goes; `path` with query, as it is written."""

    host: str
    port: int
    is_tls: bool
    path: str

    @property
    def server(self) -> tuple[str, int, bool]:
        return self.host, self.port, self.is_tls


def address(url: str) -> Address:
    """The parts of an http or https address. Raises ValueError."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an http address")
    path = quote(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", safe="/:?&=%+,;@-._~!$'()*")
    return Address(parts.hostname, parts.port or (443 if is_tls else 80), is_tls, path)


class Connections:
    """Connections to whatever servers are asked for; at most `limit` idle ones are kept."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._idle: dict[tuple[str, int, bool], list[_Line]] = {}
        self._tls: ssl.SSLContext | None = None
        self._is_open = False

    async def open(self) -> None:
        """From now on requests are taken."""
        self._is_open = True

    async def close(self) -> None:
        """Close the idle connections, and those under way when they end."""
        self._is_open = False
        for lines in self._idle.values():
            for line in lines:
                line.close()
        self._idle.clear()

    async def request(
        self, method: str, to: Address, headers: Mapping[str, str], body: bytes, answer_s: float
    ) -> tuple[int, bytes]:
        """Status and body of the answer, waiting for it `answer_s` at most.

        Raises NotSentError or NotAnsweredError.
        """
        line = self._kept(to) or await self._new(to)
        try:
            async with asyncio.timeout(answer_s):
                answer = await line.exchange(_written(method, to, headers, body))
        except TimeoutError:
            raise NotAnsweredError("timeout") from None
        finally:
            self._keep(to, line)
        return answer

    def _kept(self, to: Address) -> "_Line | None":
        """The connection that was used last, if it is still good; those that are too old are closed."""
        lines = self._idle.get(to.server, [])
        while lines:
            line = lines.pop()
            if line.is_usable and time.monotonic() - line.idle_since < IDLE_S:
                return line
            line.close()
        return None

    async def _new(self, to: Address) -> "_Line":
        if not self._is_open:
            raise NotSentError("closed")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_S):
                _, line = await loop.create_connection(_Line, to.host, to.port, ssl=self._tls_for(to))
        except (OSError, TimeoutError) as error:
            raise NotSentError(type(error).__name__) from None
        return line

    def _tls_for(self, to: Address) -> ssl.SSLContext | None:
        if to.is_tls and self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls if to.is_tls else None

    def _keep(self, to: Address, line: "_Line") -> None:
        lines = self._idle.setdefault(to.server, [])
        if self._is_open and line.is_usable and len(lines) < self._limit:
            line.idle_since = time.monotonic()
            lines.append(line)
        else:
            line.close()


def _written(method: str, to: Address, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{method} {to.path} HTTP/1.1", f"Host: {to.host}:{to.port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class _Line(asyncio.Protocol):
    """One connection, with one exchange at a time."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []

    @property
    def is_usable(self) -> bool:
        """Whether the next request can be written: connected, and nothing is owed."""
        return self._transport is not None and not self._transport.is_closing() and self._answer is None

    async def exchange(self, request: bytes) -> tuple[int, bytes]:
        """Write a request; its answer. Raises NotAnsweredError; a cancelled exchange makes the line unusable."""
        if self._transport is None or self._transport.is_closing():
            raise NotSentError("closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail("not HTTP")

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        self._fail("connection dropped")

    def _fail(self, why: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(NotAnsweredError(why))
        self.close()

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._parts = []

    def on_body(self, part: bytes) -> None:
        self._parts.append(part)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            return
        answer, self._answer = self._answer, None
        if answer is None or not self._parser.should_keep_alive():
            self.close()
        if answer is not None and not answer.done():
            answer.set_result((status, b"".join(self._parts)))
