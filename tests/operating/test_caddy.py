"""The repository's Caddyfile in a real Caddy, in front of two replicas that it finds by a name."""

import asyncio
import io
import os
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import schema, shops
from tests.operating.conftest import OPERATING, needs_caddy
from tests.web.conftest import SECRET, Served, served
from tests.web.test_webhook import HEADER, JSON, Box, update
from tests.web.whole import free_port

pytestmark = needs_caddy

REPLICAS = ("127.0.0.1", "127.0.0.2")
TOO_LONG = 1_500_000


def version() -> tuple[int, ...]:
    told = subprocess.run(["caddy", "version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in re.findall(r"\d+", told)[:2])


class Names(asyncio.DatagramProtocol):
    """A name server: every name is both replicas."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        end = data.index(b"\0", 12) + 5
        is_ipv4 = data[end - 4 : end - 2] == b"\0\1"
        hosts = [bytes(map(int, host.split("."))) for host in REPLICAS] if is_ipv4 else []
        head = data[:2] + b"\x81\x80\0\1" + len(hosts).to_bytes(2, "big") + bytes(4)
        answers = (b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + host for host in hosts)
        self._transport.sendto(head + data[12:end] + b"".join(answers), addr)  # type: ignore[attr-defined]


def adapted(names_at: int, bots_at: int) -> str:
    """The Caddyfile with another name server and port, and no socket for administration."""
    text = (OPERATING / "Caddyfile").read_text("utf-8")
    changed = text.replace("dynamic a bot 8080 {", f"dynamic a bot {bots_at} {{\nresolvers udp/127.0.0.1:{names_at}")
    assert changed != text
    if version() < (2, 7):
        changed = changed.replace("request_buffers 2MiB", "buffer_requests")
    return "{\n\tadmin off\n}\n" + changed


@asynccontextmanager
async def caddy(folder: Path, bots_at: int) -> AsyncIterator[str]:
    """The address of Caddy's only site."""
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
    file = folder / "Caddyfile"
    file.write_text(adapted(transport.get_extra_info("sockname")[1], bots_at), "utf-8")
    site = f"http://127.0.0.1:{free_port()}"
    running = await asyncio.create_subprocess_exec(
        *("caddy", "run", "--config", file, "--adapter", "caddyfile"),
        env={"PATH": os.environ["PATH"], "PUBLIC_HOST": site, "HOME": str(folder)},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert running.stderr is not None
        while b"serving initial configuration" not in (line := await running.stderr.readline()):
            assert line, "Caddy did not start"
        draining = asyncio.create_task(running.stderr.read())  # a full pipe would hold it up
        yield site
    finally:
        running.kill()
        await running.wait()
        await draining
        transport.close()


class World:
    """Two replicas behind Caddy, on one database."""

    def __init__(self, site: str, box: Box, port: int, client: aiohttp.ClientSession) -> None:
        self.site, self.box, self.port, self.client = site, box, port, client
        self.numbers = iter(range(1, 100))
        self._replicas: dict[str, AsyncExitStack] = {}

    async def start(self, host: str) -> Served:
        self._replicas[host] = AsyncExitStack()
        replica = served(self.box.engine, receive=self.box.receive, at=(host, self.port))
        return await self._replicas[host].enter_async_context(replica)

    async def stop(self, host: str) -> None:
        await self._replicas.pop(host).aclose()

    async def stop_all(self) -> None:
        for host in list(self._replicas):
            await self.stop(host)

    async def told(self, path: str, body: object = None, headers: dict[str, str] | None = None) -> tuple[int, str]:
        method = "GET" if body is None else "POST"
        content = io.BytesIO(body) if isinstance(body, bytes) else body
        async with self.client.request(method, self.site + path, data=content, headers=headers) as reply:
            return reply.status, await reply.text()

    async def bring(self, count: int) -> list[int]:
        """The statuses of so many updates, each another one."""
        bodies = [update(next(self.numbers)) for _ in range(count)]
        return [(await self.told("/webhook", body, JSON | {HEADER: SECRET}))[0] for body in bodies]

    async def kept(self, replica: Served) -> list[int]:
        return sorted(row.key for row in await replica.rows(schema.inbox))


@pytest.fixture
def url(suite_url: str) -> str:
    return suite_url


@pytest.fixture
async def world(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[World]:
    port = free_port()
    async with caddy(tmp_path, port) as site, aiohttp.ClientSession() as client:
        made = World(site, Box(engine), port, client)
        yield made
        await made.stop_all()


async def test_only_two_paths_are_let_in_and_a_signed_call_arrives_as_it_was_signed(world: World) -> None:
    replica, _ = await world.start(REPLICAS[0]), await world.start(REPLICAS[1])
    async with world.box.engine.begin() as conn:
        await shops.add(conn, "S1", "小店", 1)
    assert await world.bring(2) == [200, 200]
    for path in ("/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/webhook/x", "/ingest"):
        assert (await world.told(path))[0] == 404, path
    through = Served(world.site, replica.parts, world.client)
    reply = await through.ingest([{"shop_id": "S1", "day": "2022-10-10", "score": 4.2}])
    assert (reply.status, reply.json["new"]) == (200, 1)


async def test_an_update_goes_to_the_other_replica_when_one_is_down_or_comes_back(world: World) -> None:
    replica, _ = await world.start(REPLICAS[0]), await world.start(REPLICAS[1])
    assert await world.bring(4) == [200] * 4
    await world.stop(REPLICAS[1])
    assert await world.bring(6) == [200] * 6
    await world.start(REPLICAS[1])
    await world.stop(REPLICAS[0])
    assert await world.bring(6) == [200] * 6
    assert await world.kept(replica) == list(range(1, 17))


async def test_a_body_that_is_too_long_is_refused_by_the_bot_and_puts_no_replica_aside(world: World) -> None:
    await world.start(REPLICAS[0])

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(TOO_LONG // 50_000):
            yield b" " * 50_000

    for _ in range(2):
        for body in (b" " * TOO_LONG, in_pieces()):
            status, text = await world.told("/webhook", body, JSON | {HEADER: SECRET})
            assert (status, text) == (413, '{"error": "the body is longer than 1048576 bytes"}\n')
        assert await world.bring(2) == [200, 200]


async def test_an_update_under_way_in_a_replica_that_dies_is_brought_to_the_other(world: World) -> None:
    if version() < (2, 7):
        pytest.skip("Caddy before 2.7 can't send a body again: Telegram gets 502, and brings the update again itself")
    replica = await world.start(REPLICAS[0])
    died = 0

    async def dies(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal died
        await reader.readuntil(b'"update_id"')
        died += 1
        writer.transport.abort()

    async with await asyncio.start_server(dies, REPLICAS[1], world.port):
        assert await world.bring(6) == [200] * 6
    assert died >= 2
    assert await world.kept(replica) == [1, 2, 3, 4, 5, 6]
