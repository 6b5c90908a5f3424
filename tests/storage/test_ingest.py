"""The whole ingest on both engines; refusals are in tests/web."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import milliseconds
from storage import follows, schema, shops
from tests.web.conftest import ZONE, Served, served

TODAY = datetime.now(ZONE).date()


def rows(score: float, shops: int = 2) -> list[dict[str, object]]:
    return [{"shop_id": f"S{number}", "day": str(TODAY), "score": score} for number in range(shops)]


async def follow(web: Served, ref: str, chat_id: int) -> None:
    now_ms = milliseconds(web.parts.clock)
    async with web.parts.engine.begin() as conn:
        _, shop = await shops.add(conn, ref, ref, now_ms)
        await follows.start(conn, shop.id, chat_id, now_ms)


async def test_a_call_is_stored_corrected_repeated_and_tells_closings_once(engine: AsyncEngine) -> None:
    async with served(engine) as web:
        await follow(web, "S1", 101)
        first = await web.ingest(rows(4.2), Idempotency_Key="k")
        worse = await web.ingest(rows(3.4))
        same = await web.ingest(rows(3.4))
        again = await web.ingest(rows(4.2), Idempotency_Key="k")
        told = [(one.reason, one.hundredths) for one in await web.rows(schema.notice_items)]
    counts = [
        tuple(reply.json[name] for name in ("new", "corrected", "closings_told")) for reply in (first, worse, same)
    ]
    assert counts == [(2, 0, 0), (0, 2, 1), (0, 0, 0)]
    assert again.text == first.text
    assert told == [("closing", 340)]


async def test_calls_at_the_same_time_are_all_stored(engine: AsyncEngine) -> None:
    async with served(engine) as web:
        days = [str(TODAY - timedelta(back)) for back in range(6)]
        calls = [[row | {"day": day} for row in rows(4.2, 50)] for day in days]
        replies = await asyncio.gather(*map(web.ingest, calls))
        assert [reply.status for reply in replies] == [200] * 6
        assert len(await web.rows(schema.scores)) == 300
