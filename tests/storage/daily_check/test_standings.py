"""Standings in SQL equal the standings of the rules, shop by shop, under every edition, with facts told or not."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.absence import scores_that_count
from rules.assessment import Assessment
from rules.edition import Edition
from rules.lines import Level, choices, hundredths, limits_of, points
from rules.requirements import IN_ALLIANCE
from rules.sources import Source
from storage import scores, shops
from storage.daily_check import standings
from storage.schema import newest
from storage.schema import shops as shop_rows
from storage.scores import Score
from tests.packaged import CATALOGUE

EDITIONS = CATALOGUE.editions
DAY = date(2026, 8, 1)
SHOPS = 400
Told = dict[str, str | Decimal | None]
UNTOLD = object()


def beside_lines(edition: Edition, fact: str) -> list[Decimal]:
    """Scores on and just below each possible limit of the fact's lines, and a score above all."""
    limits = {limit for line in edition.lines if line.fact == fact for limit in limits_of(line, {})}
    return sorted({limit - points(less) for limit in limits for less in (0, 1)} | {max(limits) + 1})


def tellings(edition: Edition) -> Iterator[Told]:
    """Endless combinations of scores beside lines, scores known to be absent and choices, each also untold."""
    known: dict[str, list[Any]] = {fact: [None] for fact in scores_that_count(edition)}
    known |= {line.fact: [None, *beside_lines(edition, line.fact)] for line in edition.lines}
    of_scores = {condition.fact for fact in edition.scores for condition in fact.none_if}
    known |= {
        fact.id: [option.value for option in fact.options]
        for fact in edition.facts
        if fact in choices(edition) or (fact.options and fact.id in of_scores)
    }
    random = Random(7)
    while True:
        drawn = {name: random.choice([UNTOLD, *each]) for name, each in known.items()}
        yield {name: value for name, value in drawn.items() if value is not UNTOLD}


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
async def test_every_shop_stands_where_the_rules_say(conn: AsyncConnection, edition: Edition) -> None:
    """At each level there is a shop."""
    expected, rows, chosen, scales = {}, [], {}, cycle(("0-5", "0-100", "0-7"))
    alliances = dict(zip(range(1, SHOPS + 1), cycle((None, True, False)), strict=False))
    for (shop_id, is_in), told in zip(alliances.items(), tellings(edition), strict=False):
        chosen[shop_id] = {name: value for name, value in told.items() if isinstance(value, str)}
        for fact, value in told.items():
            if not isinstance(value, str):
                scored = {
                    "hundredths": None if value is None else hundredths(value),
                    "highest": 0,
                    "scale": next(scales) if value is None else edition.fact(fact).scale,
                }
                rows.append({"shop_id": shop_id, "fact": fact, "day": DAY, "source": "merchant", "seen_at": 0} | scored)
        expected[shop_id] = int(Assessment(edition, told if is_in is None else {**told, IN_ALLIANCE: is_in}, DAY).level)
    shared = {"source": "merchant", "created_at": 0}
    await conn.execute(insert(shop_rows), [shared | {"id": n, "in_alliance": is_in} for n, is_in in alliances.items()])
    await conn.execute(insert(newest), rows)
    for shop_id, choices_of_shop in chosen.items():
        if choices_of_shop:
            await shops.set_choices(conn, shop_id, choices_of_shop)
    found = (await conn.execute(standings.levels((edition,)))).all()
    assert {row.shop_id: row.level for row in found} == expected
    has = {Level[line.effect.name] for line in edition.lines}
    assert set(expected.values()) == {Level.UNKNOWN, Level.CLEAR, *has}


def test_the_limits_of_an_edition_depend_on_a_choice() -> None:
    assert any(line.limit_by for edition in EDITIONS for line in edition.lines)


async def test_a_shop_without_any_score_is_cleared_out_where_the_edition_says_so(conn: AsyncConnection) -> None:
    five, hundred = EDITIONS
    shop = await shops.own(conn, 1, 0)
    for fact in ("score", "growth_score"):
        await scores.record(conn, Score(shop.id, fact, DAY, None, "0-100", Source.MERCHANT), 0)
    assert await standings.counts(conn, (hundred,)) == {Level.CLOSING: 1}
    await scores.record(conn, Score(shop.id, "score", DAY, None, "0-5", Source.MERCHANT), 0)
    assert await standings.counts(conn, (five,)) == {Level.UNKNOWN: 1}


async def test_a_barred_shop_is_counted_as_that_and_at_no_level(conn: AsyncConnection) -> None:
    for chat, (closures, is_in) in enumerate([(3, None), (4, False), (2, None), (3, True), (None, None)], 1):
        shop = await shops.own(conn, chat, 0)
        await scores.record(conn, Score(shop.id, "score", DAY, Decimal("4.5"), "0-5", Source.MERCHANT), 0)
        await shops.set_closures(conn, shop.id, closures, DAY)
        await shops.set_in_alliance(conn, shop.id, is_in)
    assert await standings.counts(conn, EDITIONS) == {standings.BARRED: 2, Level.CLEAR: 3}


async def test_a_score_of_another_scale_stands_for_nothing(conn: AsyncConnection) -> None:
    shop = await shops.own(conn, 1, 0)
    await scores.record(conn, Score(shop.id, "score", DAY, Decimal("3.4"), "0-7", Source.MERCHANT), 0)
    assert await standings.counts(conn, (EDITIONS[0],)) == {Level.UNKNOWN: 1}
