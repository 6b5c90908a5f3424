"""A message that its writer corrected is answered as the correction that it is."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.conversation.memory import CheckUnderway, Dialogue
from storage import announcements, dialogues, shops
from storage.audiences import Audience
from storage.dialogues import Kept
from tests.journeys.hand import Hand, by_hand

FIRST = 50


@pytest.fixture
async def hand(embedded_url: str) -> AsyncIterator[Hand]:
    async with by_hand(embedded_url, "2022-11-28 21:40") as one:
        yield one


async def remembered(hand: Hand) -> Dialogue:
    return Dialogue.model_validate_json((await dialogues.load(hand.conn, hand.chat)).body)


async def names(hand: Hand) -> list[str | None]:
    return [shop.name for shop in await shops.of_chat(hand.conn, hand.chat)]


async def test_a_kept_score_is_corrected_old_to_new(hand: Hand) -> None:
    await hand.says("体验分 3.7", number=FIRST)
    await hand.presses("记下")
    (asked,) = await hand.edits(FIRST, "体验分 3.9")
    assert "体验分 3.9" in asked
    assert "已经记了体验分 3.7" in asked
    (_, done) = await hand.presses("记下")
    assert "3.9（原来 3.7）" in done
    assert await hand.scores() == {date(2022, 11, 28): 3.9}


async def test_a_correction_after_midnight_is_of_the_day_of_the_message(hand: Hand) -> None:
    await hand.says("今天掉到3.7了", number=FIRST)
    await hand.presses("记下")
    hand.now += timedelta(hours=4)
    await hand.edits(FIRST, "今天掉到3.9了")
    await hand.presses("记下")
    assert await hand.scores() == {date(2022, 11, 28): 3.9}


async def test_a_correction_of_what_was_never_heard_is_of_the_day_of_the_message(hand: Hand) -> None:
    written = hand.now
    hand.now += timedelta(hours=4)
    await hand.edits(FIRST, "今天掉到3.9了", written)
    await hand.presses("记下")
    assert await hand.scores() == {date(2022, 11, 28): 3.9}


@pytest.mark.parametrize(("age", "is_answered"), [(timedelta(days=1), True), (timedelta(days=1, seconds=1), False)])
async def test_a_correction_of_what_was_never_heard_is_answered_for_a_day(
    hand: Hand, age: timedelta, is_answered: bool
) -> None:
    assert bool(await hand.edits(FIRST, "怎么开通精选联盟", hand.now - age)) is is_answered


async def test_corrections_of_old_messages_count_in_the_minute_in_which_they_come(hand: Hand) -> None:
    for number in range(FIRST, FIRST + 21):
        await hand.edits(number, "怎么开通精选联盟", hand.now - timedelta(hours=number))
        await hand.says("怎么开通精选联盟")
    assert await hand.says("怎么开通精选联盟") == []


async def test_a_question_is_answered_anew_without_what_the_first_one_told(hand: Hand) -> None:
    await hand.says("体验分3.7，被关闭过3次，还能开通吗", number=FIRST)
    (anew,) = await hand.edits(FIRST, "体验分4.5，还能开通吗")
    (plain,) = await hand.of(9003).says("体验分4.5，还能开通吗")
    assert anew == plain


async def test_an_edit_that_leaves_the_words_says_nothing(hand: Hand) -> None:
    for text in ("怎么开通精选联盟", "/help", "体验分 3.7"):
        await hand.says(text, number=FIRST)
        assert await hand.edits(FIRST, text) == []


async def test_an_edit_of_a_message_that_was_never_answered_is_a_message(hand: Hand) -> None:
    (answered,) = await hand.edits(FIRST, "怎么开通精选联盟")
    assert "4.0" in answered
    for number in range(60, 80):
        await hand.says("你好", hand.now + timedelta(minutes=number - 100), number=number)
    assert await hand.edits(60, "你好"), "too long ago to be remembered"


async def test_a_command_that_was_corrected_is_done(hand: Hand) -> None:
    await hand.says("/hepl", number=FIRST)
    (helped,) = await hand.edits(FIRST, "/help")
    assert "/check" in helped


async def test_a_corrected_name_renames_the_shop_that_the_first_one_added(hand: Hand) -> None:
    await hand.says("/shops 女庄", number=FIRST)
    await hand.edits(FIRST, "/shops 女装")
    assert await names(hand) == ["女装"]
    await hand.edits(FIRST, "/shops 女装旗舰")
    assert await names(hand) == ["女装旗舰"]


async def test_a_name_that_was_typed_is_corrected(hand: Hand) -> None:
    await hand.says("/shops 甲")
    await hand.says("/rename")
    await hand.says("女庄", number=FIRST)
    await hand.edits(FIRST, "女装")
    assert await names(hand) == ["女装"]


async def checks(hand: Hand) -> None:
    check = CheckUnderway(id="1f", edition="2022-10-10", key="check:1f", current="closures")
    check = check.model_copy(update={"asked": ("store_opened",), "answers": {"store_opened": True}})
    await dialogues.save(hand.conn, hand.chat, Kept(), Dialogue(check=check).model_dump_json(), 1)


async def test_a_corrected_answer_of_a_check_is_no_answer_to_the_next_question(hand: Hand) -> None:
    await checks(hand)
    await hand.says("1次", number=FIRST)
    before = (await remembered(hand)).check
    await hand.edits(FIRST, "2次")
    after = (await remembered(hand)).check
    assert before is not None
    assert after is not None
    assert (before.answers["closures"], after.answers["closures"]) == (1, 2)
    assert before.current == after.current


async def test_the_text_of_an_announcement_is_corrected_before_it_is_sent(hand: Hand) -> None:
    operator = hand.of(9002)
    await announcements.begin(hand.conn, 9002, Audience.ALL, int(hand.now.timestamp() * 1000))
    await operator.says("平台周五维护", number=FIRST)
    (preview, *_) = await operator.edits(FIRST, "平台周六维护")
    assert "周六" in preview
    states = {one.text: one.state async for one in all_announcements(hand)}
    assert states == {"平台周五维护": announcements.DROPPED, "平台周六维护": announcements.SHOWN}


async def all_announcements(hand: Hand) -> AsyncIterator[announcements.Announcement]:
    for number in (1, 2):
        if one := await announcements.by_id(hand.conn, number):
            yield one
