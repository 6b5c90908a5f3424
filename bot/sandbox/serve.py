"""Listening: in a process of its own (`run`) or inside a test (`serving`)."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from bot.sandbox.forward import Forward
from bot.sandbox.server import app
from bot.sandbox.state import Sandbox

BACKLOG = 2048
KEEP_ALIVE_S = 75


class Listener:
    """A listening server. `url` ends without a slash; `sandbox` is what the server knows."""

    def __init__(self, host: str, port: int, forward: Forward | None = None) -> None:
        self.host, self.port = host, port
        self._app = app(forward)
        self.sandbox: Sandbox = self._app.state.sandbox
        self._state = ServerState()
        self._config = uvicorn.Config(
            self._answer,
            interface="asgi3",
            proxy_headers=False,
            server_header=False,
            date_header=False,
            http=_protocol(self),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        self._config.load()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def start(self) -> None:
        """Listen; connections are accepted when this returns. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, self.host, self.port, backlog=BACKLOG)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close everything: the socket, the connections, the pushes."""
        self._hang_up()
        await asyncio.sleep(0)  # a connection accepted just now is known by then
        self._hang_up()
        for world in self.sandbox.worlds():
            world.webhook.stop()
        for task in list(self._state.tasks):
            task.cancel()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)

    def refuse(self, seconds: float) -> None:
        """Stop listening for a while: connections are refused, and those that are open are cut."""
        loop = asyncio.get_running_loop()
        loop.call_later(0.01, self._hang_up)  # after the control call was answered
        loop.call_later(seconds, self._return)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(asyncio.CancelledError):  # only `stop` cancels, and nobody waits for the answer then
            await self._app(scope, receive, send)

    def _return(self) -> None:
        task = asyncio.ensure_future(self.start())
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._state.connections):
            connection.transport.abort()

    def _connection(self) -> asyncio.Protocol:
        made: Any = self._config.http_protocol_class
        protocol: asyncio.Protocol = made(self._config, self._state, {})
        return protocol


def _protocol(listener: Listener) -> type[HttpToolsProtocol]:
    class Protocol(HttpToolsProtocol):
        """Lets the application hang up on a caller, and stop listening."""

        def on_headers_complete(self) -> None:
            switches: dict[object, object] = {"hang_up": self.transport.abort, "refuse": listener.refuse}
            self.scope["extensions"] = {"sandbox": switches}
            super().on_headers_complete()

    return Protocol


@asynccontextmanager
async def serving(host: str = "127.0.0.1", port: int = 0, forward: Forward | None = None) -> AsyncIterator[Listener]:
    """A server that listens in this event loop while the context is open."""
    listener = Listener(host, port, forward)
    await listener.start()
    try:
        yield listener
    finally:
        await listener.stop()


async def run(host: str, port: int, forward: Forward | None = None) -> None:
    """Serve until SIGINT or SIGTERM; one line on standard output says when it is ready."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    async with serving(host, port, forward) as listener:
        sys.stdout.write(f"sandbox ready: {listener.url}/\n")
        sys.stdout.flush()
        await stopped.wait()
