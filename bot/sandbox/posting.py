"""A small HTTP client for webhook pushes: kept connections, one POST at a time on each."""

import asyncio
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult

ANSWER_WITHIN_S = 30.0
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Poster:
    """Posts to one address."""

    def __init__(self, url: SplitResult) -> None:
        self._host = url.hostname or ""
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._port = url.port or (443 if self._tls else 80)
        self._path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        self._idle: list[Connection] = []

    async def post(self, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        """Status and reason of the answer. Raises OSError, EOFError, TimeoutError, ValueError."""
        async with asyncio.timeout(ANSWER_WITHIN_S):
            connection = self._idle.pop() if self._idle else await self._connected()
            try:
                return await self._exchange(connection, self._head(headers, len(body)) + body)
            except BaseException:
                connection[1].transport.abort()
                raise

    def close(self) -> None:
        """Close the kept connections."""
        for _, writer in self._idle:
            writer.transport.abort()
        self._idle.clear()

    async def _connected(self) -> Connection:
        return await asyncio.open_connection(self._host, self._port, ssl=self._tls)

    def _head(self, headers: Mapping[str, str], length: int) -> bytes:
        fields = {"Host": f"{self._host}:{self._port}", "Content-Length": str(length), **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"POST {self._path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")

    async def _exchange(self, connection: Connection, request: bytes) -> tuple[int, str]:
        reader, writer = connection
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        _, status, reason = (*first.split(" ", 2), "")[:3]
        if "content-length" in fields:
            await reader.readexactly(int(fields["content-length"]))
        if "content-length" in fields and fields.get("connection", "").lower() != "close":
            self._idle.append(connection)
        else:
            writer.transport.abort()
        return int(status), reason
