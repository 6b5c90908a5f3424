"""Paths passed on to the server behind the sandbox."""

import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from bot.sandbox.forward import Forward
from bot.sandbox.listening import serving

LONG = b"x" * 1_000_000


@dataclass
class Behind:
    """The server behind, noting requests; `url` is the address of the sandbox before."""

    url: str = ""
    seen: list[tuple[str, str, bytes]] = field(default_factory=list)
    runner: web.AppRunner | None = None

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append((request.method, request.raw_path, await request.read()))
        answer = web.Response(status=418, text="short and stout")
        answer.headers.extend([("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return answer


@pytest.fixture
async def behind() -> AsyncIterator[Behind]:
    made, app = Behind(), web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/{path:.*}", made.answer)
    made.runner = web.AppRunner(app, auto_decompress=False)
    await made.runner.setup()
    site = web.TCPSite(made.runner, "127.0.0.1", 0)
    await site.start()
    async with serving(forward=Forward(("/health", "/in/"), site.name)) as listener:
        made.url = listener.url
        yield made
    await made.runner.cleanup()


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("GET", "/health?a=%2F%20&b=x+y", b"", {}),
        ("POST", "/in/a%2Fb?c=%E4", LONG, {}),
        ("POST", "/in/", gzip.compress(b"x"), {"Content-Encoding": "gzip"}),
        ("DELETE", "/in/a/b", b"", {}),
    ],
    ids=["a path", "a long body", "a compressed body", "below a path"],
)
async def test_a_request_reaches_the_server_behind_as_it_was_sent(
    behind: Behind, method: str, path: str, body: bytes, headers: dict[str, str]
) -> None:
    url = URL(behind.url + path, encoded=True)
    async with aiohttp.request(method, url, data=body or None, headers=headers) as reply:
        said = (reply.status, await reply.text(), reply.headers.getall("Set-Cookie"))
    assert said == (418, "short and stout", ["a=1", "b=2"])
    assert behind.seen == [(method, path, body)]


async def test_other_paths_stay_with_the_sandbox(behind: Behind) -> None:
    for path, status in (("/", 200), ("/healthy", 404), ("/in", 404)):
        async with aiohttp.request("GET", behind.url + path) as reply:
            assert reply.status == status
    assert behind.seen == []


async def test_a_server_that_is_gone_is_a_bad_gateway(behind: Behind) -> None:
    assert behind.runner is not None
    await behind.runner.cleanup()
    async with aiohttp.request("GET", f"{behind.url}/health") as reply:
        assert (reply.status, await reply.json()) == (502, {"error": "the server behind the sandbox does not answer"})
