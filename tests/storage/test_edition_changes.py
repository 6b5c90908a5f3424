"""Changes of edition on each engine: batches written by a single process, chats taken once."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import checks, edition_changes, follows, shops
from storage.checks import KeptCheck
from storage.edition_changes import Concerned, EditionChange
from storage.schema import reassessed


async def kept(conn: AsyncConnection, chat_id: int, edition: str = "A") -> None:
    await checks.keep(conn, chat_id, KeptCheck(edition, '{"score": 1}', "{}", "2022-10-10"), 0)


async def switched(conn: AsyncConnection, *editions: str) -> EditionChange:
    """The newest change after `editions` answered in turn."""
    for edition in editions:
        await edition_changes.begin(conn, await edition_changes.last(conn), edition, 1)
    last = await edition_changes.last(conn)
    assert last is not None
    return last


async def test_each_switch_knows_what_answered_before(conn: AsyncConnection) -> None:
    assert await edition_changes.last(conn) is None
    first = await switched(conn, "A")
    second = await switched(conn, "B")
    assert [(one.number, one.before, one.after) for one in (first, second)] == [(1, None, "A"), (2, "A", "B")]


async def test_two_processes_that_start_together_make_one_switch(conn: AsyncConnection) -> None:
    first = await switched(conn, "A")
    for _ in range(2):
        await edition_changes.begin(conn, first, "B", 2)
    last = await edition_changes.last(conn)
    assert last is not None
    assert (last.number, last.after) == (2, "B")


async def test_chats_come_in_order_once_each_those_in_groups_too(conn: AsyncConnection) -> None:
    for chat_id in (5, -7, 5, 2):
        await kept(conn, chat_id)
    for chat_id in (2, 9):
        shop = await shops.own(conn, chat_id, 0)
        await follows.start(conn, shop.id, chat_id, 0)
    assert await edition_changes.chats_after(conn, None, 3) == [-7, 2, 5]
    assert await edition_changes.chats_after(conn, 5, 3) == [9]
    assert await edition_changes.chats_after(conn, 9, 3) == []


async def test_a_shop_of_which_nothing_is_wanted_to_be_heard_is_left_out(conn: AsyncConnection) -> None:
    shop = await shops.own(conn, 9, 0)
    await follows.start(conn, shop.id, 9, 0)
    await follows.turn(conn, shop.id, 9, is_on=False)
    assert await edition_changes.chats_after(conn, None, 3) == []


async def test_a_batch_is_written_by_one_process_alone(conn: AsyncConnection) -> None:
    change = await switched(conn, "A", "B")
    concerned = [Concerned(1, "A", None)]
    assert await edition_changes.advance(conn, change, 5, Counter(chats=2), concerned)
    assert not await edition_changes.advance(conn, change, 5, Counter(chats=2), [Concerned(2, "A", None)])
    last = await edition_changes.last(conn)
    assert last is not None
    assert (last.done_until, last.counts) == (5, Counter(chats=2))
    assert (await conn.execute(select(reassessed.c.chat_id))).scalars().all() == [1]


async def test_a_chat_is_taken_once(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        change = await switched(conn, "A", "B")
        await edition_changes.advance(conn, change, 9, Counter(), [Concerned(n, "A", None) for n in (1, 2, 3)])
    async with engine.begin() as conn:
        assert await edition_changes.untold(conn, change, 2) == [1, 2]
        assert set(await edition_changes.take(conn, change, [1, 2], 5)) == {1, 2}
    async with engine.begin() as conn:
        assert await edition_changes.take(conn, change, [1, 2], 6) == {}
        assert await edition_changes.untold(conn, change, 9) == [3]


async def test_who_was_told_stays_told_when_it_is_evaluated_again(conn: AsyncConnection) -> None:
    change = await switched(conn, "A", "B")
    await edition_changes.advance(conn, change, 1, Counter(), [Concerned(1, "A", None)])
    await edition_changes.take(conn, change, [1], 5)
    again = await switched(conn, "A", "B")
    await edition_changes.advance(conn, again, 1, Counter(), [Concerned(1, "A", None)])
    assert await edition_changes.untold(conn, again, 9) == []


async def test_what_a_chat_knows_is_what_it_was_told_last(conn: AsyncConnection) -> None:
    await kept(conn, 1)
    check_id = (await edition_changes.subjects(conn, [1]))[0].check_id
    change = await switched(conn, "A", "B")
    await edition_changes.advance(conn, change, 1, Counter(), [Concerned(1, "A", check_id)])
    assert (await edition_changes.subjects(conn, [1]))[0].knows == "A"
    await edition_changes.take(conn, change, [1], 5)
    assert (await edition_changes.subjects(conn, [1]))[0].knows == "B"
    await kept(conn, 1, "C")
    assert (await edition_changes.subjects(conn, [1]))[0].knows == "C"


async def test_only_the_newest_switch_that_is_evaluated_can_be_confirmed_and_once(conn: AsyncConnection) -> None:
    first = await switched(conn, "A")
    second = await switched(conn, "B")
    assert not await edition_changes.confirm(conn, second.number, 3)
    assert await edition_changes.finish(conn, second, 2)
    assert not await edition_changes.finish(conn, second, 2)
    await edition_changes.finish(conn, first, 2)
    told = [await edition_changes.confirm(conn, number, 3) for number in (first.number, second.number, second.number)]
    assert told == [False, True, False]
