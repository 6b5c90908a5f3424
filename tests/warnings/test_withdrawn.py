"""A warning that an operator withdrew: not said the next morning either, unless it gets worse."""

from sqlalchemy import select

from rules.watch_state import WatchState
from storage import follows, withdrawals
from storage.schema import notices, outbox
from tests.warnings.world import START, Told, World, instant


async def checked(world: World) -> Told:
    """The news of the first day's check, before anything is sent."""
    await world.sweep(START, instant(0))
    return await world.news()


async def withdrawn(world: World) -> None:
    """The newest notice, taken back before it is sent."""
    async with world.engine.begin() as conn:
        newest = (await conn.execute(select(notices.c.id).order_by(notices.c.id.desc()).limit(1))).scalar_one()
        assert await withdrawals.withdraw(conn, newest, 1)


async def state(world: World, shop_id: int) -> WatchState:
    async with world.engine.begin() as conn:
        found = await follows.of(conn, shop_id, 1)
    assert found is not None
    assert found.state is not None
    return found.state


async def test_it_does_not_come_again_as_long_as_nothing_gets_worse(world: World) -> None:
    await world.follow("A", chat=1)
    await world.day(0, A="3.7")
    assert await checked(world) == {1: [("A", "warning")]}
    await withdrawn(world)
    for day in (1, 2, 3):
        await world.day(day, A="3.7")
        assert await world.check(day) == {}


async def test_what_is_not_withdrawn_is_reminded_of(world: World) -> None:
    await world.follow("A", chat=1)
    for day, news in enumerate(("warning", "reminder")):
        await world.day(day, A="3.7")
        assert await world.check(day) == {1: [("A", news)]}


async def test_what_gets_worse_is_told(world: World) -> None:
    await world.follow("A", chat=1)
    await world.day(0, A="3.7")
    await checked(world)
    await withdrawn(world)
    await world.day(1, A="3.4")
    assert await world.check(1) == {1: [("A", "closing")]}


async def test_a_closing_can_be_withdrawn_too(world: World) -> None:
    shop_id = await world.follow("A", chat=1)
    await world.day(0, A="3.4")
    assert await checked(world) == {1: [("A", "closing")]}
    await withdrawn(world)
    await world.day(1, A="3.4")
    assert await world.check(1) == {}
    assert (await state(world, shop_id)).is_closed
    async with world.engine.begin() as conn:
        assert (await conn.execute(select(outbox.c.state))).scalars().all() == ["recalled"]
