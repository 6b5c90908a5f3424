"""A line that depends on an untold choice is taken at the gravest: silence is never an all-clear."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from rules.sources import Source
from storage import scores, shops
from storage.scores import Score
from tests.packaged import HUNDRED_POINTS
from tests.warnings.world import START, World, instant, ms


@pytest.fixture
def two_scores(engine: AsyncEngine) -> World:
    """A world with lines that depend on the category."""
    world = World(engine)
    world.watch = replace(world.watch, edition=HUNDRED_POINTS)
    return world


async def comes(world: World, shop_id: int, day: int, points: str, category: str | None) -> None:
    """Store a feed's score of the day, and the shop's category."""
    fact = world.edition.fact("product_score")
    async with world.engine.begin() as conn:
        await shops.set_choices(conn, shop_id, {"category": category} if category else {})
        row = Score(shop_id, fact.id, START + timedelta(day), Decimal(points), fact.scale, Source.FEED)
        await scores.record(conn, row, ms(instant(day, "06:00")))


TOLD = {
    ("64", None): "closing",
    ("64", "general"): "closing",
    ("64", "sixty"): None,
    ("67", None): "early",
    ("67", "general"): "early",
    ("67", "sixty"): None,
    ("62", "sixty"): "early",
    ("59", None): "closing",
    ("59", "sixty"): "closing",
    ("68", None): None,
}
"""Of a shop with this score and this category; each is a shop of one world, told to the chat of its number."""


async def test_an_untold_category_is_warned_of_at_the_gravest(two_scores: World) -> None:
    for chat, (points, category) in enumerate(TOLD):
        await comes(two_scores, await two_scores.follow(f"{points} {category}", chat), 0, points, category)
    assert await two_scores.check(0) == {
        chat: [(f"{points} {category}", reason)]
        for chat, ((points, category), reason) in enumerate(TOLD.items())
        if reason
    }


async def test_a_category_told_later_settles_what_was_warned_of(two_scores: World) -> None:
    told = {"sixty": "recovered", "general": "reminder", None: "reminder"}
    numbers = [await two_scores.follow(str(category), chat) for chat, category in enumerate(told)]
    for shop_id in numbers:
        await comes(two_scores, shop_id, 0, "64", None)
    assert await two_scores.check(0) == {chat: [(str(one), "closing")] for chat, one in enumerate(told)}
    for shop_id, category in zip(numbers, told, strict=True):
        await comes(two_scores, shop_id, 1, "64", category)
    assert await two_scores.check(1) == {chat: [(str(one), told[one])] for chat, one in enumerate(told)}
