"""A line that depends on what the shop has not told is taken at its gravest: silence is never an all-clear."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from rules.catalogue.load import load
from rules.sources import Source
from storage import scores, shops
from storage.scores import Score, scale_of
from tests.invented import by_category
from tests.warnings.world import START, World, instant, ms


@pytest.fixture
def two_scores(engine: AsyncEngine, tmp_path: Path) -> World:
    """A world in which lines depend on the category."""
    world = World(engine)
    world.watch = replace(world.watch, edition=load(by_category(tmp_path / "rules")).editions[0])
    return world


async def comes(world: World, shop_id: int, day: int, points: str, category: str | None) -> None:
    """A feed's score of that day, and what the shop has told by then."""
    fact = world.edition.fact("product_score")
    async with world.engine.begin() as conn:
        await shops.set_choices(conn, shop_id, {"category": category} if category else {})
        row = Score(shop_id, fact.id, START + timedelta(day), Decimal(points), scale_of(fact), Source.FEED)
        await scores.record(conn, row, ms(instant(day, "06:00")))


@pytest.mark.parametrize(
    ("points", "category", "told"),
    [
        ("64", None, ["closing"]),
        ("64", "general", ["closing"]),
        ("64", "sixty", []),
        ("67", None, ["early"]),
        ("67", "general", ["early"]),
        ("67", "sixty", []),
        ("62", "sixty", ["early"]),
        ("59", None, ["closing"]),
        ("59", "sixty", ["closing"]),
        ("68", None, []),
    ],
)
async def test_an_untold_category_is_warned_of_at_the_gravest(
    two_scores: World, points: str, category: str | None, told: list[str]
) -> None:
    shop_id = await two_scores.follow("A", 1)
    await comes(two_scores, shop_id, 0, points, category)
    assert await two_scores.check(0) == ({1: [("A", reason) for reason in told]} if told else {})


@pytest.mark.parametrize(("category", "told"), [("sixty", "recovered"), ("general", "reminder"), (None, "reminder")])
async def test_a_category_told_later_settles_what_was_warned_of(
    two_scores: World, category: str | None, told: str
) -> None:
    shop_id = await two_scores.follow("A", 1)
    await comes(two_scores, shop_id, 0, "64", None)
    assert await two_scores.check(0) == {1: [("A", "closing")]}
    await comes(two_scores, shop_id, 1, "64", category)
    assert await two_scores.check(1) == {1: [("A", told)]}
