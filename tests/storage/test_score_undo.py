"""A told score taken back: which row is the newest afterwards, and which rows are left alone."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import Source
from storage import score_undo, scores
from storage.schema import newest
from storage.scores import Score

DAY = date(2026, 11, 29)


def row(points: str | None, day: date = DAY, *, scale: str = "0-5", source: Source = Source.MERCHANT) -> Score:
    return Score(1, "score", day, None if points is None else Decimal(points), scale, source)


async def known(conn: AsyncConnection) -> tuple[Score | None, int | None]:
    """The newest row, and the highest score in hundredths."""
    found = (await scores.latest(conn, 1)).get("score")
    return found, (await conn.execute(select(newest.c.highest))).scalar()


async def test_the_row_goes_and_the_day_before_is_the_newest(conn: AsyncConnection) -> None:
    before = row("4.20", DAY - timedelta(1), source=Source.FEED)
    for each in (before, row("4.90")):
        await scores.record(conn, each, 1)
    assert await score_undo.take_back(conn, row("4.90"), None, 2)
    assert await known(conn) == (before, 420)
    assert not await score_undo.take_back(conn, row("4.90"), None, 3)


async def test_the_row_before_comes_back_on_its_scale(conn: AsyncConnection) -> None:
    await scores.record(conn, row("4.20"), 1)
    await scores.record(conn, row("85.00", scale="0-100"), 2)
    assert await score_undo.take_back(conn, row("85.00", scale="0-100"), row("4.20"), 3)
    assert await known(conn) == (row("4.20"), 420)


async def test_an_older_row_goes_and_the_newest_stays(conn: AsyncConnection) -> None:
    for each in (row("4.90", DAY - timedelta(3)), row("4.00")):
        await scores.record(conn, each, 1)
    assert await score_undo.take_back(conn, row("4.90", DAY - timedelta(3)), None, 2)
    assert await known(conn) == (row("4.00"), 400)


async def test_a_row_that_another_put_there_is_left_alone(conn: AsyncConnection) -> None:
    await scores.record(conn, row("3.40", source=Source.FEED), 1)
    assert not await score_undo.take_back(conn, row("3.40"), None, 2)
    assert await known(conn) == (row("3.40", source=Source.FEED), 340)


async def test_no_score_is_a_row_like_any_other(conn: AsyncConnection) -> None:
    await scores.record(conn, row(None), 1)
    assert await score_undo.last_told(conn, 1, DAY) == (row(None), 1)
    assert await score_undo.take_back(conn, row(None), None, 2)
    assert await known(conn) == (None, None)
    assert await score_undo.last_told(conn, 1, DAY) is None


async def test_no_score_told_after_a_mistaken_score_goes_back_to_the_scale_of_the_shop(conn: AsyncConnection) -> None:
    mistaken, absent = row("85.00", DAY - timedelta(1), scale="0-100"), row(None, scale="0-100")
    for each in (row("4.20", DAY - timedelta(2)), mistaken, absent):
        await scores.record(conn, each, 1)
    assert await score_undo.take_back(conn, mistaken, None, 2)
    assert await known(conn) == (row(None), 420)


async def test_no_score_stays_on_its_scale_while_the_newest_score_left_is_of_that_scale(conn: AsyncConnection) -> None:
    mistaken, absent = row("85.00", DAY - timedelta(1), scale="0-100"), row(None, scale="0-100")
    for each in (row("4.20", DAY - timedelta(3)), row("80.00", DAY - timedelta(2), scale="0-100"), mistaken, absent):
        await scores.record(conn, each, 1)
    assert await score_undo.take_back(conn, mistaken, None, 2)
    assert await known(conn) == (absent, 8000)


async def test_no_score_of_before_the_mistake_stays_on_its_scale(conn: AsyncConnection) -> None:
    mistaken, absent = row("85.00", scale="0-100"), row(None, DAY - timedelta(2), scale="0-100")
    before = row("80.00", DAY - timedelta(3), scale="0-100"), absent, row("4.20", DAY - timedelta(1))
    for each in (*before, mistaken):
        await scores.record(conn, each, 1)
    assert await score_undo.take_back(conn, mistaken, None, 2)
    assert await score_undo.of_day(conn, 1, "score", absent.day) == absent


async def test_no_score_of_a_feed_stays_as_the_feed_gave_it(conn: AsyncConnection) -> None:
    mistaken, absent = row("85.00", DAY - timedelta(1), scale="0-100"), row(None, scale="0-100", source=Source.FEED)
    for each in (row("4.20", DAY - timedelta(2)), mistaken, absent):
        await scores.record(conn, each, 1)
    assert await score_undo.take_back(conn, mistaken, None, 2)
    assert (await known(conn))[0] == absent
