"""uvicorn as used by the HTTP side."""

import asyncio
import signal
import time

import pytest
import uvicorn
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.web import http_server
from bot.web.http_server import Server
from tests.web.conftest import Served, served

OURS = [name for name in vars(Server) if not name.startswith("_")]


@pytest.mark.parametrize("name", OURS)
def test_what_the_server_overrides_is_uvicorns(name: str) -> None:
    assert callable(vars(uvicorn.Server).get(name)), f"uvicorn.Server.{name} is gone: see bot/web/http_server.py"


async def test_the_programs_signals_stay_its_own(web: Served) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(told.wait(), 5)
    assert (await web.get("/healthz")).status == 200


async def test_an_answer_is_not_held_back_until_the_client_confirms_its_first_part(web: Served) -> None:
    body, took_s = b"[]", []
    for _ in range(60):  # a connection is confirmed at once in its first moments only
        started = time.monotonic()
        assert (await web.ingest(body)).status == 422
        took_s.append(time.monotonic() - started)
    assert min(took_s[-20:]) < 0.03


async def test_a_body_that_never_comes_does_not_keep_it_from_ending(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "FINISH_S", 0.1)
    async with served(engine) as web:
        port = web.url.rpartition(":")[2]
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        head = "POST /ingest/scores HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
        writer.write(head.encode() + b"{")
        await web.get("/healthz")
        started = time.monotonic()
    assert time.monotonic() - started < 20
    await reader.read()
    writer.close()
