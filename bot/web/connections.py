"""Connections of the HTTP side within limits: so many at a time, and the head of a request in time and not too long."""

import asyncio
from collections.abc import Iterable
from typing import Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WITHIN_S: Final = 10.0
MOST_HEAD_BYTES: Final = 64 * 1024
_TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Connection(HttpToolsProtocol):
    """A connection of uvicorn. When there are too many, the oldest that has not sent a whole request makes room.

    The methods override uvicorn's; a test fails when uvicorn renames one.
    """

    _since = 0.0
    _head_bytes = 0
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, unless there are too many connections."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self._wait_for_a_head()
        if self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency:
            _oldest(cast(Iterable[Connection], self.connections), self).cut()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._head_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that is too long is refused."""
        super().data_received(data)
        if self._late is None or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > MOST_HEAD_BYTES:
            self.transport.write(_TOO_LONG)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Wait for the rest of a head."""
        self._wait_for_a_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Wait no more."""
        self._head_is_there()
        self._head_bytes = 0
        super().on_headers_complete()

    @property
    def owes_a_request(self) -> bool:
        """Whether a request, or the rest of one, has not come yet."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    @property
    def since(self) -> float:
        """When the connection was made, in the time of the loop."""
        return self._since

    def cut(self) -> None:
        """End the connection now."""
        self.connections.discard(self)
        self.transport.abort()

    def _wait_for_a_head(self) -> None:
        self._head_is_there()
        self._late = self.loop.call_later(HEAD_WITHIN_S, self.transport.close)

    def _head_is_there(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def _oldest(connections: Iterable[Connection], newest: Connection) -> Connection:
    """The oldest connection that owes a request; the newest of all when no other does."""
    return min((one for one in connections if one.owes_a_request), key=lambda one: one.since, default=newest)
