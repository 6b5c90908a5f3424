"""Notices taken back before they are sent, and never after."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rules.lines import Level
from rules.watch_state import WatchState
from storage import follows, notice_evidence, outbox, sending, shops, withdrawals
from storage.notice_evidence import Fate
from storage.outbox import Lease
from storage.schema import follows as follows_table
from storage.schema import notice_items, notices
from storage.schema import outbox as rows
from tests.databases import WAITS_FOR_US

DAY, CHAT, LATER = date(2022, 10, 10), 7, 2_000
LOW = WatchState(DAY, level=Level.WARNING, line="warning", told_on=DAY)


async def noticed(conn: AsyncConnection, *shop_ids: int, number: int = 1, chat: int = CHAT, **row: object) -> None:
    """A notice about the shops, waiting unless `row` says otherwise."""
    head = {"id": number, "chat_id": chat, "day": DAY, "edition": "2022-10-10", "is_urgent": False, "is_late": False}
    item = {"notice_id": number, "subject": "", "reason": "warning", "line": "warning", "fact": "score"}
    letter = {"chat_id": chat, "lane": 1, "method": "sendMessage", "payload": "{}", "numbered": True, "in_order": True}
    named = {"key": f"notice:{number}", "notice_id": number, "state": outbox.WAITING, "due_at": LATER, "tries": 0}
    await conn.execute(insert(notices).values(head | {"made_at": 0, "due_at": LATER}))
    await conn.execute(insert(notice_items).values([item | {"shop_id": one} for one in shop_ids]))
    await conn.execute(insert(rows).values(letter | named | {"unsure": False, "created_at": 0} | row))


async def state_of(conn: AsyncConnection, number: int = 1) -> str:
    return str((await conn.execute(select(rows.c.state).where(rows.c.notice_id == number))).scalar_one())


async def watched(conn: AsyncConnection, ref: str = "S1", chat: int = CHAT) -> int:
    """A shop below a line that the chat follows and was told of."""
    _, shop = await shops.add(conn, ref, ref, 1)
    await follows.start(conn, shop.id, chat, 1)
    await follows.keep_state(conn, shop.id, chat, LOW)
    return shop.id


async def is_mended(conn: AsyncConnection, shop_id: int, chat: int = CHAT) -> bool:
    found = await follows.of(conn, shop_id, chat)
    assert found is not None
    assert found.state is not None
    return found.state.is_mended


async def test_a_notice_that_waits_is_withdrawn_once_and_there_is_no_reminder_of_it(conn: AsyncConnection) -> None:
    said, other = await watched(conn), await watched(conn, "S2")
    await noticed(conn, said)
    assert await withdrawals.may_withdraw(conn, 1)
    assert await withdrawals.withdraw(conn, 1, 50)
    assert not await withdrawals.withdraw(conn, 1, 60)
    assert not await withdrawals.may_withdraw(conn, 1)
    row = (await conn.execute(select(rows))).one()
    assert (row.state, row.payload, row.done_at) == (outbox.RECALLED, None, 50)
    proof = await notice_evidence.of(conn, 1, 60)
    assert proof is not None
    assert proof.fate is Fate.RECALLED
    assert (await notice_evidence.counts(conn, DAY, 60))[Fate.RECALLED] == 1
    assert [await is_mended(conn, one) for one in (said, other)] == [True, False]
    assert await sending.next_messages(conn, "telegram", LATER, 10) == []


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"state": outbox.SENDING}, id="on its way"),
        pytest.param({"state": outbox.SENT}, id="sent"),
        pytest.param({"tries": 1, "unsure": True}, id="maybe sent"),
        pytest.param({"state": outbox.DEAD}, id="given up"),
    ],
)
async def test_what_may_have_been_heard_is_not_withdrawn(conn: AsyncConnection, row: dict[str, object]) -> None:
    shop_id = await watched(conn)
    await noticed(conn, shop_id, **row)
    assert not await withdrawals.may_withdraw(conn, 1)
    assert not await withdrawals.withdraw(conn, 1, 50)
    assert await state_of(conn) == row.get("state", outbox.WAITING)
    assert not await is_mended(conn, shop_id)
    assert not await withdrawals.withdraw(conn, 99, 50)


async def claims(engine: AsyncEngine, number: int) -> bool:
    """Whether the sender got the message of this number."""
    async with engine.begin() as conn:
        return bool(await sending.claim(conn, [number], Lease("me", 99), 1))


async def withdraws(engine: AsyncEngine, notice: int) -> bool:
    async with engine.begin() as conn:
        return await withdrawals.withdraw(conn, notice, 50)


async def test_either_the_sender_has_a_notice_or_it_is_withdrawn(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        for number in range(1, 21):
            await noticed(conn, 0, number=number)
        numbers = dict((await conn.execute(select(rows.c.notice_id, rows.c.id))).all())
    for notice, number in numbers.items():
        both = [claims(engine, number), withdraws(engine, notice)]
        assert sorted(await asyncio.gather(*(both if notice % 2 else reversed(both)))) == [False, True]


async def test_what_waits_says_nothing_more_of_a_shop_and_an_empty_notice_is_dropped(conn: AsyncConnection) -> None:
    shop_id, other = await watched(conn), await watched(conn, "S2")
    await noticed(conn, shop_id, number=1)
    await noticed(conn, shop_id, other, number=2)
    await noticed(conn, shop_id, number=3, chat=8)
    await noticed(conn, shop_id, number=4, state=outbox.SENT)
    assert await withdrawals.waiting_about(conn, shop_id) == 3
    assert await withdrawals.unsay_shop(conn, shop_id, [CHAT], 50) == 2
    assert [await state_of(conn, number) for number in (1, 2, 3, 4)] == ["dropped", "waiting", "waiting", "sent"]
    left = (await conn.execute(select(notice_items.c.notice_id, notice_items.c.shop_id).order_by("notice_id"))).all()
    assert [tuple(row) for row in left] == [(2, other), (3, shop_id), (4, shop_id)]
    assert await withdrawals.unsay_shop(conn, shop_id, [8], 50) == 1
    assert await withdrawals.waiting_about(conn, shop_id) == 0


async def test_a_notice_without_items_of_shops_is_left_alone(conn: AsyncConnection) -> None:
    await noticed(conn, 0)
    assert await withdrawals.unsay_shop(conn, 5, [CHAT], 50) == 0
    assert await state_of(conn) == "waiting"


async def test_a_daily_check_under_way_is_waited_for_and_the_other_way_round(engine: AsyncEngine) -> None:
    """The check takes the followers first and then the notices that wait; two orders would end in a deadlock."""
    async with engine.begin() as conn:
        said = await watched(conn)
        await noticed(conn, said)

    async def withdraw() -> bool:
        async with engine.begin() as conn:
            return await withdrawals.withdraw(conn, 1, 50)

    async with engine.begin() as conn:
        await conn.execute(select(follows_table).where(follows_table.c.shop_id == said).with_for_update())
        withdrawing = asyncio.create_task(withdraw())
        if conn.dialect.name == "postgresql":
            while not (await conn.execute(text(WAITS_FOR_US))).scalar():
                pass
        await conn.execute(select(rows).where(rows.c.notice_id == 1).with_for_update())
    assert await withdrawing
