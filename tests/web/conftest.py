"""The HTTP side alone, served on a free port over a real database, and a signing client."""

import asyncio
import io
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock
from bot.telegram.webhook import Keeper
from bot.warnings.policy import WatchPolicy
from bot.web.http_server import serve
from bot.web.observer import Observer
from bot.web.parts import Hook, Parts
from bot.web.signing import sign
from tests.packaged import CATALOGUE

KEY = b"a key of the tests, the new one"
OLD_KEY = b"a key of the tests, the old one"
SECRET = "webhook-secret_1"
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Reply:
    """An answer."""

    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> str:
        return self.json["error"]


@dataclass
class Served:
    """The HTTP side, listening at `url`."""

    url: str
    parts: Parts
    client: aiohttp.ClientSession
    woken: list[None] = field(default_factory=list)

    async def ask(self, method: str, path: str, data: Any = None, headers: dict[str, str] | None = None) -> Reply:
        content = io.BytesIO(data) if isinstance(data, bytes) else data
        async with self.client.request(method, self.url + path, data=content, headers=headers) as reply:
            return Reply(reply.status, reply.headers, await reply.text())

    async def get(self, path: str) -> Reply:
        return await self.ask("GET", path)

    async def ingest(self, body: bytes | list[dict[str, Any]], key: bytes = KEY, **headers: str) -> Reply:
        """Make a signed call; a list is sent as rows, whose shops are to be registered.

        `headers` replace headers of the signature.
        """
        content = body if isinstance(body, bytes) else json.dumps({"rows": body, "register": True}).encode()
        signed = signature(content, key) | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask("POST", "/ingest/scores", content, {"Content-Type": "application/json", **signed})

    async def rows(self, table: Any) -> list[Any]:
        """All rows of a table."""
        async with self.parts.engine.begin() as conn:
            return list((await conn.execute(select(table))).all())


def signature(body: bytes, key: bytes = KEY, *, at: int | None = None, path: str = "/ingest/scores") -> dict[str, str]:
    """The headers of a call made now, or at `at`."""
    return sign(key, int(time.time()) if at is None else at, token_hex(16), method="POST", path=path, body=body)


@asynccontextmanager
async def served(
    engine: AsyncEngine,
    *,
    keys: tuple[bytes, ...] = (KEY, OLD_KEY),
    receive: Callable[..., Any] | None = None,
    edition: str = "2022-10-10",
    at: tuple[str, int] = ("127.0.0.1", 0),
    path: str = "/webhook",
) -> AsyncIterator[Served]:
    """The HTTP side until the block is left, listening `at` host and port; `path` of the webhook, if `receive`."""
    clock = SystemClock()
    woken: list[None] = []
    hook = Hook(path, SECRET.encode(), Keeper(receive).keep) if receive else None
    watch = WatchPolicy(CATALOGUE.edition(edition), ZONE, None, CATALOGUE)
    parts = Parts(engine, clock, Observer(clock), watch, keys, lambda: woken.append(None), hook)
    sock = socket.create_server(at)
    stop, listening = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(serve(parts, sock, stop, listening))
    await listening.wait()
    try:
        async with aiohttp.ClientSession() as client:
            yield Served(f"http://{at[0]}:{sock.getsockname()[1]}", parts, client, woken)
    finally:
        stop.set()
        await serving


@pytest.fixture
def url(suite_url: str) -> str:
    """The URL of a database on a single engine: differences between engines are tested in tests/storage."""
    return suite_url


@pytest.fixture
async def web(engine: AsyncEngine) -> AsyncIterator[Served]:
    """The HTTP side with an ingest and without a webhook."""
    async with served(engine) as running:
        yield running
