"""Files of operators that the bot can't have: what the operator is told."""

import json
from datetime import time, timedelta

import pytest
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.feeds.chat_uploads import AGAIN_MS, PATIENCE_MS, Uploads
from bot.telegram.api import Api
from bot.telegram.session import Session
from storage import uploads
from storage.schema import outbox
from tests.rule_lists import serving
from tests.warnings.test_schedule import SetClock
from tests.warnings.world import World, instant, ms

SAID_SO = "<b>没能从 Telegram 下载这个文件，没有导入</b>"


@pytest.mark.parametrize("place", ["getFile", "the file"])
async def test_a_file_is_asked_for_again_while_something_other_than_telegram_answers(
    engine: AsyncEngine, place: str
) -> None:
    clock, asked = SetClock(instant(0, "20:00")), 0

    async def get_file(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"file_id": "x", "file_path": "f.csv", "file_size": 9}})

    async def portal(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=200 if asked % 2 else 403, body=b"<html>")

    calls = (portal, portal) if place == "getFile" else (portal, get_file)
    async with serving(*calls) as root, Session(1) as session:
        work = Uploads(engine, Api("1:x", root, session), World(engine).watch, time(9, 30), clock, wake=lambda: None)
        async with engine.begin() as conn:
            await uploads.add(conn, 4711, "x", ms(clock.now()))
        for _ in range(60):
            assert await work.step()
            assert not await work.step()
            clock.at += timedelta(milliseconds=AGAIN_MS)
        assert await said(engine) == []
        assert await work.step()
        assert not await work.step()
    assert asked == 61
    (text,) = await said(engine)
    assert text.startswith(SAID_SO)


@pytest.mark.parametrize("code", [429, 500, 502])
async def test_a_file_is_asked_for_again_when_telegram_is_in_trouble_or_asks_to_wait(
    engine: AsyncEngine, code: int
) -> None:
    async def trouble(_: web.Request) -> web.Response:
        said = {"ok": False, "error_code": code, "description": "trouble"}
        wait = {"parameters": {"retry_after": 60}} if code == 429 else {}
        return web.json_response(said | wait, status=code)

    clock = SetClock(instant(0, "20:00"))
    async with serving(trouble, trouble) as root, Session(1) as session:
        work = Uploads(engine, Api("1:x", root, session), World(engine).watch, time(9, 30), clock, wake=lambda: None)
        async with engine.begin() as conn:
            await uploads.add(conn, 4711, "x", ms(clock.now()))
        assert await work.step()
        clock.at += timedelta(milliseconds=(60_000 if code == 429 else AGAIN_MS) - 1)
        assert not await work.step()
        clock.at += timedelta(milliseconds=1)
        assert await work.step()
        assert await said(engine) == []
        clock.at += timedelta(milliseconds=PATIENCE_MS)
        assert await work.step()
    (text,) = await said(engine)
    assert text.startswith(SAID_SO)


async def test_a_file_that_is_gone_is_said_to_be_at_once(engine: AsyncEngine) -> None:
    async def gone(_: web.Request) -> web.Response:
        return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)

    async def get_file(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"file_id": "x", "file_path": "f.csv", "file_size": 9}})

    clock = SetClock(instant(0, "20:00"))
    async with serving(gone, get_file) as root, Session(1) as session:
        work = Uploads(engine, Api("1:x", root, session), World(engine).watch, time(9, 30), clock, wake=lambda: None)
        async with engine.begin() as conn:
            await uploads.add(conn, 4711, "x", ms(clock.now()))
        assert await work.step()
    (text,) = await said(engine)
    assert text.startswith(SAID_SO)


async def said(engine: AsyncEngine) -> list[str]:
    """What the operator is to read."""
    async with engine.connect() as conn:
        rows = (await conn.execute(select(outbox.c.payload).order_by(outbox.c.id))).scalars().all()
    return [json.loads(row)["text"] for row in rows]


async def test_a_file_on_the_disk_of_another_machine_is_said_to_be_there(engine: AsyncEngine) -> None:
    async def local_server(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"file_id": "x", "file_path": "/elsewhere/scores.csv"}})

    now = instant(0, "20:00")
    async with serving(local_server, local_server) as root, Session(1) as session:
        work = Uploads(
            engine, Api("1:x", root, session), World(engine).watch, time(9, 30), SetClock(now), wake=lambda: None
        )
        async with engine.begin() as conn:
            await uploads.add(conn, 4711, "x", ms(now))
        assert await work.step()
    async with engine.connect() as conn:
        (said,) = (await conn.execute(select(outbox.c.payload))).scalars().all()
    assert json.loads(said)["text"].startswith("<b>机器人读不到 Bot API 服务器上的文件，没有导入</b>")
