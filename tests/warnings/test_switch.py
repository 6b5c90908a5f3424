"""A switch of the edition sends nothing by itself: scores that did not move are no news, all else is as usual."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from rules.catalogue.load import load
from tests.databases import on_one_engine
from tests.invented import NAME, revised
from tests.warnings.world import World, instant

SHOPS = {"A": "3.55", "B": "3.70", "C": "3.40", "D": "4.50"}
"""Below the warning line; below the revised closing line of 3.6 only A is new, C was before."""


@pytest.fixture
async def switched(engine: AsyncEngine, tmp_path: Path) -> World:
    """All shops are told of on day 0; then the revised edition judges, with the closing line at 3.6."""
    world, catalogue = World(engine), load(revised(tmp_path / "editions"))
    world.watch = replace(world.watch, edition=catalogue.edition("2022-10-10"), catalogue=catalogue)
    for chat, ref in enumerate(SHOPS, start=1):
        await world.follow(ref, chat)
    await world.day(0, **SHOPS)
    assert await world.check(0) == {1: [("A", "warning")], 2: [("B", "warning")], 3: [("C", "closing")]}
    world.watch = replace(world.watch, edition=catalogue.edition(NAME))
    return world


async def test_scores_that_did_not_move_make_no_message(switched: World) -> None:
    await switched.day(1, **SHOPS)
    assert await switched.check(1) == {}
    assert await switched.check(1, at="12:00") == {}
    await switched.day(2, **SHOPS)
    reminders = {chat: [(ref, "reminder")] for chat, ref in ((1, "A"), (2, "B"), (3, "C"))}
    assert await switched.check(2) == reminders
    assert {notice.edition for notice in await switched.all_notices()} == {"2022-10-10", NAME}


async def test_a_fall_is_told_as_usual(switched: World) -> None:
    await switched.day(1, A="3.54", B="3.55", C="3.40", D="3.70")
    assert await switched.check(1) == {1: [("A", "reminder")], 2: [("B", "closing")], 4: [("D", "warning")]}


async def test_a_recovery_is_told_as_usual(switched: World) -> None:
    await switched.day(1, A="3.95", B="3.70", C="3.40", D="4.50")
    assert await switched.check(1) == {1: [("A", "recovered")]}


async def test_a_closing_that_is_counted_is_told(switched: World) -> None:
    await switched.day(1, closures={"A": 0}, **SHOPS)
    assert await switched.check(1) == {}
    await switched.day(2, closures={"A": 1}, **SHOPS)
    assert (await switched.check(2))[1] == [("A", "closed")]


@on_one_engine
async def test_who_follows_only_since_the_switch_hears_of_a_low_score(switched: World) -> None:
    await switched.follow("A", 9, since=instant(0, "12:00"))
    await switched.day(1, **SHOPS)
    assert await switched.check(1) == {9: [("A", "closing")]}


@on_one_engine
async def test_what_nobody_was_told_is_no_reminder_either(engine: AsyncEngine, tmp_path: Path) -> None:
    """A score that was clear under the edition before, and is below a line of the edition now."""
    world, catalogue = World(engine), load(revised(tmp_path / "editions"))
    lower = catalogue.edition("2022-10-10")
    lines = [line.model_copy(update={"limit": line.limit - 1}) for line in lower.lines]
    lower = lower.model_copy(update={"name": "2021-01-01", "lines": tuple(lines)})
    world.watch = replace(world.watch, edition=lower)
    await world.follow("A", 1)
    await world.day(0, A="3.55")
    assert await world.check(0) == {}
    world.watch = replace(world.watch, edition=catalogue.edition(NAME))
    for day in (1, 2, 3):
        await world.day(day, A="3.55")
        assert await world.check(day) == {}
    await world.day(4, A="3.54")
    assert await world.check(4) == {1: [("A", "reminder")]}
