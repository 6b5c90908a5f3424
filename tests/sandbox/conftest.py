"""A server, the person's side, and a bot calling the server over HTTP."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.live import Person, SandboxClient, sandbox_client

TOKEN = "4242:secret-of_the_bot"


class Bot:
    """Calls methods as a bot does."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str = TOKEN) -> None:
        self.session, self.url, self.token = session, url, token

    def other(self, token: str) -> "Bot":
        """The same with another token."""
        return Bot(self.session, self.url, token)

    async def raw(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        """Status and envelope."""
        async with self.session.post(f"{self.url}/bot{self.token}/{method}", json=params) as reply:
            return reply.status, await reply.json()

    async def __call__(self, method: str, **params: Any) -> Any:
        """The result of a call; the call must succeed."""
        status, body = await self.raw(method, **params)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """The description of a refused call; HTTP status and envelope must agree."""
        status, body = await self.raw(method, **params)
        assert body["ok"] is False, body
        assert status == body["error_code"]
        return str(body["description"])

    async def ids(self, **params: Any) -> list[int]:
        """Update ids from getUpdates."""
        return [update["update_id"] for update in await self("getUpdates", **params)]

    async def download(self, path: str) -> bytes:
        async with self.session.get(f"{self.url}/file/bot{self.token}/{path}") as reply:
            assert reply.status == 200
            return await reply.read()


def keys(*buttons: tuple[str, str]) -> str:
    """An inline keyboard with a button a row."""
    return json.dumps({"inline_keyboard": [[{"text": text, "callback_data": data}] for text, data in buttons]})


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxClient]:
    async with sandbox_client() as client:
        yield client


@pytest.fixture
async def bot(sandbox: SandboxClient) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        yield Bot(session, sandbox.url)


@pytest.fixture
async def person(sandbox: SandboxClient) -> Person:
    return await sandbox.person()
