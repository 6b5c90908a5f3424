"""Each score is watched by the edition of its scale, whatever the setting: no shop by two editions, or by none."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.warnings.followers import decide_now
from rules.lines import Level
from rules.watch_state import Frequency
from storage import audiences, follows
from storage.audiences import Audience
from storage.daily_check import standings
from tests.databases import on_one_engine
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS
from tests.warnings.world import World, instant

SCORE, OF_100, PRODUCT = FIVE_POINTS.fact("score"), HUNDRED_POINTS.fact("score"), HUNDRED_POINTS.fact("product_score")


@pytest.fixture
def both(engine: AsyncEngine) -> World:
    """A world under the 5-point edition that knows the edition of 100 points too."""
    world = World(engine)
    world.watch = replace(world.watch, catalogue=CATALOGUE)
    return world


async def editions(world: World) -> dict[int, list[str]]:
    """The edition of each new notice, by chat."""
    found: dict[int, list[str]] = {}
    for notice in await world.new_notices():
        found.setdefault(notice.chat_id, []).append(notice.edition)
    return found


async def test_a_shop_with_scores_to_100_is_warned_by_the_edition_of_100_points(both: World) -> None:
    a, b = await both.follow("A", 1), await both.follow("B", 2)
    await both.comes(a, 0, SCORE, "3.40")
    await both.comes(b, 0, OF_100, "85")
    await both.comes(b, 0, PRODUCT, "50")
    assert await both.check(0) == {1: [("A", "closing")], 2: [("B", "closing")]}
    (ours, theirs) = await both.all_notices()
    assert (ours.edition, ours.items[0].line) == ("2022-10-10", "closing")
    assert (theirs.edition, theirs.items[0].fact, str(theirs.items[0].points)) == (
        "2026-07-29",
        "product_score",
        "50.00",
    )
    assert await both.check(0) == {}


async def test_the_newest_score_says_which_edition_watches_from_now_on(both: World) -> None:
    shop_id = await both.follow("A", 1)
    await both.comes(shop_id, 0, SCORE, "3.70")
    assert await both.check(0) == {1: [("A", "warning")]}
    await both.comes(shop_id, 1, OF_100, "3.70")
    await both.comes(shop_id, 1, PRODUCT, "90")
    assert await both.check(1) == {1: [("A", "closing")]}
    assert [notice.edition for notice in await both.all_notices()] == ["2022-10-10", "2026-07-29"]


async def test_neither_no_score_nor_a_score_of_5_points_hides_a_score_of_100(both: World) -> None:
    a, b = await both.follow("A", 1), await both.follow("B", 2)
    for shop_id, main in ((a, None), (b, "3.70")):
        await both.comes(shop_id, 0, PRODUCT, "50")
        await both.comes(shop_id, 0, SCORE, main)
    assert await both.check(0) == {1: [("A", "closing")], 2: [("B", "closing")]}
    assert {notice.edition for notice in await both.all_notices()} == {"2026-07-29"}


async def test_no_score_told_on_another_scale_is_no_score_all_the_same(both: World) -> None:
    shop_id = await both.follow("A", 1)
    await both.comes(shop_id, 0, PRODUCT, "90")
    await both.comes(shop_id, 0, SCORE, None)
    await both.comes(shop_id, 0, HUNDRED_POINTS.fact("growth_score"), None)
    assert await both.check(0) == {1: [("A", "closing")]}
    async with both.engine.begin() as conn:
        assert await standings.counts(conn, CATALOGUE.editions) == {Level.CLOSING: 1}


async def test_a_number_of_another_scale_holds_good_news_back(both: World) -> None:
    shop_id = await both.follow("A", 1)
    await both.comes(shop_id, 0, SCORE, "3.70")
    assert await both.check(0) == {1: [("A", "warning")]}
    await both.comes(shop_id, 0, PRODUCT, "50")
    await both.comes(shop_id, 1, SCORE, "4.50")
    assert await both.check(1) == {}
    await both.comes(shop_id, 2, SCORE, "4.50")
    assert await both.check(2) == {1: [("A", "recovered")]}


@on_one_engine
async def test_two_shops_of_two_scales_are_two_messages_of_one_chat(both: World) -> None:
    a, b = await both.follow("A", 1), await both.follow("B", 1)
    both.quiet()
    for day, at in ((0, "21:50"), (1, "02:00")):  # what waits for the morning is not mixed either
        await both.comes(a, day, SCORE, "3.70")
        await both.comes(b, day, OF_100, "85")
        await both.comes(b, day, PRODUCT, "62")
        await both.sweep(both.watch.today(instant(day, at)), instant(day, "23:00" if at > "12" else at))
    assert await editions(both) == {1: ["2022-10-10", "2026-07-29"]}
    told = {notice.edition: [item.shop_id for item in notice.items] for notice in await both.all_notices()}
    assert told == {"2022-10-10": [a], "2026-07-29": [b]}


async def test_a_shop_is_silent_once_whatever_its_scale(both: World) -> None:
    a, b = await both.follow("A", 1), await both.follow("B", 2)
    await both.follow("C", 3)
    await both.comes(a, 0, SCORE, "4.50")
    await both.comes(b, 0, OF_100, "85")
    await both.comes(b, 0, PRODUCT, "85")
    assert await both.check(0) == {}
    stale = {1: [("A", "stale")], 2: [("B", "stale")], 3: [("C", "stale")]}
    assert await both.check(3) == stale
    assert await both.check(4) == {}


@on_one_engine
async def test_without_a_main_score_another_score_says_the_scale(both: World) -> None:
    shop_id = await both.follow("A", 1)
    await both.comes(shop_id, 0, PRODUCT, "50")
    assert await both.check(0) == {1: [("A", "closing")]}


@on_one_engine
async def test_a_score_told_in_the_chat_is_judged_by_the_edition_of_its_scale(both: World) -> None:
    shop_id = await both.follow("A", 1)
    await both.comes(shop_id, 0, OF_100, "85")
    await both.comes(shop_id, 0, PRODUCT, "50")
    async with both.engine.begin() as conn:
        told = await decide_now(conn, both.watch, shop_id, instant(0), answering=1)
    assert told is not None and told.edition == "2026-07-29"
    assert [item.reason.value for item in told.items] == ["closing"]


async def test_operators_see_each_shop_at_the_level_of_its_edition(both: World) -> None:
    for chat, (fact, score) in enumerate([(SCORE, "3.40"), (OF_100, "85"), (SCORE, "3.70"), (None, "")], start=1):
        shop_id = await both.follow(f"S{chat}", chat)
        if fact:
            await both.comes(shop_id, 0, fact, score)
        if fact is OF_100:
            await both.comes(shop_id, 0, PRODUCT, "50")
    async with both.engine.begin() as conn:
        assert await standings.counts(conn, both.watch.editions) == {
            Level.CLOSING: 2,
            Level.WARNING: 1,
            Level.UNKNOWN: 1,
        }
        reached = await audiences.reaches(conn, both.watch.editions)
    assert reached[Audience.CLOSING] == 2


@pytest.mark.parametrize("frequency", [Frequency.DAILY, Frequency.ON_CHANGE])
async def test_a_shop_whose_edition_flips_hears_the_same_warning_once(both: World, frequency: Frequency) -> None:
    shop_id = await both.follow("A", 1)
    async with both.engine.begin() as conn:
        await follows.choose(conn, shop_id, 1, frequency)
    await both.comes(shop_id, 0, SCORE, "3.70")
    assert await both.check(0) == {1: [("A", "warning")]}
    for fact in (OF_100, PRODUCT):
        await both.comes(shop_id, 1, fact, "85")
    await both.check(1)
    await both.comes(shop_id, 2, SCORE, "3.70")
    assert await both.check(2) == ({1: [("A", "reminder")]} if frequency is Frequency.DAILY else {})


@on_one_engine
@pytest.mark.parametrize(
    ("between", "later", "score", "reason"),
    [
        ("85", 2, "3.40", "closing"),
        ("85", 12, "3.70", "warning"),
        ("50", 2, "3.70", "reminder"),
    ],
    ids=["graver", "long after", "after a closing by the other edition"],
)
async def test_after_a_flip_only_the_same_warning_of_late_is_no_news(
    both: World, between: str, later: int, score: str, reason: str
) -> None:
    shop_id = await both.follow("A", 1)
    await both.comes(shop_id, 0, SCORE, "3.70")
    await both.check(0)
    await both.comes(shop_id, 1, OF_100, "85")
    await both.comes(shop_id, 1, PRODUCT, between)
    await both.check(1)
    await both.comes(shop_id, later, SCORE, score)
    assert await both.check(later) == {1: [("A", reason)]}


@on_one_engine
async def test_a_warning_after_a_recovery_is_news_whatever_came_between(both: World) -> None:
    shop_id = await both.follow("A", 1)
    for day, score in enumerate(("3.70", "4.50")):
        await both.comes(shop_id, day, SCORE, score)
        await both.check(day)
    for fact in (OF_100, PRODUCT):
        await both.comes(shop_id, 2, fact, "85")
    await both.check(2)
    await both.comes(shop_id, 3, SCORE, "3.70")
    assert await both.check(3) == {1: [("A", "warning")]}
