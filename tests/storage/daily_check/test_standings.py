"""Standings in SQL are those of the rules, shop by shop, under every edition."""

import random
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.catalogue.load import load, packaged_folder
from rules.edition import Edition
from rules.lines import level, points
from rules.sources import Source
from storage import scores, shops
from storage.daily_check import standings
from storage.scores import Score, scale_of

EDITIONS = load(packaged_folder()).editions
DAY = date(2026, 8, 1)


def near_a_line(edition: Edition, fact: str, chance: random.Random) -> Decimal:
    """A score on, just below or just above a line of this fact."""
    limits = [line.limit for line in edition.lines if line.fact == fact]
    limits += [
        limit
        for line in edition.lines
        if line.fact == fact and line.limit_by
        for limit in line.limit_by.limits.values()
    ]
    return chance.choice(limits) + points(chance.randint(-120, 120))


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
async def test_every_shop_stands_where_the_rules_say(conn: AsyncConnection, edition: Edition) -> None:
    chance = random.Random(7)
    facts = {line.fact for line in edition.lines}
    deciding = {by.fact: sorted(by.limits) for line in edition.lines if (by := line.limit_by)}
    expected = {}
    for number in range(120):
        shop = await shops.own(conn, 1000 + number, 0)
        is_in = chance.choice([None, True, False])
        await shops.set_in_alliance(conn, shop.id, is_in)
        told = {fact: chance.choice([*values, "another"]) for fact, values in deciding.items() if chance.random() < 0.7}
        await shops.set_choices(conn, shop.id, told)
        known = {fact: near_a_line(edition, fact, chance) for fact in facts if chance.random() < 0.8}
        for fact, value in known.items():
            row = Score(shop.id, fact, DAY, value, scale_of(edition.fact(fact)), Source.MERCHANT)
            await scores.record(conn, row, 0)
        stands = int(level(edition, {**told, **known}, DAY, is_in))
        expected[shop.id] = stands if known else standings.UNKNOWN
    rows = (await conn.execute(standings.levels(edition))).all()
    assert {row.shop_id: row.level for row in rows} == expected
    assert len(set(expected.values())) >= 4


async def test_a_score_of_another_scale_stands_for_nothing(conn: AsyncConnection) -> None:
    shop = await shops.own(conn, 1, 0)
    await scores.record(conn, Score(shop.id, "score", DAY, Decimal("3.4"), "0-7", Source.MERCHANT), 0)
    assert await standings.counts(conn, EDITIONS[0]) == {standings.UNKNOWN: 1}
