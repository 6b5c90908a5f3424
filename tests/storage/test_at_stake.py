"""What would go with a shop."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import Source
from storage import at_stake, follows, invites, scores, shops
from storage.at_stake import AtStake
from storage.scores import Score
from tests.storage.test_withdrawals import noticed


async def test_scores_followers_notices_and_links_are_counted(conn: AsyncConnection) -> None:
    _, shop = await shops.add(conn, "S1", "花店", 1)
    _, other = await shops.add(conn, "S2", "茶店", 1)
    for of, fact, day in (
        (shop, "score", 3),
        (shop, "score", 9),
        (shop, "product_score", 9),
        (shop, "product_score", 11),
        (other, "score", 5),
        (other, "score", 20),
    ):
        await scores.record(conn, Score(of.id, fact, date(2022, 10, day), Decimal(4), "0-5", Source.FEED), 0)
    await follows.start(conn, shop.id, 7, 1)
    await noticed(conn, shop.id)
    await invites.make(conn, "a" * 16, shop.id, datetime(2022, 10, 17, tzinfo=UTC))
    assert await at_stake.of_shop(conn, shop.id, 0) == AtStake(3, date(2022, 10, 3), date(2022, 10, 11), 1, 1, 1, 1)


async def test_of_a_shop_without_anything_there_is_nothing_to_lose(conn: AsyncConnection) -> None:
    _, shop = await shops.add(conn, "S1", "花店", 1)
    assert await at_stake.of_shop(conn, shop.id, 0) == AtStake(0, None, None, 0, 0, 0, 0)
