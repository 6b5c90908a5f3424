"""Shops of a file whose news can't wait for a daily check, on both engines."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.lines import Level
from rules.watch_state import WatchState
from storage import follows, shops
from storage.daily_check import arrived
from tests.packaged import FIVE_POINTS
from tests.storage.test_scores import store

DAY = date(2022, 10, 10)
SINCE = DAY - timedelta(7)


async def closings(conn: AsyncConnection) -> list[int]:
    """The shops taken for their closings."""
    await arrived.fill_closings(conn, FIVE_POINTS, SINCE)
    return await taken(conn)


async def taken(conn: AsyncConnection) -> list[int]:
    return list((await conn.execute(select(arrived.arrived.c.shop_id).order_by("shop_id"))).scalars())


async def follower(conn: AsyncConnection, ref: str, chat_id: int, *, is_in: bool | None = True) -> int:
    """The number of an operator's shop followed by the chat."""
    _, shop = await shops.add(conn, ref, ref, 0)
    await shops.set_in_alliance(conn, shop.id, is_in)
    await follows.start(conn, shop.id, chat_id, 0)
    return shop.id


async def test_only_a_closing_that_nobody_was_told_of_can_not_wait(conn: AsyncConnection) -> None:
    below, told, again = [await follower(conn, ref, 1) for ref in ("below", "told", "again")]
    for ref in ("at", "old", "off", "elsewhere"):
        await follower(conn, ref, 1)
    await follower(conn, "out", 1, is_in=False)
    unknown = await follower(conn, "unknown", 1, is_in=None)
    closed = WatchState(DAY, Level.CLOSING, "closing")
    await follows.keep_state(conn, told, 1, closed)
    await follows.keep_state(conn, again, 1, replace(closed, has_left=True))
    await follows.turn(conn, (await shops.by_ref(conn, "off")).id, 1, is_on=False)
    await store(conn, ("elsewhere", DAY, 0, 100, None))
    await store(
        conn,
        ("below", DAY, 0, 349, None),
        ("at", DAY, 0, 350, None),
        ("told", DAY, 0, 340, None),
        ("again", DAY, 0, 340, None),
        ("old", DAY - timedelta(8), 0, 340, None),
        ("off", DAY, 0, 340, None),
        ("out", DAY, 0, 340, None),
        ("unknown", DAY, 0, 340, None),
        ("unfollowed", DAY, 0, 340, None),
    )
    assert await closings(conn) == sorted([below, again, unknown])


async def test_a_count_of_closings_above_the_one_told_can_not_wait(conn: AsyncConnection) -> None:
    numbers = [await follower(conn, ref, 1) for ref in ("risen", "same", "first")]
    for number, known in zip(numbers, (0, 1, None), strict=True):
        await follows.keep_state(conn, number, 1, WatchState(DAY, closures=known))
    await store(conn, ("risen", DAY, 0, 450, 1), ("same", DAY, 0, 450, 1), ("first", DAY, 0, 450, 1))
    assert await closings(conn) == numbers[:1]


async def test_a_shop_with_many_followers_is_named_once(conn: AsyncConnection) -> None:
    number = await follower(conn, "S1", 1)
    await follows.start(conn, number, 2, 0)
    await store(conn, ("S1", DAY, 0, 340, None), ("S1", DAY - timedelta(1), 0, 340, None))
    assert await closings(conn) == [number]


async def test_after_the_check_every_followed_shop_of_the_rows_is_taken_in_spans(conn: AsyncConnection) -> None:
    numbers = [await follower(conn, f"S{number}", 1) for number in range(5)]
    await shops.add(conn, "unfollowed", "unfollowed", 0)
    taken_ones = [numbers[0], numbers[2], numbers[3]]
    await store(conn, ("S0", DAY, 0, 450, None), ("S2", DAY, 0, 450, None), ("S3", DAY, 0, 450, None))
    await arrived.fill_all(conn)
    assert await taken(conn) == taken_ones
    assert await arrived.spans(conn, 2) == [(taken_ones[0], taken_ones[1]), (taken_ones[2], taken_ones[2])]
    assert await arrived.spans(conn, 9) == [(taken_ones[0], taken_ones[2])]
