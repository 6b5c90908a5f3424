"""Announcements: once to each chat, by any number of processes, whatever is broken off."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import SystemClock
from bot.jobs.announcer import Announcer, messages_to
from bot.views.announcement import wording
from rules.sources import Source
from storage import announcements, audiences, chats, follows, outbox, scores, sending, shops
from storage.announcements import Progress
from storage.audiences import MANY, Audience
from storage.outbox import Lane
from storage.schema import dialogues
from storage.schema import outbox as outbox_rows
from storage.scores import Score
from tests.packaged import FIVE_POINTS


class Later(SystemClock):
    """A clock half a minute later at each look."""

    def __init__(self) -> None:
        self._passed = timedelta()

    def now(self) -> datetime:
        self._passed += timedelta(seconds=30)
        return datetime.now(UTC) + self._passed


def announcer(engine: AsyncEngine) -> Announcer:
    return Announcer(engine, Later(), lambda: None)


async def known(conn: AsyncConnection, count: int) -> None:
    rows = [{"chat_id": 1 + number, "version": 1, "body": "{}", "updated_at": 0} for number in range(count)]
    await conn.execute(dialogues.insert(), rows)


async def confirmed(engine: AsyncEngine, count: int) -> int:
    async with engine.begin() as conn:
        await known(conn, count)
        number = await announcements.begin(conn, None, Audience.ALL, 0, "你好")
        assert await announcements.confirm(conn, number, (FIVE_POINTS,), 0) == count
    return number


async def send(engine: AsyncEngine) -> None:
    """Everything in the outbox takes effect."""
    async with engine.begin() as conn:
        query = select(outbox_rows.c.id).where(outbox_rows.c.state == outbox.WAITING)
        await sending.sent(conn, [(number, number) for number in (await conn.execute(query)).scalars()], 0)


async def told(engine: AsyncEngine) -> Counter[int]:
    async with engine.begin() as conn:
        rows = (await conn.execute(select(outbox_rows.c.chat_id).where(outbox_rows.c.lane == int(Lane.BULK)))).scalars()
        return Counter(rows)


async def until_over(engine: AsyncEngine, *processes: Announcer) -> None:
    while any(await asyncio.gather(*(process.step() for process in processes))):
        await send(engine)


async def test_every_chat_is_told_once_however_many_processes_take_part(engine: AsyncEngine) -> None:
    number = await confirmed(engine, 1200)
    await until_over(engine, *(announcer(engine) for _ in range(4)))
    assert await told(engine) == dict.fromkeys(range(1, 1201), 1)
    async with engine.begin() as conn:
        assert await announcements.progress(conn, number) == Progress(1200, 1200, 0)
        one = await announcements.by_id(conn, number)
    assert one is not None
    assert one.state == announcements.DONE


async def test_no_more_wait_at_a_time_than_are_soon_sent(engine: AsyncEngine) -> None:
    await confirmed(engine, 1200)
    process = announcer(engine)
    for _ in range(3):
        await process.step()
    assert len(await told(engine)) == 500


async def test_a_transaction_that_is_broken_off_tells_nobody_and_leaves_nobody_out(engine: AsyncEngine) -> None:
    number = await confirmed(engine, 20)
    async with engine.connect() as conn, conn.begin() as broken_off:
        one = await announcements.by_id(conn, number)
        assert one is not None
        chat_ids = await announcements.next_chats(conn, number, 7)
        numbers = await outbox.enqueue(conn, messages_to(wording(one.text), chat_ids), 0)
        await announcements.queued(conn, number, dict(zip(chat_ids, numbers, strict=True)))
        await broken_off.rollback()
    await until_over(engine, announcer(engine))
    assert await told(engine) == dict.fromkeys(range(1, 21), 1)


async def test_it_is_confirmed_once(engine: AsyncEngine) -> None:
    number = await confirmed(engine, 3)
    async with engine.begin() as conn:
        assert await announcements.confirm(conn, number, (FIVE_POINTS,), 0) is None


async def test_blocked_and_moved_chats_and_groups_are_left_out(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await known(conn, 5)
        await conn.execute(dialogues.insert().values(chat_id=-7, version=1, body="{}", updated_at=0))
        await chats.block(conn, 2, "blocked", 0)
        await chats.move(conn, 3, 33, 0)
        number = await announcements.begin(conn, None, Audience.ALL, 0, "你好")
        reach = await audiences.reach(conn, (FIVE_POINTS,), Audience.ALL)
        assert await announcements.confirm(conn, number, (FIVE_POINTS,), 0) == reach
    await until_over(engine, announcer(engine))
    assert sorted(await told(engine)) == [1, 4, 5, 33]


async def test_one_that_is_stopped_sends_no_more_and_counts_what_it_did(engine: AsyncEngine) -> None:
    number = await confirmed(engine, 600)
    process = announcer(engine)
    await process.step()
    async with engine.begin() as conn:
        some = select(outbox_rows.c.id).order_by(outbox_rows.c.id).limit(40).scalar_subquery()
        await conn.execute(update(outbox_rows).where(outbox_rows.c.id.in_(some)).values(state=outbox.SENT))
        assert await announcements.stop(conn, number, 9)
        assert not await announcements.stop(conn, number, 9)
    await until_over(engine, process)
    async with engine.begin() as conn:
        assert await announcements.progress(conn, number) == Progress(600, 40, 560)
        waiting = select(func.count()).select_from(outbox_rows).where(outbox_rows.c.state == outbox.WAITING)
        assert (await conn.execute(waiting)).scalar() == 0
        ends = select(outbox_rows.c.done_at).where(outbox_rows.c.state == outbox.DROPPED).distinct()
        assert list((await conn.execute(ends)).scalars()) == [9]
        one = await announcements.by_id(conn, number)
    assert one is not None
    assert one.state == announcements.STOPPED


async def test_a_message_whose_row_had_its_time_counts_as_sent(engine: AsyncEngine) -> None:
    number = await confirmed(engine, 3)
    process = announcer(engine)
    await process.step()
    await send(engine)
    async with engine.begin() as conn:
        await conn.execute(outbox_rows.delete())
    await process.step()
    async with engine.begin() as conn:
        assert await announcements.progress(conn, number) == Progress(3, 3, 0)


async def test_every_audience_has_the_chats_that_it_reaches(conn: AsyncConnection) -> None:
    await known(conn, 4)
    for number, score in enumerate(("3.4", "3.7", "4.6"), 1):
        shop = await shops.own(conn, number, 0)
        await follows.start(conn, shop.id, number, 0)
        row = Score(shop.id, "score", date(2022, 10, 10), Decimal(score), "0-5", Source.MERCHANT)
        await scores.record(conn, row, 0)
    await follows.turn(conn, 3, 3, is_on=False)
    reached = await audiences.reaches(conn, (FIVE_POINTS,))
    assert reached == {one: await audiences.reach(conn, (FIVE_POINTS,), one) for one in MANY}
    assert (reached[Audience.ALL], reached[Audience.CLOSING], reached[Audience.CLEAR]) == (4, 1, 0)


async def test_a_message_about_one_shop_reaches_its_followers_with_warnings_on_or_off_but_no_blocked_ones(
    conn: AsyncConnection,
) -> None:
    _, shop = await shops.add(conn, "S1", "花店", 0)
    _, other = await shops.add(conn, "S2", "茶店", 0)
    for chat_id, followed in ((1, shop), (2, shop), (3, shop), (4, other)):
        await follows.start(conn, followed.id, chat_id, 0)
    await follows.turn(conn, shop.id, 2, is_on=False)
    await chats.block(conn, 3, "gone", 0)
    number = await announcements.begin(conn, None, Audience.SHOP, 0, "你好", shop.id)
    assert await audiences.reach(conn, (FIVE_POINTS,), Audience.SHOP, shop.id) == 2
    assert await audiences.away(conn, shop.id) == 1
    assert await announcements.confirm(conn, number, (FIVE_POINTS,), 0) == 2
    assert await announcements.next_chats(conn, number, 10) == [1, 2]
    one = await announcements.by_id(conn, number)
    assert one is not None
    assert (one.audience, one.of_shop) == (Audience.SHOP, shop.id)
