"""One-time links: open until used, over or taken back."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import invites, shops
from storage.invites import State, Use, Used

A, B, C = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"
MADE, UNTIL, SOON = (datetime(2022, 10, day, tzinfo=UTC) for day in (10, 17, 11))
NOW = int(datetime(2022, 10, 12, tzinfo=UTC).timestamp() * 1000)


async def test_each_link_is_listed_with_what_became_of_it(conn: AsyncConnection) -> None:
    _, shop = await shops.add(conn, "S1", "花店", 1)
    _, other = await shops.add(conn, "S2", "茶店", 1)
    for invite_id, until in ((A, UNTIL), (B, SOON), (C, UNTIL)):
        await invites.make(conn, invite_id, shop.id, until, MADE)
    await invites.make(conn, "dddddddddddddddd", other.id, UNTIL)
    await invites.use(conn, C, 7, NOW)
    found = {one.id: one for one in await invites.listed(conn, shop.id)}
    assert {name: one.state(NOW) for name, one in found.items()} == {A: State.OPEN, B: State.EXPIRED, C: State.USED}
    assert (found[C].used_by, found[C].used_at, found[C].name) == (7, NOW, "花店")
    assert found[A].made_at == int(MADE.timestamp() * 1000)
    assert [one.made_at for one in await invites.listed(conn, other.id)] == [None]
    assert len(await invites.listed(conn)) == 4
    assert await invites.count_open(conn, shop.id, NOW) == 1


async def test_only_an_open_link_is_taken_back_and_then_binds_nobody(conn: AsyncConnection) -> None:
    _, shop = await shops.add(conn, "S1", "花店", 1)
    for invite_id, until in ((A, UNTIL), (B, SOON), (C, UNTIL)):
        await invites.make(conn, invite_id, shop.id, until, MADE)
    await invites.use(conn, C, 7, NOW)
    assert [await invites.revoke(conn, one, NOW) for one in (A, A, B, C, "none")] == [True, False, False, False, False]
    assert await invites.shop_for(conn, A, 8) is None
    assert await invites.use(conn, A, 8, NOW) == Used(Use.REVOKED)
    assert await invites.use(conn, C, 7, NOW) == Used(Use.BOUND_BEFORE, shop.id)
    taken = await invites.by_id(conn, A)
    assert taken is not None
    assert (taken.state(NOW), taken.revoked_at) == (State.REVOKED, NOW)


async def test_a_chat_that_was_unbound_cannot_open_its_link_again_and_others_can(conn: AsyncConnection) -> None:
    _, shop = await shops.add(conn, "S1", "花店", 1)
    for invite_id, chat_id in ((A, 7), (B, 8)):
        await invites.make(conn, invite_id, shop.id, UNTIL, MADE)
        await invites.use(conn, invite_id, chat_id, NOW)
    await invites.close_for(conn, shop.id, 7, NOW)
    assert await invites.use(conn, A, 7, NOW) == Used(Use.REVOKED)
    assert await invites.use(conn, A, 9, NOW) == Used(Use.USED_BY_ANOTHER)
    assert await invites.use(conn, B, 8, NOW) == Used(Use.BOUND_BEFORE, shop.id)


async def test_no_link_of_a_shop_binds_anybody_after_all_are_closed(conn: AsyncConnection) -> None:
    _, shop = await shops.add(conn, "S1", "花店", 1)
    _, other = await shops.add(conn, "S2", "茶店", 1)
    late = "dddddddddddddddd"
    for invite_id, of, until in ((A, shop, UNTIL), (B, shop, UNTIL), (C, other, UNTIL), (late, shop, SOON)):
        await invites.make(conn, invite_id, of.id, until, MADE)
    await invites.use(conn, B, 7, NOW)
    assert await invites.close_all(conn, shop.id, NOW) == 1
    assert await invites.close_all(conn, shop.id, NOW) == 0
    assert await invites.use(conn, A, 8, NOW) == Used(Use.REVOKED)
    assert await invites.use(conn, B, 7, NOW) == Used(Use.REVOKED)
    assert await invites.use(conn, C, 7, NOW) == Used(Use.BOUND, other.id)
    found = {one.id: one.state(NOW) for one in await invites.listed(conn, shop.id)}
    assert found == {A: State.REVOKED, B: State.USED, late: State.EXPIRED}
