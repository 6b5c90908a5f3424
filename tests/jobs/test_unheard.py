"""Shops about to lose the access of which nobody hears: told to the operators once a fall."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.jobs.unheard import UnheardWatch
from rules.sources import Source
from storage import chats, follows, scores, shops
from storage.schema import outbox
from storage.scores import Score
from tests.jobs.test_undelivered import TODAY, given_up, heard, noticed, watch


def unheard(engine: AsyncEngine) -> UnheardWatch:
    undelivered = watch(engine)
    return UnheardWatch(engine, undelivered.context, undelivered.clock, lambda: None)


async def low(engine: AsyncEngine, ref: str, value: str = "3.4", ago: int = 0) -> int:
    """An operator's shop with this score; its number."""
    async with engine.begin() as conn:
        _, shop = await shops.add(conn, ref, f"店{ref}", 0)
        row = Score(shop.id, "score", TODAY - timedelta(ago), Decimal(value), "0-5", Source.FEED)
        await scores.record(conn, row, 0)
        return shop.id


async def test_a_shop_without_followers_is_told_once(engine: AsyncEngine) -> None:
    number = await low(engine, "A")
    assert [await unheard(engine).step() for _ in range(2)] == [1, 0]
    (said,) = await heard(engine)
    assert said.splitlines() == [
        "<b>⛔ 1 家店随时会被关闭权限，没有商家收到提醒</b>",
        "",
        "· 店A：没有人关注",
        "",
        "请马上联系商家。没有人关注的，点店名发绑定链接。",
    ]
    assert await heard(engine, 901) == [said]
    assert number == 1


@pytest.mark.parametrize("away", ["turned off", "blocked"])
async def test_followers_who_do_not_hear_are_no_readers(engine: AsyncEngine, away: str) -> None:
    number = await low(engine, "A")
    async with engine.begin() as conn:
        await follows.start(conn, number, 7, 0)
        if away == "blocked":
            await chats.block(conn, 7, "gone", 0)
        else:
            await follows.turn(conn, number, 7, is_on=False)
    assert await unheard(engine).step() == 1
    assert "· 店A：关注的都关了提醒或拉黑了" in (await heard(engine))[0]


async def test_one_reader_is_enough_and_so_is_a_better_or_an_old_score(engine: AsyncEngine) -> None:
    number = await low(engine, "A")
    await low(engine, "B", "3.6")
    await low(engine, "C", ago=8)
    async with engine.begin() as conn:
        for chat_id in (7, 8):
            await follows.start(conn, number, chat_id, 0)
        await follows.turn(conn, number, 7, is_on=False)
        own = await shops.own(conn, 9, 0)
        await scores.record(conn, Score(own.id, "score", TODAY, Decimal("3.4"), "0-5", Source.MERCHANT), 0)
    assert await unheard(engine).step() == 0


async def test_the_rest_of_many_is_one_button_away(engine: AsyncEngine) -> None:
    for at in range(7):
        await low(engine, f"S{at}")
    assert await unheard(engine).step() == 7
    async with engine.begin() as conn:
        payload = (await conn.execute(select(outbox.c.payload).where(outbox.c.chat_id == 900))).scalar_one()
    assert "· 还有 1 家，点“有风险的店”看" in json.loads(payload)["text"]
    rows = json.loads(payload)["reply_markup"]["inline_keyboard"]
    assert [one["callback_data"] for one in rows[-1]] == ["risk"]


async def test_a_shop_that_falls_again_is_told_again(engine: AsyncEngine) -> None:
    await low(engine, "A", ago=2)
    assert await unheard(engine).step() == 1
    await low(engine, "A", "4.2", ago=1)
    assert await unheard(engine).step() == 0
    await low(engine, "A")
    assert await unheard(engine).step() == 1


async def test_what_is_told_as_undelivered_to_a_blocked_chat_is_not_told_twice(engine: AsyncEngine) -> None:
    number = await low(engine, "A")
    await noticed(engine, 1, 7, "A")
    async with engine.begin() as conn:
        await follows.start(conn, number, 7, 0)
        await chats.block(conn, 7, "gone", 5)
    assert await watch(engine).step() == 1
    assert await unheard(engine).step() == 0


async def test_what_an_operator_can_send_again_says_nothing_of_the_other_followers(engine: AsyncEngine) -> None:
    await low(engine, "A")
    await noticed(engine, 1, 7, "A")
    await given_up(engine, 1)
    assert await watch(engine).step() == 1
    assert await unheard(engine).step() == 1
