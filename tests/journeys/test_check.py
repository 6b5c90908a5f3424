"""The check as a merchant takes it: over HTTP, buttons and free text, restarts, old buttons, quick taps."""

import pytest

from tests.journeys.conftest import bot_running, is_old, presses, tells
from tests.live import Message, Person, SandboxClient


async def takes(shop: Person, *answers: str) -> Message:
    """Answer one question after the other: a button where there is one of these words, else typed."""
    shown = await shop.hears()
    for answer in answers:
        if answer in shown.buttons:
            await shop.presses(answer)
        else:
            await shop.says(answer)
        shown = await shop.hears()
    return shown


async def checks(shop: Person, *answers: str) -> Message:
    """Begin a check and answer one question after the other."""
    await shop.says("/check")
    return await takes(shop, *answers)


async def checks_anew(shop: Person, *answers: str) -> Message:
    """Begin a check of a shop of which something is known, and answer all questions again."""
    await tells(shop, "/check")
    await shop.presses("都变了，重新问")
    return await takes(shop, *answers)


async def takes_from_menu(shop: Person, label: str) -> Message:
    """Open one answer of the finished check again."""
    menu = await presses(shop, "改一个答案")
    await shop.presses(next(one for one in menu.buttons if one.startswith(label)))
    return await shop.hears()


GOOD = ("开了", "能", "正常营业", "0 次", "4.2", "没开通", "没有", "没有", "齐了")


async def test_a_shop_that_meets_everything_may_enter(shop: Person, sandbox: SandboxClient) -> None:
    result = await checks(shop, *GOOD)
    assert result.text.startswith("✅ 可以开通")
    assert "商家体验分>=4.0分" in result.text
    assert "2022-10-10" in result.text
    buttons = ["记下体验分 4.2，低于线提醒我", "逐条看", "改一个答案", "重新检查", "按 2026-07-29 版看"]
    assert result.buttons == buttons
    assert len(await sandbox.calls("sendMessage", chat_id=shop.id)) == 2, "edited in place, but below what was typed"
    assert len([one for one in await shop.sees() if one.is_from_bot]) == 1


async def test_free_text_is_taken_like_a_button(shop: Person) -> None:
    result = await checks(shop, "开了", "可以登录", "正常", "两次", "四点二分", "没有", "没有", "没有", "齐了")
    assert result.text.startswith("✅ 可以开通")
    assert "最后一次" in result.text


async def test_a_score_off_the_scale_is_asked_back(shop: Person) -> None:
    asked = await checks(shop, "开了", "能", "正常营业", "0 次", "85")
    assert "0 到 5" in asked.text
    assert "体验分是多少" in asked.text


async def test_what_is_not_known_leaves_the_verdict_open(shop: Person) -> None:
    result = await checks(shop, "开了", "能", "正常营业", "0 次", "不清楚", "没开通", "没有", "没有", "齐了")
    assert result.text.startswith("❓ 还不能下结论")
    assert "体验分" in result.text.splitlines()[1]


async def test_three_closings_end_the_interview(shop: Person) -> None:
    result = await checks(shop, "开了", "能", "正常营业", "3 次")
    assert result.text.startswith("🚫 永久不能再开通")
    assert "永久不可申请开通精选联盟" in result.text


IN_AT = ("开了", "能", "正常营业", "0 次")


async def test_what_the_score_does_to_the_access_has_its_provision_and_our_reading(shop: Person) -> None:
    result = await checks(shop, *IN_AT, "3.79", "开通着", "没有", "没有", "齐了")
    assert len(result.quotes) == 1
    head = (await presses(shop, "逐条看")).text.partition("如果要重新开通")[0]
    assert result.quotes[0].startswith("若体验分<3.8分,商家将收到平台发送的警告通知")
    assert "文章另有一句说低于 3.8 分会被强制关闭，和这一条对不上" in head


async def test_a_score_that_touches_nothing_quotes_no_line(shop: Person) -> None:
    result = await checks(shop, *IN_AT, "3.8", "开通着", "没有", "没有", "齐了")
    assert result.text.startswith("✅ 已开通，这个分数不触发警告或关闭")
    assert not any(quote.startswith("若体验分") for quote in result.quotes)


@pytest.mark.parametrize("back", ["上一题", "返回"])
async def test_a_step_back_asks_the_question_again(shop: Person, back: str) -> None:
    asked = await checks(shop, "开了", "不能", back)
    assert asked.text.startswith("第 2/")
    assert "登录" in asked.text


async def test_one_answer_can_be_changed(shop: Person) -> None:
    await checks(shop, *GOOD)
    assert "体验分是多少" in (await takes_from_menu(shop, "体验分")).text
    result = await tells(shop, "3.9")
    assert result.text.startswith("❌ 现在还不能开通")
    assert "体验分 3.9，不到 4.0" in result.text
    assert "还差 0.1" in (await presses(shop, "逐条看")).text


async def test_a_cancelled_check_is_gone(shop: Person) -> None:
    for cancel in (shop.presses, shop.says):
        await checks(shop, "开了")
        await cancel("取消")
        assert (await shop.hears()).text.startswith("已取消")


async def test_the_score_of_a_result_can_be_watched_from_there(shop: Person) -> None:
    result = await checks(shop, *GOOD)
    asked = await presses(shop, "记下体验分 4.2，低于线提醒我")
    assert "要记下吗" in asked.text
    assert asked.id != result.id


async def test_an_answer_opened_by_mistake_leads_back_to_the_result(shop: Person) -> None:
    result = await checks(shop, *GOOD)
    opened = await takes_from_menu(shop, "体验分")
    assert opened.text.startswith("改一个答案")
    assert "取消" not in opened.buttons
    assert (await presses(shop, "不改，返回结果")).text == result.text


async def test_the_answers_to_change_stand_in_the_order_of_the_questions(shop: Person) -> None:
    await checks(shop, *GOOD)
    await takes_from_menu(shop, "被系统关闭次数")
    await presses(shop, "1 次")
    shown = [label.partition("：")[0] for label in (await presses(shop, "改一个答案")).buttons]
    assert shown.index("被系统关闭次数") < shown.index("体验分")


async def test_a_result_that_fails_names_what_is_open_too(shop: Person) -> None:
    result = await checks(shop, *GOOD[:4], "3.9", *GOOD[5:8], "不清楚")
    assert result.text.splitlines()[1].startswith("❌ 体验分 3.9")
    assert result.text.splitlines()[2] == "❓ 还不知道：品牌资质"
    assert "1 条没过：体验分。\n还不知道：品牌资质。" in (await presses(shop, "逐条看")).text


async def test_a_cancelled_check_says_that_the_kept_result_is_there(shop: Person) -> None:
    await checks(shop, *GOOD)
    await presses(shop, "重新检查")
    assert "上次的结果还在" in (await tells(shop, "/cancel")).text
    assert (await presses(shop, "看上次的结果")).text.startswith("✅ 可以开通")


async def test_two_quick_taps_count_once(shop: Person) -> None:
    first = await tells(shop, "/check")
    for _ in range(2):
        await shop.presses(first.data["开了"], first.id)
    second = await shop.hears()
    third = await presses(shop, "能")
    assert (second.text[:4], third.text[:4]) == ("第 2/", "第 3/")


@pytest.mark.parametrize(("said", "answers", "button"), [("/start", (), "查资格"), ("/check", ("还没开",), "重新检查")])
async def test_two_quick_taps_on_a_beginning_leave_one_question_to_answer(
    shop: Person, said: str, answers: tuple[str, ...], button: str
) -> None:
    await shop.says(said)
    begins = await takes(shop, *answers)
    for _ in range(2):
        await shop.presses(begins.data[button], begins.id)
    await shop.hears_all(2)
    assert (await presses(shop, "开了")).text.startswith("第 2/")
    assert [message.text[:4] for message in await shop.sees() if message.text.startswith("第 ")] == ["第 2/"]


async def test_a_button_of_somebody_elses_check_does_nothing(shop: Person, sandbox: SandboxClient) -> None:
    other = await sandbox.person("别人")
    theirs = await tells(other, "/check")
    mine = await tells(shop, "/check")
    assert await is_old(shop, theirs.data["开了"], mine.id)
    assert (await presses(shop, "开了")).text.startswith("第 2/")


async def test_a_check_survives_a_restart_in_the_middle(sandbox: SandboxClient, database_url: str) -> None:
    shop = await sandbox.person("小店")
    async with bot_running(sandbox.url, database_url):
        await checks(shop, "开了", "能")
    async with bot_running(sandbox.url, database_url):
        assert (await presses(shop, "正常营业")).text.startswith("第 4/")


async def test_an_abandoned_check_is_offered_for_resuming(shop: Person) -> None:
    await checks(shop, "开了", "能")
    offered = await tells(shop, "/check")
    assert "还没做完" in offered.text
    assert (await presses(shop, "接着做")).text.startswith("第 3/")


async def test_a_question_in_the_middle_is_answered_and_the_check_stays_open(shop: Person) -> None:
    await checks(shop, "开了")
    answer = await tells(shop, "精选联盟有几次开通机会")
    assert "有且仅有3次" in answer.text
    offer = await shop.hears()
    assert "第 2/" in offer.text
    assert (await presses(shop, "接着做")).text.startswith("第 2/")


async def test_a_score_told_in_the_middle_is_offered_to_be_kept(shop: Person) -> None:
    await checks(shop, "开了")
    assert "要记下吗" in (await tells(shop, "昨天体验分 4.1")).text
    assert "第 2/" in (await shop.hears()).text


@pytest.mark.parametrize(
    ("said", "shown"), [("开了", "第 2/"), ("香蕉", "没看懂"), ("不清楚", "第 2/"), ("还没开", "❌ 现在还不能开通")]
)
async def test_what_is_typed_is_followed_by_a_fresh_message(shop: Person, said: str, shown: str) -> None:
    first = await tells(shop, "/check")
    await shop.says(said)
    fresh = await shop.hears()
    assert shown in fresh.text
    assert fresh.id > first.id
    assert not fresh.is_edited
    assert [one.id for one in await shop.sees() if one.is_from_bot] == [fresh.id], "the question above is gone"


async def test_a_doubt_stands_in_the_fresh_message(shop: Person, sandbox: SandboxClient) -> None:
    await checks(shop, "香蕉", "苹果")
    last = (await shop.sees())[-1]
    assert last.is_from_bot
    assert "⚠️ “苹果”：没看懂这个回答" in last.text
    assert last.text.endswith("你的抖音小店已经入驻并开店了吗？")
    assert len(await sandbox.calls("deleteMessage", chat_id=shop.id)) == 2


async def test_what_is_pressed_changes_the_message_in_place(shop: Person) -> None:
    first = await tells(shop, "/check")
    assert [(await presses(shop, answer)).id for answer in ("开了", "能", "上一题")] == [first.id] * 3


async def test_a_button_of_a_question_left_above_says_so(shop: Person) -> None:
    first = await tells(shop, "/check")
    await tells(shop, "开了")
    assert await is_old(shop, first.data["还没开"], (await shop.sees())[-1].id)


async def test_criterion_by_criterion_and_back_in_the_same_message(shop: Person) -> None:
    result = await checks(shop, *GOOD)
    listed = await presses(shop, "逐条看")
    assert listed.id == result.id
    assert len(listed.quotes) == 9
    assert "✅ 被系统关闭次数：0 次，少于 3 次" in listed.text
    assert listed.text.splitlines()[0] == result.text.splitlines()[0]
    back = await presses(shop, "返回结果")
    assert (back.id, back.text) == (result.id, result.text)


async def test_what_is_kept_says_so_when_pressed(shop: Person) -> None:
    await checks(shop, *GOOD[:-1])
    pressed = await shop.presses("齐了")
    assert (await shop.hears_toast(pressed["query_id"]))["text"] == "已保存"


async def test_reminders_of_days_say_that_they_are_on(shop: Person) -> None:
    await checks(shop, *GOOD[:6], "昨天", "没有", "齐了")
    pressed = await shop.presses("到日子提醒我")
    assert (await shop.hears_toast(pressed["query_id"]))["text"] == "已开启提醒"
    assert "到日子我会提醒你" in (await shop.hears()).text


async def test_what_is_open_is_asked_again_by_its_own_button(shop: Person) -> None:
    await checks(shop, *GOOD[:3], "不清楚", *GOOD[4:])
    assert "被系统关闭过几次" in (await presses(shop, "答这一项：被系统关闭次数")).text
    assert (await presses(shop, "0 次")).text.startswith("✅ 可以开通")


async def test_no_shop_opened_is_three_lines_whatever_is_pressed(shop: Person) -> None:
    result = await checks(shop, "还没开")
    assert len(result.text.splitlines()) == 3
    assert "抖音小店：还没开" in (await presses(shop, "逐条看")).text
