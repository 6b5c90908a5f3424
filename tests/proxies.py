"""Real proxies, HTTP CONNECT and SOCKS 5, and a Bot API server behind TLS, each of this machine alone.

The proxies run in a loop and a thread of their own: a test may be waiting in its loop, or in a command.
"""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import trustme
from aiohttp import web
from anyio.abc import SocketAttribute
from anyio.streams.tls import TLSListener
from tiny_proxy import HttpProxyHandler, Socks5ProxyHandler

from bot.proxies import Proxy
from bot.sandbox.listening import Listener, serving

USER = "operator"
PASSWORD = "p@ss:w/rd#1%?"
ENCODED_PASSWORD = "p%40ss%3Aw%2Frd%231%25%3F"
"""The password as it stands in an address."""


@dataclass
class Running:
    """A proxy of this kind on this machine, and how many connections came to it; `task` serves them."""

    kind: str
    port: int = 0
    connections: int = 0
    task: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        return f"{self.kind}://localhost:{self.port}"

    @property
    def address_of_user(self) -> str:
        return f"{self.kind}://{USER}:{ENCODED_PASSWORD}@localhost:{self.port}"

    def known_to(self, user: str = "", password: str = "") -> Proxy:
        """The proxy, as a bot knows it that has this user and password."""
        return Proxy(self.kind, "localhost", self.port, user, password)


@contextmanager
def proxy(kind: str, user: str = "", password: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Running]:
    """A proxy until the block is left. With `user`, nobody else is served; with `tls`, it is reached over TLS."""
    running, loop = Running(kind), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    handler = (Socks5ProxyHandler if kind.startswith("socks") else HttpProxyHandler)(user, password)
    try:
        asyncio.run_coroutine_threadsafe(_listening(running, handler, tls), loop).result(10)
        yield running
    finally:
        asyncio.run_coroutine_threadsafe(_ended(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _listening(running: Running, handler: Any, tls: ssl.SSLContext | None) -> None:
    async def handle(stream: Any) -> None:
        running.connections += 1
        await handler.handle(stream)

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    running.port = listener.extra(SocketAttribute.local_port)
    over = listener if tls is None else TLSListener(listener, tls)
    running.task = asyncio.create_task(_served(over, handle))


async def _served(listener: Any, handle: Any) -> None:
    async with listener:
        await listener.serve(handle)


async def _ended() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def as_server(authority: trustme.CA) -> ssl.SSLContext:
    """TLS of a server named localhost, with a certificate of the authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@asynccontextmanager
async def sandbox_over_tls(authority: trustme.CA) -> AsyncIterator[tuple[Listener, str]]:
    """A sandbox, and its root over TLS; the sandbox's own address is without."""
    async with serving() as listener:
        site = web.TCPSite(listener._runner, "127.0.0.1", 0, ssl_context=as_server(authority))
        await site.start()
        yield listener, f"https://localhost:{site.port}"
