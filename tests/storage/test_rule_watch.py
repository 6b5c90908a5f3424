"""What operators are told about the rules: each thing once, or again after a while."""

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import reminders, rule_lists, rule_notices

PLACE, OTHER = "https://example.org/notices.json", "notices.json"


async def test_a_notice_is_told_once(conn: AsyncConnection) -> None:
    await rule_notices.see(conn, ["a", "b"], 1)
    assert await rule_notices.take(conn, ["a"], 2) == {"a"}
    await rule_notices.see(conn, ["a", "b", "c"], 3)
    assert await rule_notices.take(conn, ["a", "b", "c"], 4) == {"b", "c"}
    assert await rule_notices.take(conn, ["a", "b", "c"], 5) == set()
    assert await rule_notices.told(conn, ["a", "b", "d"]) == {"a": 2, "b": 4}


async def test_a_notice_is_not_told_unseen_and_none_is_none(conn: AsyncConnection) -> None:
    await rule_notices.see(conn, [], 1)
    assert await rule_notices.take(conn, ["a"], 2) == set()
    assert await rule_notices.take(conn, [], 2) == set()


async def test_a_reminder_comes_again_after_its_time_and_not_before(conn: AsyncConnection) -> None:
    took = [await reminders.take(conn, "a", now_ms, 30) for now_ms in (100, 129, 130, 159, 161)]
    assert took == [True, False, True, False, True]
    assert await reminders.take(conn, "b", 161, 30)


async def test_an_outage_is_told_once_when_it_has_lasted(conn: AsyncConnection) -> None:
    tried = [await rule_lists.could_not_be_read(conn, PLACE, now_ms, 48) for now_ms in (0, 47, 48, 49)]
    assert tried == [False, False, True, False]
    assert await rule_lists.read_at(conn, PLACE) == 0
    await rule_lists.was_read(conn, PLACE, 50)
    tried = [await rule_lists.could_not_be_read(conn, PLACE, now_ms, 48) for now_ms in (51, 97, 98, 200)]
    assert tried == [False, False, True, False]
    assert await rule_lists.read_at(conn, PLACE) == 50


async def test_each_list_has_times_of_its_own(conn: AsyncConnection) -> None:
    await rule_lists.was_read(conn, PLACE, 50)
    assert await rule_lists.read_at(conn, OTHER) is None
    assert not await rule_lists.could_not_be_read(conn, OTHER, 200, 48)
    assert await rule_lists.read_at(conn, OTHER) == 200
