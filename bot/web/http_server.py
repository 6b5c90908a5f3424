"""The HTTP side served by uvicorn on a listening socket, until told to stop."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from bot.resources import at_most
from bot.web.app import app
from bot.web.connections import Connection
from bot.web.parts import Parts

MOST_CONNECTIONS: Final = 200
"""Open at a time, and as many again that are accepted in the same moment."""

KEEP_ALIVE_S: Final = 75
FINISH_S: Final = 2
"""So long may requests under way take when the server is told to stop."""


async def serve(parts: Parts, sock: socket.socket, stop: asyncio.Event, listening: asyncio.Event) -> None:
    """Serve on the listening socket `sock` until `stop`; sets `listening` once connections are accepted."""
    # asyncio does this only for sockets made with a protocol number; without it each answer waits 40 ms for an ACK.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await Server(_config(app(parts)), stop, listening).serve(sockets=[sock])


def _config(served: ASGIApp) -> uvicorn.Config:
    most = at_most(MOST_CONNECTIONS, one_of=6)
    return uvicorn.Config(
        served,
        interface="asgi3",
        http=Connection,
        ws="none",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        log_config=None,
        access_log=False,
        limit_concurrency=most,
        backlog=most,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=FINISH_S,
    )


class Server(uvicorn.Server):
    """Serves until `stop` is set, without uvicorn's signal handlers and timer.

    Both methods override uvicorn's; a test fails when uvicorn renames either.
    """

    def __init__(self, config: uvicorn.Config, stop: asyncio.Event, listening: asyncio.Event) -> None:
        super().__init__(config)
        self._stop, self._listening = stop, listening

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """No signal is captured."""
        yield

    async def main_loop(self) -> None:
        """Wait for `stop`."""
        self._listening.set()
        await self._stop.wait()
