"""The server of the Bot API, the control calls and the page: a process (`run`) or a part of a test (`serving`)."""

import asyncio
import os
import signal
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from bot.sandbox import bot_api, control
from bot.sandbox.controlled import Refuse
from bot.sandbox.forward import Forward
from bot.sandbox.hosts import place, reachable
from bot.sandbox.state import Sandbox
from bot.sandbox.strangers import turned_away
from bot.sandbox.wire import LARGEST_BODY

PAGE = Path(__file__).with_name("chat.html")
_POLICY = (
    "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'unsafe-inline'; "
    "script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
BACKLOG = 2048
KEEP_ALIVE_S = 75
SOON_S = 0.01
"""Time for an answer being written; aiohttp takes 0 for endless."""


def app(sandbox: Sandbox, refuse: Refuse, host: str, forward: Forward | None = None) -> web.Application:
    """The application over `sandbox`, listening on `host`.

    `refuse` stops listening for seconds; `forward` goes before all other paths.
    """
    built = web.Application(client_max_size=LARGEST_BODY, middlewares=[turned_away(host, forward)])
    built.add_routes(forward.routes() if forward else [])
    built.add_routes([*bot_api.BotApi(sandbox).routes(), web.get("/", _page)])
    built.add_subapp("/sandbox/", control.app(sandbox, refuse))
    return built


async def _page(_: web.Request) -> web.Response:
    page = PAGE.read_text("utf-8")
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = _POLICY.format(script=digest)
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(text=page, content_type="text/html", headers=headers)


class Listener:
    """A listening server. `url` ends without a slash; `sandbox` holds the server's state."""

    def __init__(self, host: str, port: int, forward: Forward | None = None) -> None:
        self.host, self.port = host, port
        self.sandbox = Sandbox()
        built = app(self.sandbox, self.refuse, host, forward)
        self._runner = web.AppRunner(
            built,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=KEEP_ALIVE_S,
            shutdown_timeout=SOON_S,
        )
        self._refusing: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://{place(reachable(self.host), self.port)}"

    async def start(self) -> None:
        """Listen; connections are accepted on return. Raises OSError when the port is taken."""
        await self._runner.setup()
        await self._listen()

    async def stop(self) -> None:
        """Close everything: the socket, the connections, the pushes."""
        if self._refusing is not None:
            self._refusing.cancel()
        for world in self.sandbox.worlds():
            world.webhook.stop()
        await self._runner.cleanup()

    def refuse(self, seconds: float) -> None:
        """Stop listening for `seconds`: new connections are refused, open connections are cut."""
        self._refusing = asyncio.create_task(self._refuse(seconds))

    async def _refuse(self, seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        await asyncio.sleep(SOON_S)  # the control call is answered first
        for site in self._runner.sites:
            await site.stop()
        for connection in self._runner.server.connections if self._runner.server else ():
            connection.force_close()  # all at once: a call on a connection that is closed a little later would be lost
        await asyncio.sleep(until - clock())
        await self._listen()

    async def _listen(self) -> None:
        site = web.TCPSite(self._runner, self.host, self.port, backlog=BACKLOG)
        await site.start()
        self.port = site.port


@asynccontextmanager
async def serving(host: str = "127.0.0.1", port: int = 0, forward: Forward | None = None) -> AsyncIterator[Listener]:
    """A server listening in the running event loop while the context is open."""
    listener = Listener(host, port, forward)
    await listener.start()
    try:
        yield listener
    finally:
        await listener.stop()


async def run(host: str, port: int, forward: Forward | None = None, *, kept: bool = False) -> None:
    """Serve until SIGINT or SIGTERM; print a line when ready. `kept`: also until standard input ends."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    if kept:
        loop.add_reader(sys.stdin.fileno(), _end_with_input, stopped)
    async with serving(host, port, forward) as listener:
        sys.stdout.write(f"sandbox ready: {listener.url}/\n")
        sys.stdout.flush()
        await stopped.wait()


def _end_with_input(stopped: asyncio.Event) -> None:
    """Standard input is a pipe of whoever started the process: it ends however that one ends."""
    if not os.read(sys.stdin.fileno(), 1024):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stopped.set()
