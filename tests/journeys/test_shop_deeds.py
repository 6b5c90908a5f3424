"""Deeds on a shop while a merchant opens a link to the shop."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.journeys import shop_deeds
from bot.journeys.shop_deeds import Doing
from storage import follows, invites, shops
from storage.shops import Shop
from tests.databases import WAITS_FOR_US

LINK = "a" * 16


@pytest.mark.parametrize("does", [shop_deeds.hand_over, shop_deeds.remove])
async def test_who_binds_the_shop_meanwhile_is_a_follower_like_the_others(
    engine: AsyncEngine, does: Callable[[Doing, Shop], Awaitable[object]]
) -> None:
    async with engine.begin() as conn:
        _, shop = await shops.add(conn, "S1", "花店", 1)
        await invites.make(conn, LINK, shop.id, datetime(2022, 10, 17, tzinfo=UTC))

    async def deed() -> object:
        async with engine.begin() as conn:
            return await does(Doing(conn, None, "小李", 10), shop)

    async with engine.begin() as conn:
        await invites.use(conn, LINK, 7, 5)
        doing = asyncio.create_task(deed())
        if conn.dialect.name == "postgresql":
            while not (await conn.execute(text(WAITS_FOR_US))).scalar():
                pass
        await follows.start(conn, shop.id, 7, 5)
    assert await doing in (1, (1, 0))
    async with engine.begin() as conn:
        assert await follows.of_shop(conn, shop.id) == []
