"""A decision for each distinct combination of evidence: the key of a combination leaves no evidence out."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.warnings.decide import Decider
from bot.warnings.policy import day_query
from rules.reasons import Reason
from rules.watch_state import WatchState
from storage import schema, shops
from storage.daily_check.evidence import DECIDING, WHO, evidence
from storage.follows import KEYS
from tests.databases import on_one_engine
from tests.warnings.world import START, World, instant

DAY = START.toordinal()
OTHER_STATE: dict[str, Any] = {
    "judged_day": START, "level": 1, "line": "warning", "told_on": START, "seen_level": 1, "seen_since": START,
    "is_far": True, "has_left": True, "is_swinging": True, "closures": 2, "is_closed": True, "descent_fact": "score",
    "descent_ends_at": 400, "stale_told": True, "edition": "2022-10-10", "fell_on": START,
    "is_mended": True, "is_awake": False,
}  # fmt: skip
FOLLOWER: dict[str, Any] = {"frequency": "on_change", "snoozed_until": START}
SHOP: dict[str, Any] = {"in_alliance": False, "closures": 1, "choices": "{}"}
NEWEST: dict[str, Any] = {"day": START - timedelta(1), "hundredths": 341, "source": "merchant", "seen_at": 1}


async def _rows(conn: AsyncConnection, world: World) -> list[Any]:
    """The rows of everybody, by shop."""
    await conn.execute(update(schema.follows).values(is_awake=True))
    rows = (await conn.execute(day_query(world.watch, START, instant(0)).query, {"first": 1, "last": 99})).all()
    return sorted(rows, key=lambda row: row.shop_id)


async def _follow_two(world: World) -> None:
    """Two equal shops, with a follower each."""
    for chat, ref in enumerate(("A", "B"), start=1):
        await world.follow(ref, chat)
    await world.day(0, A="3.40", B="3.40")


async def test_a_state_that_differs_in_one_thing_is_another_combination(world: World):
    await _follow_two(world)
    async with world.engine.begin() as conn:
        for key in sorted(set(KEYS) - {"is_awake"}):
            other = OTHER_STATE[key]
            await conn.execute(update(schema.follows).where(schema.follows.c.chat_id == 1).values({key: other}))
            first, second = await _rows(conn, world)
            assert first[DECIDING] != second[DECIDING], key
            told = dict(zip(KEYS, evidence(first, 1).state, strict=True))
            assert told[key] == (DAY if other is START else other), key
            await conn.execute(update(schema.follows).values({key: other}))  # both alike again


@on_one_engine
@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        *((schema.follows, key, value) for key, value in FOLLOWER.items()),
        *((schema.shops, key, value) for key, value in SHOP.items()),
        *((schema.newest, key, value) for key, value in NEWEST.items()),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_followers_of_whom_one_thing_differs_share_no_decision(world: World, table: Any, key: str, value: Any):
    await _follow_two(world)
    async with world.engine.begin() as conn:
        first_shop = table.c.id == 1 if table is schema.shops else table.c.shop_id == 1
        before = await _rows(conn, world)
        await conn.execute(update(table).where(first_shop).values({key: value}))
        first, second = await _rows(conn, world)
    assert before[0][DECIDING] == before[1][DECIDING] == second[DECIDING]
    assert first[DECIDING] != second[DECIDING]


@on_one_engine
async def test_who_it_is_and_when_they_want_to_hear_do_not_decide(world: World):
    await _follow_two(world)
    async with world.engine.begin() as conn:
        await conn.execute(
            insert(schema.preferences).values(chat_id=1, quiet_hours="22:00-08:00", digest_at="09:00", updated_at=1)
        )
        first, second = await _rows(conn, world)
    assert first[WHO] == (1, 1, "22:00-08:00", "09:00")
    assert second[WHO] == (2, 2, None, None)
    decider = Decider(world.watch, day_query(world.watch, START, instant(0)))
    assert decider.judge(first) is decider.judge(second)
    assert decider.judge(first).reason is Reason.CLOSING


@on_one_engine
@pytest.mark.parametrize(
    ("in_alliance", "ends_at", "score", "wants"),
    [
        (None, None, "4.00", True),
        (True, None, "4.00", True),
        (False, None, "4.00", False),
        (True, 420, "4.00", False),
        (True, None, "3.40", False),
    ],
    ids=["not known", "in", "not in", "one is told", "news"],
)
async def test_a_forecast_is_asked_for_where_it_could_be_told(
    world: World, in_alliance: bool | None, ends_at: int | None, score: str, wants: bool
):
    shop_id = await world.follow("A", 1)
    await world.day(0, A=score)
    async with world.engine.begin() as conn:
        await shops.set_in_alliance(conn, shop_id, in_alliance)
        await conn.execute(update(schema.follows).values(descent_ends_at=ends_at, descent_fact="score"))
        (row,) = await _rows(conn, world)
    assert Decider(world.watch, day_query(world.watch, START, instant(0))).judge(row).wants_outlook is wants


def test_the_schema_knows_every_field_of_the_state_and_no_other():
    assert (*(field.name for field in fields(WatchState)), "is_awake") == KEYS
