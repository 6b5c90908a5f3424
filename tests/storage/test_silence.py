"""A score grows stale by its source: what `rules.sources.SOURCES` says, as the database finds it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import Source
from storage.schema import newest
from storage.silence import is_stale, silent_before

TODAY, NOW_MS, HOUR_MS = date(2022, 10, 10), 1_700_000_000_000, 3_600_000


@pytest.mark.parametrize(
    ("source", "days_ago", "ms_ago", "stale"),
    [
        (Source.FEED, 0, 26 * HOUR_MS, False),
        (Source.FEED, 0, 26 * HOUR_MS + 1, True),
        (Source.FEED, 3, 0, False),
        (Source.FEED, 4, 0, True),
        (Source.MERCHANT, 0, 7 * 24 * HOUR_MS, False),
        (Source.MERCHANT, 0, 7 * 24 * HOUR_MS + 1, True),
        (Source.MERCHANT, 7, 0, False),
        (Source.MERCHANT, 8, 0, True),
    ],
)
async def test_a_score_grows_stale_by_its_source(
    conn: AsyncConnection, source: Source, days_ago: int, ms_ago: int, stale: bool
):
    row = {"shop_id": 1, "fact": "score", "hundredths": 400, "highest": 400, "scale": "0-5", "source": source.value}
    seen = {"day": TODAY - timedelta(days_ago), "seen_at": NOW_MS - ms_ago}
    await conn.execute(insert(newest), row | seen)
    found = (await conn.execute(select(newest.c.shop_id).where(is_stale(newest, TODAY, NOW_MS)))).all()
    assert bool(found) is stale


def test_who_never_had_a_score_waits_as_long_as_one_may_stay_away():
    assert silent_before(Source.FEED, NOW_MS) == NOW_MS - 26 * HOUR_MS
