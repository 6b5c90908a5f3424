"""The scale of a shop's scores in SQL is that of the rules, shop by shop; so is the edition that judges the shop."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.warnings.policy import WatchPolicy, day_query
from rules.case import edition_of, scale_of
from rules.edition import Edition
from rules.lines import Level
from rules.sources import Source
from storage import cases, scores, shops
from storage.daily_check import scales, standings
from storage.schema import shops as shop_rows
from storage.scores import Score
from storage.shops import Shop
from tests.packaged import CATALOGUE

DAY = date(2026, 11, 29)
SHOPS = 120
FACTS = ("score", "product_score", "growth_score")
SCALES = ("0-5", "0-100", "0-7")


async def shops_of_all_scales(conn: AsyncConnection) -> list[Shop]:
    """Shops with some scores or absences, each of a scale, a day and a source of its own."""
    random = Random(11)
    made = [(await shops.add(conn, f"S{number}", None, 0))[1] for number in range(SHOPS)]
    for shop in made:
        for fact in random.sample(FACTS, random.randint(0, 3)):
            value = random.choice([None, Decimal(3), Decimal(5)])
            day = DAY - timedelta(random.choice([0, 0, 1, 2, 7, 8, 40]))
            row = Score(shop.id, fact, day, value, random.choice(SCALES), random.choice([Source.FEED, Source.MERCHANT]))
            await scores.record(conn, row, 0)
    return made


async def test_the_scale_of_a_shop_is_the_one_of_the_rules(conn: AsyncConnection) -> None:
    made = await shops_of_all_scales(conn)
    found = {shop.id: await scales.of_shop(conn, shop.id, "score") for shop in made}
    assert found == {shop.id: scale_of(await cases.of_shop(conn, shop), "score") for shop in made}
    assert set(found.values()) == {None, *SCALES}


@pytest.mark.parametrize("setting", CATALOGUE.editions, ids=lambda edition: edition.name)
async def test_the_daily_check_judges_a_shop_by_the_edition_of_the_rules_and_by_no_other(
    conn: AsyncConnection, setting: Edition
) -> None:
    made = await shops_of_all_scales(conn)
    watch = WatchPolicy(setting, ZoneInfo("UTC"), None, CATALOGUE)
    judged: dict[int, list[str]] = {shop.id: [] for shop in made}
    for one in watch.each:
        which = day_query(one, DAY, datetime(2026, 11, 29, tzinfo=UTC)).scales
        for shop_id in (await conn.execute(shop_rows.select().where(which.hold(shop_rows.c.id)))).scalars():
            judged[shop_id].append(one.edition.name)
    assert judged == {shop.id: [edition_of(CATALOGUE, await cases.of_shop(conn, shop), setting).name] for shop in made}


async def test_the_scores_of_a_shop_are_at_odds_as_in_the_rules(conn: AsyncConnection) -> None:
    made = await shops_of_all_scales(conn)
    for edition in CATALOGUE.editions:
        odd = select(shop_rows.c.id).where(scales.at_odds(shop_rows.c.id, {fact.scale for fact in edition.scores}))
        assert set((await conn.execute(odd)).scalars()) == {
            shop.id for shop in made if (await cases.of_shop(conn, shop)).at_odds(edition)
        }


async def test_an_operator_counts_no_shop_as_clear_whose_scores_are_of_two_scales(conn: AsyncConnection) -> None:
    made = await shops_of_all_scales(conn)
    rows = (await conn.execute(standings.levels(CATALOGUE.editions))).all()
    odd = {}
    for shop in made:
        case = await cases.of_shop(conn, shop)
        odd[shop.id] = bool(case.at_odds(edition_of(CATALOGUE, case, CATALOGUE.editions[0])))
    assert {row.level for row in rows if odd[row.shop_id]} == {Level.UNKNOWN, Level.CLOSING}
