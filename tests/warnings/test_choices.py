"""A limit by an untold choice is taken at the gravest; a line for shops of a kind counts once the kind is told."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from rules.catalogue.load import load
from rules.sources import Source
from storage import scores, shops
from storage.scores import Score
from tests.invented import by_category
from tests.packaged import HUNDRED_POINTS
from tests.warnings.world import START, World, instant, ms


@pytest.fixture
def two_scores(engine: AsyncEngine, tmp_path: Path) -> World:
    """A world with limits that depend on the category."""
    world = World(engine)
    world.watch = replace(world.watch, edition=load(by_category(tmp_path / "rules")).editions[0])
    return world


@pytest.fixture
def stricter(engine: AsyncEngine) -> World:
    """A world with lines for shops of some categories."""
    world = World(engine)
    world.watch = replace(world.watch, edition=HUNDRED_POINTS)
    return world


async def comes(
    world: World, shop_id: int, day: int, points: str, category: str | None, name: str = "product_score"
) -> None:
    """Store a feed's score of the day, and the shop's category."""
    fact = world.edition.fact(name)
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


AT_74 = {None: None, "general": None, "crab": "closing", "cordyceps": "closing", "fruit": "early", "coins": "closing"}
"""What a shop of this category hears of 体验分 74."""


async def comes_whole(world: World, shop_id: int, day: int, category: str | None) -> None:
    """Store 体验分 74 and a high 商品体验分 of the day, and the shop's category."""
    for name, points in (("product_score", "90"), ("score", "74")):
        await comes(world, shop_id, day, points, category, name)


async def test_a_line_for_shops_of_a_kind_warns_only_those_told_to_be_of_it(stricter: World) -> None:
    for chat, category in enumerate(AT_74):
        await comes_whole(stricter, await stricter.follow(str(category), chat), 0, category)
    heard = {chat: [(str(category), reason)] for chat, (category, reason) in enumerate(AT_74.items()) if reason}
    assert await stricter.check(0) == heard


async def test_a_kind_told_later_closes_by_its_own_line(stricter: World) -> None:
    told = {"crab": "closing", "general": None, None: None}
    numbers = [await stricter.follow(str(category), chat) for chat, category in enumerate(told)]
    for shop_id in numbers:
        await comes_whole(stricter, shop_id, 0, None)
    assert await stricter.check(0) == {}
    for shop_id, category in zip(numbers, told, strict=True):
        await comes_whole(stricter, shop_id, 1, category)
    assert await stricter.check(1) == {0: [("crab", "closing")]}
