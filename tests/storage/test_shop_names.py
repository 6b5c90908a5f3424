"""A list of shops with names, stored together."""

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import shop_names, shops, uploads
from storage.shop_names import Listed, Renamed
from tests.databases import registered


async def test_a_list_registers_renames_and_changes_nothing_the_second_time(conn: AsyncConnection) -> None:
    for ref, name in (("1", "花店"), ("2", "茶店")):
        await shops.add(conn, ref, name, 1)
    names = {"1": "花店", "2": "茶叶店", "3": "书店"}
    would = await shop_names.compare(conn, names)
    assert would == Listed([("3", "书店")], [Renamed("2", "茶店", "茶叶店")], 1)
    assert list((await registered(conn)).values()) == ["花店", "茶店"]
    assert await shop_names.store(conn, names, 5) == would
    assert await registered(conn) == names
    assert await shop_names.store(conn, names, 6) == Listed(same=3)


async def test_a_list_longer_than_a_query_takes_is_compared_whole(conn: AsyncConnection) -> None:
    names = {str(number): f"店{number}" for number in range(3 * shop_names.AT_ONCE + 7)}
    assert len((await shop_names.store(conn, names, 5)).new) == len(names)
    assert await shop_names.compare(conn, names) == Listed(same=len(names))


async def test_a_list_that_waits_is_of_the_chat_that_sent_it_until_answered(conn: AsyncConnection) -> None:
    await uploads.add(conn, 7, "file", 1)
    assert await shop_names.waiting(conn, 1, 7) is None
    await uploads.show(conn, 1, b"list")
    assert [await shop_names.waiting(conn, 1, chat) for chat in (7, 8)] == [b"list", None]
    await uploads.end(conn, 1)
    assert await shop_names.waiting(conn, 1, 7) is None
