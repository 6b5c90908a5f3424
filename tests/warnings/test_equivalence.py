"""The day's query leaves nobody out: judging everybody tells the same, for many courses of scores."""

import shutil
from datetime import timedelta
from pathlib import Path
from random import Random

from bot.warnings.followers import Session, decide_for
from bot.warnings.policy import day_query
from storage import follows, shops
from storage.daily_check.evidence import DayQuery
from storage.database import engine as database
from tests.warnings.world import START, Told, World, instant

DAYS, SHOPS = 12, 60
Row = tuple[int, int | None] | None
Course = tuple[bool | None, list[Row]]


def _course(random: Random) -> Course:
    """Whether the shop is in, and a row or None for each day: hundredths, and closings or None."""
    is_in = random.choice([None, None, True, False])
    near = random.choice([350, 380, 400])
    if random.random() < 0.3:
        fall = random.randint(1, 9)
        return is_in, [(near + 60 - fall * day, None) for day in range(DAYS)]
    counted, closures = random.random() < 0.3, 0
    rows: list[Row] = []
    for _ in range(DAYS):
        closures += random.random() < 0.1
        silent = random.random() < 0.15
        rows.append(
            None if silent else (near + random.choice([-40, -3, -1, 0, 1, 5, 60]), closures if counted else None)
        )
    return is_in, rows


async def _run(courses: list[Course], file: Path, *, everybody: bool) -> list[Told]:
    """The news of each day of the courses, in the migrated database `file`."""
    world = World(database.create(f"sqlite+aiosqlite:///{file}"))
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
    """Import the day's file and run the day's check; the news of each chat."""
    on, today = START + timedelta(day), list(enumerate((rows[day] for _, rows in courses), start=1))
    await world.file([(f"S{number}", on, 0, *row) for number, row in today if row], instant(day, "06:00"))
    wanted = DayQuery(**{**vars(day_query(world.watch, on, instant(day))), "everybody": everybody})
    async with world.engine.begin() as conn:
        await decide_for(conn, Session(world.watch, wanted, instant(day)), 1, len(courses))
    await world.sent(instant(day))
    return await world.news()


async def test_whom_a_day_leaves_out_would_have_heard_nothing(tmp_path: Path, newest_file: Path):
    random = Random(0)
    courses = [_course(random) for _ in range(SHOPS)]
    few = await _run(courses, shutil.copy(newest_file, tmp_path / "few.db"), everybody=False)
    assert few == await _run(courses, shutil.copy(newest_file, tmp_path / "all.db"), everybody=True)
    assert sum(map(len, few)) > 2 * SHOPS
