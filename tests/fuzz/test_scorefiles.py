"""Any bytes as a file of scores: the right lines are stored and the others named, or the file is refused."""

from collections import Counter
from datetime import date
from random import Random

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.feeds.file import BY_CHAT, PROBLEMS_KEPT, ScoreFile
from bot.feeds.store import Terms, import_file
from storage import schema
from storage.database import engine as database
from storage.score_files import Incoming
from tests.fuzz.counts import MOST_GROWTH_MB, SCORE_FILES, SEED, peak_mb
from tests.fuzz.files import score_file
from tests.packaged import FIVE_POINTS

TODAY = date(2022, 10, 10)


async def rows(engine: AsyncEngine) -> tuple[int, int]:
    """How many scores and shops there are."""
    async with engine.begin() as conn:
        count = [
            (await conn.execute(select(func.count()).select_from(t))).scalar_one()
            for t in (schema.scores, schema.shops)
        ]
    return count[0], count[1]


async def test_any_file_gives_its_right_lines_or_one_reason(embedded_url: str) -> None:
    engine = database.create(embedded_url)
    random, outcomes, start, before = Random(SEED), Counter[str](), 0.0, (0, 0)
    for number in range(SCORE_FILES):
        content = score_file(random)
        file = ScoreFile(content, FIVE_POINTS.scores, TODAY, BY_CHAT)
        done = await import_file(engine, file, Incoming.of(FIVE_POINTS, number), Terms(registers=True))
        after = await rows(engine)
        new = (done.stored.new, done.stored.registered) if done.stored else (0, 0)
        assert file.rows or not any(new)
        assert (after[0] - before[0], after[1] - before[1]) == new, content[:600]
        assert (done.stored is None) == bool(file.refusal)
        assert not (file.refusal and (file.rows or file.set_aside))
        assert len(file.set_aside) == min(file.set_aside_count, PROBLEMS_KEPT)
        outcomes["stored" if done.stored else str(file.refusal and file.refusal.trouble.value)] += 1
        outcomes["with lines set aside"] += bool(done.stored and file.set_aside)
        before, start = after, start or peak_mb() * (number > SCORE_FILES // 10)
    await engine.dispose()
    print(f"{SCORE_FILES} score files, seed {SEED}: {dict(outcomes)}; grew by {peak_mb() - start:.0f} MB")
    assert outcomes["stored"] > SCORE_FILES / 20
    assert peak_mb() - start < MOST_GROWTH_MB
