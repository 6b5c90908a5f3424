"""The day's query leaves nobody out: judging everybody tells the same, for many courses of scores."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import update

from bot.warnings.followers import Session, decide_for
from bot.warnings.policy import day_query
from rules.edition import Edition
from rules.lines import hundredths
from storage import follows, shops
from storage.daily_check.evidence import DayQuery
from storage.database import engine as database
from storage.schema import newest, scores
from tests.packaged import CATALOGUE
from tests.warnings.world import START, Told, World, instant

DAYS, SHOPS = 12, 60
Row = tuple[int | None, int | None] | None
Course = tuple[bool | None, list[Row]]


def _course(random: Random, edition: Edition) -> Course:
    """Whether the shop is in, and a row or None for each day: hundredths (None: no score), and closings or None."""
    is_in = random.choice([None, None, True, False])
    near = hundredths(random.choice([line.limit for line in edition.lines if line.fact == "score"]))
    if random.random() < 0.3:
        fall = random.randint(1, 9)
        return is_in, [(near + 60 - fall * day, None) for day in range(DAYS)]
    counted, closures = random.random() < 0.3, 0
    rows: list[Row] = []
    for _ in range(DAYS):
        closures += random.random() < 0.1
        silent = random.random() < 0.15
        score = None if random.random() < 0.1 else near + random.choice([-40, -3, -1, 0, 1, 5, 60])
        rows.append(None if silent else (score, closures if counted else None))
    return is_in, rows


async def _run(edition: Edition, courses: list[Course], file: Path, *, everybody: bool) -> list[Told]:
    """The news of each day of the courses, in the migrated database `file`."""
    world = World(database.create(f"sqlite+aiosqlite:///{file}"))
    world.watch = replace(world.watch, edition=edition)
    try:
        async with world.engine.begin() as conn:
            for number, (is_in, _) in enumerate(courses, start=1):
                _, shop = await shops.add(conn, f"S{number}", f"S{number}", 1)
                await shops.set_in_alliance(conn, shop.id, is_in)
                await follows.start(conn, shop.id, number, 1)
        return [await _day(world, courses, day, everybody=everybody) for day in range(DAYS)]
    finally:
        await world.engine.dispose()


async def _day(world: World, courses: list[Course], day: int, *, everybody: bool) -> Told:
    """Import the day's file and run the day's check; the news of each chat. No shop has any further score."""
    on, today = START + timedelta(day), list(enumerate((rows[day] for _, rows in courses), start=1))
    rows = [(f"S{number}", on, 0, *row) for number, row in today if row]
    absent = [(ref, on, number, None, None) for ref, *_ in rows for number in range(1, len(world.edition.scores))]
    await world.file(rows + absent, instant(day, "06:00"))
    async with world.engine.begin() as conn:  # "no score" is so on every scale
        for rows_of in (scores, newest):
            await conn.execute(update(rows_of).where(rows_of.c.hundredths.is_(None)).values(scale="0-7"))
    wanted = DayQuery(**{**vars(day_query(world.watch, on, instant(day))), "everybody": everybody})
    async with world.engine.begin() as conn:
        await decide_for(conn, Session(world.watch, wanted, instant(day)), 1, len(courses))
    await world.sent(instant(day))
    return await world.news()


@pytest.mark.parametrize("edition", CATALOGUE.editions, ids=lambda edition: edition.name)
async def test_whom_a_day_leaves_out_would_have_heard_nothing(tmp_path: Path, newest_file: Path, edition: Edition):
    random = Random(0)
    courses = [_course(random, edition) for _ in range(SHOPS)]
    few = await _run(edition, courses, shutil.copy(newest_file, tmp_path / "few.db"), everybody=False)
    assert few == await _run(edition, courses, shutil.copy(newest_file, tmp_path / "all.db"), everybody=True)
    assert sum(map(len, few)) > 2 * SHOPS
