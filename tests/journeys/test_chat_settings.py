"""Settings by buttons, one message edited in place, and the buttons under a warning."""

import pytest

from tests.journeys.conftest import is_old, presses, tells
from tests.live import Person, SandboxClient


@pytest.fixture
async def followed(shop: Person) -> Person:
    """A merchant who follows a shop of their own."""
    await tells(shop, "体验分 3.9", "记下")
    return shop


async def test_the_settings_are_one_message(followed: Person, sandbox: SandboxClient) -> None:
    before = len(await sandbox.calls("sendMessage", chat_id=followed.id))
    await tells(
        followed,
        "/settings",
        "🔔 我的店铺",
        "只在变化时",
        "返回",
        "免打扰时间",
        "23:00 到 07:00",
        "每天提醒时间",
        "12:00",
    )
    assert len(await sandbox.calls("sendMessage", chat_id=followed.id)) == before + 1


async def test_a_shop_is_turned_off_and_on(followed: Person) -> None:
    off = await tells(followed, "/settings", "🔔 我的店铺", "关掉这家店的提醒")
    assert "提醒关着，权限会被关闭也不会收到" in off.text
    front = await presses(followed, "返回")
    assert "🔕 我的店铺" in front.buttons
    on = await tells(followed, "/settings", "🔕 我的店铺", "打开这家店的提醒")
    assert "提醒开着" in on.text


async def test_how_often_is_chosen_for_each_shop(followed: Person) -> None:
    shown = await tells(followed, "/settings", "🔔 我的店铺", "只在变化时")
    assert "只在变化时提醒" in shown.text
    assert "✓ 只在变化时" in shown.buttons
    assert "每天" in shown.buttons


async def test_quiet_hours_are_chosen_or_left_out(followed: Person) -> None:
    assert "免打扰：22:00 到 08:00" in (await tells(followed, "/settings")).text
    assert "免打扰：23:00 到 07:00" in (await tells(followed, "/settings", "免打扰时间", "23:00 到 07:00")).text
    front = await tells(followed, "/settings", "免打扰时间", "不设免打扰")
    assert "免打扰：不设" in front.text
    assert "马上发" in front.text


async def test_the_time_of_the_daily_message_is_chosen(followed: Person) -> None:
    assert "每天的提醒：18:00 之后发" in (await tells(followed, "/settings", "每天提醒时间", "18:00")).text
    assert "每天的提醒：检查完就发" in (await tells(followed, "/settings", "每天提醒时间", "检查完就发")).text


async def test_whether_the_shop_is_in_can_be_told(followed: Person) -> None:
    shown = await tells(followed, "/settings", "🔔 我的店铺", "没开通")
    assert "精选联盟：没开通" in shown.text
    assert "🔸 还不能开通" in (await tells(followed, "/score")).text


async def test_a_turned_off_shop_stays_off_when_a_score_is_told(followed: Person) -> None:
    await tells(followed, "/settings", "🔔 我的店铺", "关掉这家店的提醒")
    await tells(followed, "体验分 3.8", "记下")
    assert "🔕 我的店铺" in (await tells(followed, "/settings")).buttons


async def test_a_choice_that_was_not_offered_or_is_somebody_elses_changes_nothing(
    sandbox: SandboxClient, shop: Person
) -> None:
    other = await sandbox.person("别人")
    await tells(other, "体验分 4.2", "记下")
    await tells(shop, "体验分 3.9", "记下")
    mine, theirs = await tells(shop, "/settings"), await tells(other, "/settings")
    for data in ("sv|1|on|0", "sv|2|in|maybe", "hq|07:00-07:30", "set|1", "z|1|3", "z|2|9", "off|1|1"):
        assert await is_old(shop, data, mine.id), data
    assert (await tells(shop, "/settings")).raw["reply_markup"] == mine.raw["reply_markup"]
    assert (await tells(other, "/settings")).text == theirs.text


async def test_later_says_that_a_closing_is_never_muted(followed: Person) -> None:
    shown = await tells(followed, "/score")
    await followed.presses("z|1", shown.id)
    asked = await followed.hears()
    assert asked.buttons == ["1 天", "3 天", "7 天"]
    assert "权限会被关闭的消息照样马上发" in asked.text
    snoozed = await presses(followed, "3 天")
    assert snoozed.is_edited
    assert "照样马上发" in snoozed.text
    page = await presses(followed, "提醒设置")
    assert "暂停到" in page.text
    assert "暂停到" not in (await presses(followed, "现在就恢复提醒")).text


async def test_no_more_is_asked_twice(followed: Person) -> None:
    shown = await tells(followed, "/score")
    await followed.presses("off|1", shown.id)
    assert "连权限会被关闭的消息也收不到" in (await followed.hears()).text
    gone = await presses(followed, "确定，不再提醒")
    assert gone.text.startswith("🔕 好，不再提醒“我的店铺”")
    assert "提醒开着" in (await presses(followed, "重新打开提醒")).text
