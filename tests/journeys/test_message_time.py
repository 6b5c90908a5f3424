"""A message is read by the day on which it was written, whenever the bot comes to it."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.conversation.memory import CheckUnderway, Dialogue
from storage import dialogues, shops
from storage.dialogues import Kept
from tests.journeys.hand import Hand, at, by_hand


@pytest.fixture
async def hand(embedded_url: str) -> AsyncIterator[Hand]:
    async with by_hand(embedded_url, "2022-11-29 01:28") as one:
        yield one


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        pytest.param("今天掉到3.7了", "2022-11-28 21:40", "2022-11-28", id="today, handled after midnight"),
        pytest.param("昨天体验分3.7", "2022-11-28 21:40", "2022-11-27", id="yesterday"),
        pytest.param("上周三体验分3.7", "2022-11-27 23:59", "2022-11-16", id="a weekday, written on Sunday"),
        pytest.param("体验分 3.7", "2022-11-24 12:00", "2022-11-24", id="days later, after a stop"),
        pytest.param("/score 3.7", "2022-11-28 23:59", "2022-11-28", id="by command"),
        pytest.param("体验分 3.7", "2022-11-29 01:27", "2022-11-29", id="at once"),
        pytest.param("体验分 3.7", "2022-11-29 09:00", "2022-11-29", id="by a server whose clock is ahead"),
        pytest.param("体验分 3.7", "9999-12-30 09:00", "2022-11-29", id="in the year 9999"),
        pytest.param("体验分 3.7", "1970-01-02 09:00", "2022-11-29", id="in 1970"),
        pytest.param("体验分 3.7", "2021-10-01 09:00", "2022-11-29", id="over a year ago"),
    ],
)
async def test_a_told_score_is_of_the_day_of_the_message(hand: Hand, text: str, written: str, expected: str) -> None:
    await hand.says(text, at(written))
    await hand.presses("记下")
    assert await hand.scores() == {date.fromisoformat(expected): 3.7}


async def test_the_question_names_the_day_and_the_shop_is_judged_today(hand: Hand) -> None:
    (asked,) = await hand.says("今天掉到3.7了", at("2022-11-28 21:40"))
    assert "2022-11-28（昨天）" in asked
    assert "是昨天的" not in asked


async def test_a_closing_is_of_the_day_of_the_message(hand: Hand) -> None:
    (asked, *_) = await hand.says("今天被清退了", at("2022-11-27 08:00"))
    assert "2022-11-27" in asked


async def test_days_ago_in_an_answer_count_from_the_message(hand: Hand) -> None:
    check = CheckUnderway(id="1f", edition="2022-10-10", key="check:1f", current="joined_on")
    await dialogues.save(hand.conn, hand.chat, Kept(), Dialogue(check=check).model_dump_json(), 1)
    await hand.says("10天前", at("2022-11-26 20:00"))
    after = Dialogue.model_validate_json((await dialogues.load(hand.conn, hand.chat)).body)
    assert after.check is not None
    assert after.check.answers["joined_on"] == "2022-11-16"
    assert after.check.given["joined_on"].on == date(2022, 11, 26)


async def test_thirty_messages_of_one_minute_are_still_too_many(hand: Hand) -> None:
    said = [await hand.says("你好", at("2022-11-28 21:40")) for _ in range(30)]
    assert sum(map(bool, said)) == 21, "twenty answers, one notice, and silence"


@pytest.mark.parametrize("away", [timedelta(days=365), timedelta(minutes=20)])
async def test_a_clock_that_was_ahead_silences_nobody_and_awaits_no_name(hand: Hand, away: timedelta) -> None:
    await hand.says("/shops 女装")
    right, hand.now = hand.now, hand.now + away
    await hand.says("/rename")
    for _ in range(25):
        await hand.says("怎么开通精选联盟")
    hand.now = right
    assert await hand.says("你好")
    await hand.says("女鞋")
    assert [shop.name for shop in await shops.of_chat(hand.conn, hand.chat)] == ["女装"]
    (answered, *_) = await hand.says("怎么开通精选联盟")
    assert "4.0" in answered
