"""Scores: singly and as whole files; corrections, repetitions, order, closures, newest rows, silence."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import Source
from storage import follows, schema, score_files, scores, shops, staged_shops
from storage.score_files import Correction, CountChange, Incoming, Row, Stored
from storage.scores import Recorded, Score, is_stale, silent_before
from tests.databases import registered
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS

FACT = FIVE_POINTS.fact("score")
SCALE = FACT.scale
DAY = date(2022, 10, 10)
NOW_MS, HOUR_MS = 1_700_000_000_000, 3_600_000


def score(points: str | None, day: int = 0, scale: str = SCALE, shop_id: int = 1) -> Score:
    return Score(shop_id, "score", DAY + timedelta(day), points and Decimal(points), scale, Source.MERCHANT)


async def store(conn: AsyncConnection, *rows: Row, now_ms: int = 10) -> Stored:
    stored, incoming = Stored(), Incoming.of(FIVE_POINTS, now_ms)
    await score_files.begin(conn)
    last = await score_files.stage(conn, rows, 0)
    await staged_shops.unknown(conn)
    stored.registered = await staged_shops.register(conn, {}, now_ms)
    for part in score_files.portions(last):
        await score_files.store(conn, incoming, part, stored)
    return stored


async def newest(conn: AsyncConnection) -> list[tuple]:
    table = schema.newest
    query = select(table.c.day, table.c.hundredths, table.c.highest, table.c.seen_at).order_by(table.c.shop_id)
    return [tuple(row) for row in (await conn.execute(query)).all()]


async def test_a_row_is_new_then_known_then_corrected(conn: AsyncConnection):
    assert await scores.record(conn, score("3.90"), 1) is Recorded.NEW
    assert await scores.record(conn, score("3.9"), 2) is Recorded.SAME
    assert await scores.record(conn, score("3.8"), 3) is Recorded.CORRECTED
    assert await scores.latest(conn, 1) == {"score": score("3.80")}
    assert await scores.series(conn, 1, FACT, DAY) == [(DAY, Decimal("3.80"))]


async def test_no_score_of_another_scale_is_no_correction_of_no_score(conn: AsyncConnection):
    rows: list[Row] = [("A", DAY, 0, None, None), ("B", DAY, 0, 390, None)]
    await store(conn, *rows)
    hundred, stored = Incoming.of(HUNDRED_POINTS, 20), Stored()
    await score_files.begin(conn)
    await score_files.stage(conn, [("A", DAY, 0, None, None), ("B", DAY, 0, None, None)], 0)
    corrections = [Correction("B", DAY, "score", Decimal("3.90"), None)]
    assert await score_files.compare(conn, hundred) == Stored(corrected=1, corrections=corrections)
    await score_files.store(conn, hundred, range(1, 3), stored)
    assert stored == Stored(corrected=1, corrections=corrections)
    shop = await shops.by_ref(conn, "A")
    assert (await scores.latest(conn, shop.id))["score"].scale == "0-100"
    back = Score(shop.id, "score", DAY, None, "0-5", Source.FEED)
    assert await scores.record(conn, back, 30) is Recorded.SAME


@pytest.mark.parametrize(
    ("told", "count", "known"), [(True, 3, None), (True, 2, True), (True, 1, True), (False, 3, False)]
)
async def test_after_one_more_closing_nobody_knows_whether_a_shop_that_was_in_is_in_again(
    conn: AsyncConnection, told: bool, count: int, known: bool | None
):
    await store(conn, ("A", DAY, 0, 410, 2))
    shop = await shops.by_ref(conn, "A")
    await shops.set_in_alliance(conn, shop.id, told)
    await store(conn, ("A", DAY, 0, 410, count), now_ms=20)
    assert (await shops.by_ref(conn, "A")).in_alliance is known


async def test_counts_of_closings_that_change_are_listed_as_from_what_to_what(conn: AsyncConnection):
    first = await store(conn, ("A", DAY, 0, 410, 1), ("B", DAY, 0, 410, 0), ("C", DAY, 0, 410, None))
    assert first == Stored(new=3, registered=3)
    rows: list[Row] = [("A", DAY, 0, 410, 3), ("B", DAY, 0, 410, 0), ("C", DAY, 0, 410, 2), ("A", DAY, 0, 410, 3)]
    await score_files.begin(conn)
    await score_files.stage(conn, rows, 0)
    changed = Stored(counted=1, counts=[CountChange("A", DAY, 1, 3)])
    assert await score_files.compare(conn, Incoming.of(FIVE_POINTS, 20)) == changed
    assert await store(conn, *rows, now_ms=20) == changed
    assert await store(conn, *rows, now_ms=30) == Stored()


async def test_an_older_row_changes_nothing_but_the_past(conn: AsyncConnection):
    await scores.record(conn, score("3.90", 5), 1)
    await scores.record(conn, score("4.50", 3), 2)
    assert await scores.latest(conn, 1) == {"score": score("3.90", 5)}
    assert await newest(conn) == [(DAY + timedelta(5), 390, 450, 1)]
    await scores.record(conn, score("3.80", 5), 3)
    assert await newest(conn) == [(DAY + timedelta(5), 380, 450, 1)]
    await scores.record(conn, score("3.70", 6), 4)
    assert await newest(conn) == [(DAY + timedelta(6), 370, 450, 4)]


async def test_a_series_is_of_one_scale_and_of_its_days(conn: AsyncConnection):
    for day, points in [(0, "4.5"), (1, "4.4"), (29, "4.1"), (30, "4.0")]:
        await scores.record(conn, score(points, day), 1)
    await scores.record(conn, score("85", 2, scale="0-100"), 1)
    until = DAY + timedelta(30)
    assert await scores.series(conn, 1, FACT, until) == [
        (DAY + timedelta(day), Decimal(points)) for day, points in [(1, "4.40"), (29, "4.10"), (30, "4.00")]
    ]
    assert await scores.series(conn, 1, FACT, until, days=2) == [
        (DAY + timedelta(29), Decimal("4.10")),
        (until, Decimal("4.00")),
    ]


async def test_a_score_finer_than_hundredths_is_refused(conn: AsyncConnection):
    with pytest.raises(ValueError, match="finer"):
        await scores.record(conn, score("3.905"), 1)


async def test_no_score_is_the_newest_and_leaves_the_past_as_it_was(conn: AsyncConnection):
    await scores.record(conn, score("3.90", 0), 1)
    assert await scores.record(conn, score(None, 1), 2) is Recorded.NEW
    assert await scores.record(conn, score(None, 1), 3) is Recorded.SAME
    assert await scores.latest(conn, 1) == {"score": score(None, 1)}
    assert await scores.series(conn, 1, FACT, DAY + timedelta(1)) == [(DAY, Decimal("3.90"))]
    assert await newest(conn) == [(DAY + timedelta(1), None, 390, 2)]
    assert await scores.record(conn, score("3.70", 1), 4) is Recorded.CORRECTED
    assert await newest(conn) == [(DAY + timedelta(1), 370, 390, 2)]


async def test_no_score_of_a_file_is_new_then_the_same_then_corrected(conn: AsyncConnection):
    assert await store(conn, ("A", DAY, 0, None, None)) == Stored(new=1, registered=1)
    assert await newest(conn) == [(DAY, None, None, 10)]
    assert await store(conn, ("A", DAY, 0, None, None), now_ms=20) == Stored()
    corrected = Stored(corrected=1, corrections=[Correction("A", DAY, "score", None, Decimal("3.90"))])
    assert await store(conn, ("A", DAY, 0, 390, None), now_ms=30) == corrected
    assert await newest(conn) == [(DAY, 390, 390, 10)]
    await store(conn, ("A", DAY + timedelta(1), 0, None, None), ("A", DAY - timedelta(1), 0, 450, None), now_ms=40)
    assert await newest(conn) == [(DAY + timedelta(1), None, 450, 40)]


async def test_several_scores_of_a_shop_are_stored_each_on_its_scale(conn: AsyncConnection):
    rows: list[Row] = [("A", DAY, 0, 8500, None), ("A", DAY, 2, 5000, None), ("B", DAY, 2, None, None)]
    incoming, stored = Incoming.of(HUNDRED_POINTS, 10), Stored()
    await score_files.begin(conn)
    last = await score_files.stage(conn, rows, 0)
    await staged_shops.unknown(conn)
    stored.registered = await staged_shops.register(conn, {}, 10)
    would = await score_files.compare(conn, incoming)
    for part in score_files.portions(last):
        await score_files.store(conn, incoming, part, stored)
    assert (would, stored) == (Stored(new=3), Stored(new=3, registered=2))
    shop = await shops.by_ref(conn, "A")
    found = await scores.latest(conn, shop.id)
    assert {fact: (row.points, row.scale) for fact, row in found.items()} == {
        "score": (Decimal("85.00"), "0-100"), "product_score": (Decimal("50.00"), "0-100"),
    }  # fmt: skip


async def test_a_file_is_stored_its_shops_registered_in_its_order(conn: AsyncConnection):
    await shops.add(conn, "B", "茶店", 1)
    stored = await store(conn, ("C", DAY, 0, 450, None), ("A", DAY, 0, 380, None), ("B", DAY, 0, 400, None))
    assert stored == Stored(new=3, registered=2)
    assert list(await registered(conn)) == ["B", "C", "A"]
    assert await staged_shops.unnamed(conn) == 2


async def test_the_same_file_twice_changes_nothing(conn: AsyncConnection):
    rows: list[Row] = [("A", DAY, 0, 450, 1), ("A", DAY, 0, 450, 1), ("B", DAY + timedelta(1), 0, 400, None)]
    assert (await store(conn, *rows)).new == 2
    before = await newest(conn), await _all(conn)
    assert await store(conn, *rows, now_ms=20) == Stored()
    assert (await newest(conn), await _all(conn)) == before


async def test_another_score_for_a_known_day_is_a_correction(conn: AsyncConnection):
    await store(conn, ("A", DAY, 0, 450, None), ("B", DAY, 0, 400, None))
    stored = await store(
        conn, ("A", DAY, 0, 440, None), ("B", DAY, 0, 400, None), ("B", DAY + timedelta(1), 0, 390, None)
    )
    assert stored == Stored(
        new=1, corrected=1, corrections=[Correction("A", DAY, "score", Decimal("4.50"), Decimal("4.40"))]
    )


async def test_comparing_says_what_storing_would_do_and_changes_nothing(conn: AsyncConnection):
    await store(conn, ("A", DAY, 0, 450, None), ("B", DAY, 0, 400, None))
    rows: list[Row] = [
        ("A", DAY, 0, 440, None),
        ("B", DAY, 0, 400, None),
        ("C", DAY, 0, 300, None),
        ("C", DAY, 0, 300, None),
    ]
    before = await _all(conn)
    await score_files.begin(conn)
    await score_files.stage(conn, rows, 0)
    would = await score_files.compare(conn, Incoming.of(FIVE_POINTS, 20))
    assert await _all(conn) == before
    assert replace(would, registered=1) == await store(conn, *rows)


async def test_many_days_of_a_shop_in_any_order_leave_the_newest(conn: AsyncConnection):
    days = [4, 0, 3, 1, 2]
    await store(conn, *(("A", DAY + timedelta(day), 0, 400 - day, None) for day in days))
    assert await newest(conn) == [(DAY + timedelta(4), 396, 400, 10)]
    await store(conn, ("A", DAY - timedelta(1), 0, 450, None), now_ms=20)
    assert await newest(conn) == [(DAY + timedelta(4), 396, 450, 10)]


async def test_a_file_is_stored_in_portions_that_end_anywhere(conn: AsyncConnection, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(score_files, "ROWS_A_PORTION", 2)
    rows: list[Row] = [(f"S{n % 3}", DAY + timedelta(n // 3), 0, 400 + n, None) for n in range(7)]
    assert await store(conn, *rows) == Stored(new=7, registered=3)
    assert [row[:2] for row in await newest(conn)] == [
        (DAY + timedelta(2), 406), (DAY + timedelta(1), 404), (DAY + timedelta(1), 405),
    ]  # fmt: skip


async def test_the_newest_count_of_closings_holds(conn: AsyncConnection):
    await store(conn, ("A", DAY, 0, 400, 1))
    await store(conn, ("A", DAY - timedelta(1), 0, 400, 0), ("A", DAY + timedelta(1), 0, 400, None))
    shop = await shops.by_ref(conn, "A")
    assert shop and (shop.closures, shop.closures_day) == (1, DAY)


async def test_a_first_count_of_none_is_what_a_rise_is_told_against(conn: AsyncConnection):
    _, shop = await shops.add(conn, "A", "花店", 1)
    await follows.start(conn, shop.id, 1, 1)
    await store(conn, ("A", DAY, 0, 400, 0))
    found = await follows.of(conn, shop.id, 1)
    assert found and found.state and found.state.closures == 0


async def _all(conn: AsyncConnection) -> list[tuple]:
    table = schema.scores
    rows = (await conn.execute(select(table).order_by(table.c.shop_id, table.c.day))).all()
    count = (await conn.execute(select(func.count()).select_from(schema.shops))).scalar()
    return [count, *(tuple(row) for row in rows)]


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
    seen = {"day": DAY - timedelta(days_ago), "seen_at": NOW_MS - ms_ago}
    await conn.execute(insert(schema.newest), row | seen)
    found = (await conn.execute(select(schema.newest.c.shop_id).where(is_stale(schema.newest, DAY, NOW_MS)))).all()
    assert bool(found) is stale


def test_who_never_had_a_score_waits_as_long_as_one_may_stay_away():
    assert silent_before(Source.FEED, NOW_MS) == NOW_MS - 26 * HOUR_MS
