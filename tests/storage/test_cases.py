"""The case of a shop out of the tables: what was told, the scores, the counts of a feed; and what is taken back."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.case import Known
from rules.requirements import IN_ALLIANCE
from rules.sources import Source
from storage import cases, facts, scores, shops
from storage.cases import CLOSURES, Telling
from storage.scores import Score
from storage.shops import Shop
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS

DAY, NEXT = date(2026, 11, 28), date(2026, 11, 29)
FIRST, SECOND = Telling(Source.ANSWER, DAY, 1_000), Telling(Source.MERCHANT, NEXT, 2_000)


async def _shop(conn: AsyncConnection) -> Shop:
    return await shops.own(conn, 1, 0)


async def _row(conn: AsyncConnection, shop: Shop) -> Shop:
    found = await shops.by_id(conn, shop.id)
    assert found
    return found


async def test_what_was_told_last_counts_and_nothing_told_before_is_lost(conn: AsyncConnection) -> None:
    shop = await _shop(conn)
    told = {"penalties": (DAY,), "joined_on": DAY, IN_ALLIANCE: True}
    await cases.tell(conn, FIVE_POINTS, shop, told, FIRST)
    await cases.tell(conn, FIVE_POINTS, shop, {"penalties": ()}, SECOND)
    known = (await cases.of_shop(conn, await _row(conn, shop))).known
    assert known["penalties"] == Known((), NEXT, Source.MERCHANT, datetime.fromtimestamp(2, UTC), id=4)
    assert known["joined_on"] == Known(DAY, DAY, Source.ANSWER, datetime.fromtimestamp(1, UTC), id=2)
    assert (known[IN_ALLIANCE].value, (await _row(conn, shop)).in_alliance) == (True, True)
    assert await cases.take_back(conn, FIVE_POINTS, shop, known["penalties"].id)
    assert (await cases.of_shop(conn, await _row(conn, shop))).known["penalties"].value == (DAY,)


async def test_the_row_that_the_daily_check_reads_follows_what_is_told_and_taken_back(conn: AsyncConnection) -> None:
    shop = await _shop(conn)
    await cases.tell(conn, FIVE_POINTS, shop, {CLOSURES: 1, IN_ALLIANCE: True}, FIRST)
    await cases.tell(conn, FIVE_POINTS, shop, {CLOSURES: 2, IN_ALLIANCE: False}, SECOND)
    await cases.tell(conn, HUNDRED_POINTS, shop, {"category": "general", "joined_on": DAY}, SECOND)
    row = await _row(conn, shop)
    assert (row.closures, row.closures_day, row.in_alliance, row.choices) == (2, NEXT, False, {"category": "general"})
    for fact, told in (await facts.newest(conn, shop.id)).items():
        assert await cases.take_back(conn, HUNDRED_POINTS, await _row(conn, shop), told.id), fact
    row = await _row(conn, shop)
    assert (row.closures, row.closures_day, row.in_alliance, row.choices) == (1, DAY, True, {})


async def test_a_fact_forgotten_is_unknown_again(conn: AsyncConnection) -> None:
    shop = await _shop(conn)
    await cases.tell(conn, FIVE_POINTS, shop, {IN_ALLIANCE: True}, FIRST)
    await cases.tell(conn, FIVE_POINTS, shop, {IN_ALLIANCE: False}, SECOND)
    await cases.forget(conn, FIVE_POINTS, await _row(conn, shop), IN_ALLIANCE)
    row = await _row(conn, shop)
    assert (row.in_alliance, IN_ALLIANCE in (await cases.of_shop(conn, row)).known) == (None, False)


async def test_a_fact_of_another_shop_is_not_taken_back(conn: AsyncConnection) -> None:
    shop, other = await _shop(conn), await shops.own(conn, 2, 0)
    await cases.tell(conn, FIVE_POINTS, shop, {CLOSURES: 1}, FIRST)
    (told,) = (await facts.newest(conn, shop.id)).values()
    assert await cases.take_back(conn, FIVE_POINTS, other, told.id) is None
    assert (await _row(conn, shop)).closures == 1


async def test_scores_are_known_with_their_scale_and_a_count_of_the_feed_with_its_day(conn: AsyncConnection) -> None:
    shop = await _shop(conn)
    await cases.tell(conn, FIVE_POINTS, shop, {CLOSURES: 1}, FIRST)
    await shops.set_closures(conn, shop.id, 2, NEXT)
    await scores.record(conn, Score(shop.id, "score", NEXT, Decimal(85), "0-100", Source.FEED), 3_000)
    known = (await cases.of_shop(conn, await _row(conn, shop))).known
    assert known[CLOSURES] == Known(2, NEXT, Source.MERCHANT)
    assert known["score"] == Known(Decimal(85), NEXT, Source.FEED, scale="0-100")
