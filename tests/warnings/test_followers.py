"""A score told in the chat is judged at once; a notice gets words at the moment of sending."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.journeys.context import Context
from bot.warnings.author import Author
from bot.warnings.followers import decide_now
from rules.sources import Source
from storage import follows, notices, scores, shops
from storage.notices import Notice
from storage.outbox import Lane
from storage.scores import Score
from storage.sending import LeasedMessage
from tests.databases import on_one_engine
from tests.packaged import CATALOGUE, FIVE_POINTS
from tests.warnings.world import START, ZONE, World, instant, ms

CONTEXT = Context(CATALOGUE, FIVE_POINTS, ZONE, 20)


async def _tells(
    world: World, shop_id: int, points: str, day: int = 0, at: str = "15:00", chat: int = 1
) -> Notice | None:
    """Keep and judge a merchant's score in one transaction; the notice for the answer."""
    now = instant(day, at)
    score = Score(shop_id, "score", START + timedelta(day), Decimal(points), "0-5", Source.MERCHANT)
    async with world.engine.begin() as conn:
        await scores.record(conn, score, ms(now))
        return await decide_now(conn, world.watch, shop_id, now, answering=chat)


async def _own(world: World, chat: int = 1) -> int:
    async with world.engine.begin() as conn:
        shop = await shops.own(conn, chat, 1)
        await follows.start(conn, shop.id, chat, 1)
    return shop.id


def _leased(chat: int, notice_id: int) -> LeasedMessage:
    return LeasedMessage(7, chat, Lane.WARNING, "sendMessage", {}, True, None, False, 1, None, notice_id=notice_id)


async def _words(conn: AsyncConnection, chat: int, notice_id: int, day: int = 0) -> str | None:
    said = await Author(CONTEXT.catalogue, CONTEXT.zone)(conn, _leased(chat, notice_id), instant(day))
    return None if said is None else str(said.payload["text"])


async def test_who_tells_a_score_hears_in_the_answer_and_the_others_by_a_notice(world: World):
    shop_id = await _own(world)
    await world.follow_as(shop_id, 2)
    told = await _tells(world, shop_id, "3.70")
    assert told and [(item.shop_id, item.reason.value, item.points) for item in told.items] == [
        (shop_id, "warning", Decimal("3.70"))
    ]
    assert [(notice.chat_id, notice.items) for notice in await world.all_notices()] == [(2, told.items)]


async def test_what_was_heard_in_the_answer_is_not_told_again_by_the_check(world: World):
    shop_id = await _own(world)
    await _tells(world, shop_id, "3.70", at="09:00")
    assert await world.check(0) == {}
    assert await world.check(1) == {1: [("?", "reminder")]}


@on_one_engine
async def test_a_score_that_is_no_news_makes_no_notice(world: World):
    shop_id = await _own(world)
    assert await _tells(world, shop_id, "4.20") is None
    assert await world.all_notices() == []


async def test_a_closing_told_at_night_reaches_the_others_at_once_a_warning_in_the_morning(world: World):
    world.quiet()
    shop_id = await _own(world)
    await world.follow_as(shop_id, 2)
    await _tells(world, shop_id, "3.70", at="23:00")
    await _tells(world, shop_id, "3.40", at="23:30")
    warning, closing = await world.all_notices()
    assert (warning.items, warning.due_at) == ((), ms(instant(1, "08:00")))
    assert (closing.is_urgent, closing.due_at) == (True, ms(instant(0, "23:30")))


@on_one_engine
async def test_a_notice_says_the_name_and_the_words_of_the_moment(world: World):
    shop_id = await world.follow("A", 1)
    await world.day(0, A="3.70")
    await world.sweep(START, instant(0))
    (notice,) = await world.all_notices()
    async with world.engine.begin() as conn:
        await shops.rename(conn, shop_id, "新名")
        text = await _words(conn, 1, notice.id)
    assert text and "新名" in text
    assert "3.7" in text


async def test_what_was_turned_off_meanwhile_is_not_sent(world: World):
    shop_id = await world.follow("A", 1)
    other_id = await world.follow("B", 1)
    await world.day(0, A="3.70", B="3.60")
    await world.sweep(START, instant(0))
    (notice,) = await world.all_notices()
    async with world.engine.begin() as conn:
        await follows.turn(conn, shop_id, 1, is_on=False)
        text = await _words(conn, 1, notice.id)
        assert text and "3.6" in text and "3.7" not in text
        await follows.turn(conn, other_id, 1, is_on=False)
        assert await _words(conn, 1, notice.id) is None
        assert await _words(conn, 1, 999) is None


@on_one_engine
async def test_a_notice_of_an_edition_that_is_gone_is_an_error_of_its_own(world: World):
    await world.follow("A", 1)
    world.watch = replace(world.watch, edition=FIVE_POINTS.model_copy(update={"name": "2021-01-01"}))
    await world.day(0, A="3.70")
    await world.sweep(START, instant(0))
    (notice,) = await world.all_notices()
    async with world.engine.begin() as conn:
        with pytest.raises(LookupError):
            await _words(conn, 1, notice.id)


async def test_a_message_that_waits_can_be_put_off(world: World):
    world.quiet()
    await world.follow("A", 1)
    await world.day(0, A="3.70", came="22:00")
    await world.sweep(START, instant(0, "23:00"))
    until = ms(instant(1, "18:00"))
    async with world.engine.begin() as conn:
        await notices.postpone(conn, 1, until)
    assert [(chat, due) for chat, _, due in await world.letters()] == [(1, until)]
    assert [notice.due_at for notice in await world.all_notices()] == [until]
