"""Files of operators that the bot can't have: what the operator is told."""

import json
from datetime import time

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.feeds.chat_uploads import Uploads
from bot.telegram.api import Api
from bot.telegram.session import Session
from storage import uploads
from storage.schema import outbox
from tests.rule_lists import serving
from tests.warnings.test_schedule import SetClock
from tests.warnings.world import World, instant, ms


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
