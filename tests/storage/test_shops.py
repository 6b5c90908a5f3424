"""Shops: an operator's by id, a merchant's own; invites; followers and chats' choices."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.lines import Level
from rules.sources import Source
from rules.watch_state import Frequency, WatchState, Wishes
from storage import follows, invites, personal, preferences, shops
from storage.follows import Follow
from storage.invites import Use, Used
from storage.preferences import Preferences
from storage.shops import Added, Shop

DAY = date(2022, 10, 10)
ID = "abcdefghijklmnop"


async def test_a_shop_is_added_once_and_then_renamed(conn: AsyncConnection):
    added, shop = await shops.add(conn, "S1", "花店", 1)
    assert (added, shop) == (Added.NEW, Shop(shop.id, "S1", None, "花店", Source.FEED))
    assert await shops.add(conn, "S1", "花店", 2) == (Added.SAME, shop)
    assert await shops.add(conn, "S1", "茶店", 3) == (Added.RENAMED, replace(shop, name="茶店"))
    assert await shops.by_ref(conn, "S1") == await shops.by_id(conn, shop.id) == replace(shop, name="茶店")
    assert await shops.by_ref(conn, "S2") is None


async def test_the_number_of_a_removed_shop_is_never_another_shops(conn: AsyncConnection):
    """Buttons with the number stay in chats: one of them removes a shop."""
    _, shop = await shops.add(conn, "S1", "花店", 1)
    await personal.forget_shop(conn, shop.id)
    assert (await shops.add(conn, "S2", "茶店", 2))[1].id > shop.id


async def test_a_merchant_has_one_unnamed_shop_and_more_by_name(conn: AsyncConnection):
    first = await shops.own(conn, 1, 10)
    assert await shops.own(conn, 1, 20) == first == Shop(first.id, None, 1, None, Source.MERCHANT)
    named = await shops.own(conn, 1, 30, "分店")
    assert await shops.own(conn, 1, 40, "分店") == named
    assert (await shops.own(conn, 2, 50)).id not in (first.id, named.id)
    assert await shops.of_chat(conn, 1) == [first, named]


async def test_what_is_told_of_a_shop_is_kept(conn: AsyncConnection):
    shop = await shops.own(conn, 1, 10)
    await shops.set_in_alliance(conn, shop.id, True)
    await shops.set_closures(conn, shop.id, 2, DAY)
    await shops.set_choices(conn, shop.id, {"category": "sixty"})
    kept = await shops.by_id(conn, shop.id)
    assert kept == replace(shop, in_alliance=True, closures=2, closures_day=DAY, choices={"category": "sixty"})
    assert kept and kept.choices == {"category": "sixty"}


async def test_a_chat_follows_a_shop_until_it_turns_it_off(conn: AsyncConnection):
    _, shop = await shops.add(conn, "S1", "花店", 1)
    assert await follows.of(conn, shop.id, 1) is None
    assert await follows.start(conn, shop.id, 1, 10) is True
    assert await follows.start(conn, shop.id, 1, 20) is False
    assert await follows.of(conn, shop.id, 1) == Follow(shop.id, 1, True, Wishes(), None)
    await follows.snooze(conn, shop.id, 1, DAY)
    await follows.choose(conn, shop.id, 1, Frequency.ON_CHANGE)
    assert await follows.of_chat(conn, 1) == [Follow(shop.id, 1, True, Wishes(Frequency.ON_CHANGE, DAY), None)]
    await follows.turn(conn, shop.id, 1, is_on=False)
    assert [follow.is_on for follow in await follows.of_shop(conn, shop.id)] == [False]
    assert await follows.start(conn, shop.id, 1, 30) is True
    assert await follows.of(conn, shop.id, 1) == Follow(shop.id, 1, True, Wishes(Frequency.ON_CHANGE), None)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(WatchState(DAY), id="nothing remembered"),
        pytest.param(
            WatchState(
                DAY, Level.WARNING, "warning", DAY, Level.CLOSING, date(2022, 10, 1), True, True, True, 2, True,
                "score", Decimal("3.95"), True, "2022-10-10", date(2022, 10, 2), True,
            ),
            id="everything remembered",
        ),
        pytest.param(WatchState(date.min, stale_told=True), id="silence told before any row"),
        pytest.param(WatchState(date.min, closures=1), id="closings known before any row"),
    ],
)  # fmt: skip
async def test_a_state_comes_back_as_it_was_kept(conn: AsyncConnection, state: WatchState):
    _, shop = await shops.add(conn, "S1", "花店", 1)
    await follows.start(conn, shop.id, 1, 10)
    await follows.keep_state(conn, shop.id, 1, state)
    found = await follows.of(conn, shop.id, 1)
    assert found and found.state == state


@pytest.mark.parametrize(
    ("again", "is_mended"),
    [
        pytest.param(None, True, id="nothing more"),
        pytest.param("turned", False, id="turned on again"),
        pytest.param("chosen", False, id="reminders chosen again"),
        pytest.param("snoozed", True, id="snoozed"),
    ],
)
async def test_what_was_said_to_be_mended_is_kept_until_reminders_are_wanted_again(
    conn: AsyncConnection, again: str | None, is_mended: bool
):
    _, shop = await shops.add(conn, "S1", "花店", 1)
    for chat in (1, 2):
        await follows.start(conn, shop.id, chat, 10)
        await follows.keep_state(conn, shop.id, chat, WatchState(DAY, Level.WARNING, "warning", fell_on=DAY))
    assert await follows.mend(conn, shop.id, 1, WatchState(DAY, Level.WARNING, fell_on=DAY))
    if again == "turned":
        await follows.turn(conn, shop.id, 1, is_on=True)
    elif again == "chosen":
        await follows.choose(conn, shop.id, 1, Frequency.DAILY)
    elif again == "snoozed":
        await follows.snooze(conn, shop.id, 1, DAY)
    found = [follow.state for follow in await follows.of_shop(conn, shop.id)]
    assert [state and state.is_mended for state in found] == [is_mended, False]


@pytest.mark.parametrize("then", [(Level.CLOSING, DAY), (Level.WARNING, date(2022, 10, 9))], ids=["graver", "anew"])
async def test_what_was_told_meanwhile_is_not_said_to_be_mended(conn: AsyncConnection, then: tuple[Level, date]):
    _, shop = await shops.add(conn, "S1", "花店", 1)
    await follows.start(conn, shop.id, 1, 10)
    newer = WatchState(DAY, then[0], "warning", fell_on=then[1])
    await follows.keep_state(conn, shop.id, 1, newer)
    assert not await follows.mend(conn, shop.id, 1, WatchState(DAY, Level.WARNING))
    found = await follows.of(conn, shop.id, 1)
    assert found and found.state == newer


async def test_who_begins_to_follow_knows_the_closings_so_far(conn: AsyncConnection):
    _, shop = await shops.add(conn, "S1", "花店", 1)
    await shops.set_closures(conn, shop.id, 2, DAY)
    await follows.start(conn, shop.id, 1, 10)
    found = await follows.of(conn, shop.id, 1)
    assert found and found.state == WatchState(date.min, closures=2)


async def test_a_link_binds_the_first_who_opens_it_and_nobody_after(conn: AsyncConnection):
    _, shop = await shops.add(conn, "S1", "花店", 1)
    await invites.make(conn, ID, shop.id, datetime(2022, 10, 17, tzinfo=UTC))
    assert [await invites.shop_for(conn, ref, 1) for ref in (ID, "ponmlkjihgfedcba")] == [shop.id, None]
    assert await invites.use(conn, "ponmlkjihgfedcba", 1, 10) == Used(Use.UNKNOWN)
    assert await invites.use(conn, ID, 1, 10) == Used(Use.BOUND, shop.id)
    assert await invites.use(conn, ID, 1, 10) == Used(Use.BOUND_BEFORE, shop.id)
    assert await invites.use(conn, ID, 2, 20) == Used(Use.USED_BY_ANOTHER)
    assert [await invites.shop_for(conn, ID, chat) for chat in (1, 2)] == [shop.id, None]


async def test_shops_that_nobody_follows_are_those_of_the_operator_the_newest_first(conn: AsyncConnection):
    _, first = await shops.add(conn, "S1", "花店", 1)
    _, followed = await shops.add(conn, "S2", "茶店", 1)
    _, last = await shops.add(conn, "S3", "书店", 1)
    await shops.own(conn, 1, 1, "自己的")
    await follows.start(conn, followed.id, 1, 1)
    assert [shop.id for shop in await shops.without_followers(conn, 8)] == [last.id, first.id]
    assert [shop.id for shop in await shops.without_followers(conn, 1)] == [last.id]


@pytest.mark.parametrize(
    ("chosen", "hours"),
    [
        pytest.param(Preferences(), (time(22), time(8)), id="the operator's"),
        pytest.param(Preferences(True, None, time(18)), None, id="never quiet, a time of day"),
        pytest.param(Preferences(True, (time(21, 30), time(7))), (time(21, 30), time(7)), id="their own"),
    ],
)
async def test_what_a_chat_prefers_is_kept(conn: AsyncConnection, chosen: Preferences, hours):
    await preferences.keep(conn, 1, Preferences(True, (time(1), time(2)), time(3)), 10)
    await preferences.keep(conn, 1, chosen, 20)
    assert await preferences.of(conn, 1) == chosen
    assert chosen.hours((time(22), time(8))) == hours
    assert await preferences.of(conn, 2) == Preferences()
