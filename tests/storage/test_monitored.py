"""Figures of feeds, of what was given up and of closings that reached nobody, on both engines."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import Source
from storage import inbox, monitored, outbox, scores, shops
from storage.inbox import Arrival
from storage.monitored import Fed
from storage.notices import key_of
from storage.outbox import Lane, Message
from storage.schema import notices
from storage.schema import outbox as table
from storage.scores import Score

DAY = date(2026, 11, 29)
HOUR_MS = 3_600_000
NOW_MS = 1_000 * HOUR_MS


async def scored(
    conn: AsyncConnection, ref: str, days: Sequence[int], at_ms: int, source: Source = Source.FEED
) -> None:
    """A shop with a score for each day so many days ago."""
    _, shop = await shops.add(conn, ref, "店", 1)
    for back in days:
        row = Score(shop.id, "score", DAY - timedelta(back), Decimal("4.2"), "0-5", source)
        await scores.record(conn, row, at_ms)


async def test_shops_are_fresh_silent_or_never_fed(conn: AsyncConnection) -> None:
    assert await monitored.fed(conn, DAY, NOW_MS) == Fed(0, 0, 0, None)
    await scored(conn, "fresh", [1, 0], NOW_MS - HOUR_MS)
    await scored(conn, "silent", [1], NOW_MS - 27 * HOUR_MS)
    await scored(conn, "of old days", [9], NOW_MS)
    await scored(conn, "told by the merchant alone", [0], NOW_MS, Source.MERCHANT)
    await scored(conn, "never", [], NOW_MS)
    await shops.own(conn, 7, 1)
    assert await monitored.fed(conn, DAY, NOW_MS) == Fed(1, 2, 2, NOW_MS)


async def test_what_was_given_up_is_counted_by_kind(conn: AsyncConnection) -> None:
    assert await monitored.dead(conn) == {"update": 0, "message": 0}
    await inbox.add(conn, [Arrival(1, 1, "{}", "no object"), Arrival(2, 2, "{}")], 50)
    await outbox.enqueue(conn, [Message(1, Lane.BULK, "sendMessage", {})], 70)
    await conn.execute(update(table).values(state=outbox.DEAD))
    assert await monitored.dead(conn) == {"update": 1, "message": 1}


async def closing(conn: AsyncConnection, number: int, state: str, *, day: date = DAY, is_urgent: bool = True) -> None:
    """A notice whose message is in this state."""
    kept = {"chat_id": number, "day": day, "edition": "", "is_urgent": is_urgent, "is_late": False}
    await conn.execute(insert(notices).values(id=number, made_at=0, due_at=0, **kept))
    message = Message(number, Lane.WARNING, "sendMessage", {}, key=key_of(number), notice_id=number)
    (row,) = await outbox.enqueue(conn, [message], 0)
    await conn.execute(update(table).where(table.c.id == row).values(state=state))


async def test_closings_of_two_days_that_reached_nobody_are_counted(conn: AsyncConnection) -> None:
    await closing(conn, 1, outbox.MUTED)
    await closing(conn, 2, outbox.MUTED, day=DAY - timedelta(1))
    await closing(conn, 3, outbox.DEAD)
    await closing(conn, 4, outbox.MUTED, day=DAY - timedelta(2))
    await closing(conn, 5, outbox.MUTED, is_urgent=False)
    for number, state in enumerate((outbox.SENT, outbox.WAITING, outbox.DROPPED), 6):
        await closing(conn, number, state)
    assert await monitored.undelivered_closings(conn, DAY) == {"failed": 1, "muted": 2}
