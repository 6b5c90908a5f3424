"""Warnings as they arrive in the chat, and what their buttons do; the daily check itself is run as the command does."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.warnings.policy import WatchPolicy
from bot.warnings.sweep import Sweep
from rules.sources import Source
from storage import follows, scores, shops
from storage.scores import Score
from tests.journeys.conftest import Start, presses, tells
from tests.journeys.test_check import checks_anew
from tests.live import Message, Person, SandboxClient
from tests.packaged import FIVE_POINTS

NOW = datetime.now(UTC)
NOW_MS = int(NOW.timestamp() * 1000)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(1)
WATCH = WatchPolicy(FIVE_POINTS, ZoneInfo("UTC"), None)


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


@pytest.fixture
async def shop(sandbox: SandboxClient, start: Start) -> Person:
    """A merchant whose shop had 3.9 yesterday."""
    await start(messages_per_minute=1000, timezone="UTC", quiet_hours="")
    merchant = await sandbox.person("小店")
    await tells(merchant, "昨天体验分 3.9", "记下")
    return merchant


async def falls(engine: AsyncEngine, shop_id: int, value: str, day: date = TODAY) -> None:
    """The shop has this score from the operators' feed."""
    async with engine.begin() as conn:
        await scores.record(conn, Score(shop_id, "score", day, Decimal(value), "0-5", Source.FEED), NOW_MS)


async def sweeps(engine: AsyncEngine, day: date = TODAY, *, is_late: bool = False) -> None:
    await Sweep(engine, WATCH, day, NOW, is_late=is_late).run()


async def warned(shop: Person, engine: AsyncEngine, value: str = "3.7") -> Message:
    await falls(engine, 1, value)
    await sweeps(engine)
    return await shop.hears()


async def test_a_warning_says_what_holds_what_comes_and_what_helps(shop: Person, engine: AsyncEngine) -> None:
    notice = await warned(shop, engine)
    text, _, number = notice.text.rpartition("\n№")
    assert number.isdecimal()
    assert (
        text
        == """⚠️ 我的店铺：体验分 3.7，低于警告线 3.8（按旧版 2022-10-10，已停用）
影响：会收到平台警告；低于清退线，权限会被关闭。
还有多少：离 3.8 还差 0.1。再掉超过 0.2，就低于清退线 3.5。一共 3 次机会，被系统关闭过几次还没告诉我。
为什么：今天刚低于这条线。
怎么办：看商品、物流、服务哪项最低，先提那一项。虚假宣传、欺诈发货等扣分，满 30 天自己消失。
在哪里：抖店后台 → 店铺 → 商家体验分，最终以后台为准。提分办法依据另一份《商家体验分规范》的要点，未与官方页面核对。
若体验分<3.8分,商家将收到平台发送的警告通知,商家在收到警告通知后,应及时调整运营策略,避免被关闭精选联盟使用权限。
2022-10-10 版 · 旧 · 来源：商家帮助文章"""
    )
    assert notice.rows == [["改好了"], ["走势图", "稍后提醒", "设置"]]
    assert len(notice.quotes) == 1


async def test_the_first_score_of_a_shop_is_below_and_nobody_knows_since_when(
    sandbox: SandboxClient, start: Start
) -> None:
    await start(messages_per_minute=1000)
    merchant = await sandbox.person("新店")
    kept = await tells(merchant, "体验分 3.4", "记下")
    assert "低于清退线 3.5" in kept.text
    assert "\n离 3.5 还差 0.1\n" in kept.text
    assert "刚低于" not in kept.text


async def test_a_closing_says_which_chance_would_be_next(shop: Person, engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await follows.stop(conn, 1, shop.id)
        await shops.set_closures(conn, 1, 0, YESTERDAY)
        await follows.start(conn, 1, shop.id, NOW_MS)
        await shops.set_closures(conn, 1, 1, TODAY)
    await sweeps(engine)
    counted = await shop.hears()
    assert counted.text.startswith("⛔ 我的店铺：精选联盟权限被系统关闭了")
    assert "这是第 1 次；重新开通要用第 2 次机会（共 3 次）。" in counted.text
    notice = await warned(shop, engine, "3.4")
    assert notice.text.startswith("⛔ 我的店铺：体验分 3.4，低于清退线 3.5")
    assert "如果被关闭，这是第 2 次；重新开通要用第 3 次机会，也是最后一次。" in notice.text
    assert len(notice.text.splitlines()) == 9  # with the number of the message
    assert any("有且仅有3次" in quote for quote in counted.quotes)


async def test_a_closing_is_told_by_a_button_and_the_warning_stays(shop: Person, engine: AsyncEngine) -> None:
    notice = await warned(shop, engine, "3.4")
    assert notice.rows[0] == ["被关闭了", "改好了"]
    asked = await presses(shop, "被关闭了")
    assert f"在 {TODAY}（今天）被系统关闭了？" in asked.text
    assert asked.id != notice.id
    assert "已记下" in (await presses(shop, "第 1 次")).text


async def test_a_late_warning_says_so(shop: Person, engine: AsyncEngine) -> None:
    await falls(engine, 1, "3.7")
    await sweeps(engine, is_late=True)
    assert f"\n补发（{TODAY} 的检查晚了） · 2022-10-10 版" in (await shop.hears()).text


async def test_an_estimate_is_worded_as_one(shop: Person, engine: AsyncEngine) -> None:
    for back, value in enumerate(("3.90", "3.95", "4.00", "4.05", "4.10", "4.15", "4.20")):
        await falls(engine, 1, value, TODAY - timedelta(back))
    await sweeps(engine)
    notice = await shop.hears()
    assert notice.text.startswith("📉 我的店铺：体验分 3.9，估计约 3 天后低于警告线 3.8")
    assert "按近 7 天走势的估计" in notice.text


async def test_several_shops_come_in_one_message_the_worst_first(shop: Person, engine: AsyncEngine) -> None:
    await tells(shop, "/shops 二店")
    await tells(shop, "二店 昨天体验分 3.9", "记下")
    await falls(engine, 1, "3.7")
    await falls(engine, 2, "3.6")
    await sweeps(engine)
    notice = await shop.hears()
    assert notice.text.startswith("⚠️ 二店：体验分 3.6")
    assert "\n⚠️ 我的店铺：体验分 3.7" in notice.text
    assert len(notice.quotes) == 2
    assert notice.rows == [
        ["改好了：二店"],
        ["改好了：我的店铺"],
        ["走势图：二店", "各店分数"],
        ["稍后提醒", "设置"],
    ]
    asked = await presses(shop, "稍后提醒")
    assert asked.text.startswith("所有店铺：过几天再提醒？")
    assert "所有店铺到" in (await presses(shop, "7 天")).text


async def test_the_buttons_of_a_warning_do_what_they_say(shop: Person, engine: AsyncEngine) -> None:
    await warned(shop, engine)
    assert (await presses(shop, "走势图")).raw["photo"]
    assert "我的店铺：提醒开着" in (await presses(shop, "设置")).text
    assert "过几天再提醒" in (await presses(shop, "稍后提醒")).text
    assert "到" in (await presses(shop, "3 天")).text


async def test_a_snoozed_shop_is_silent_but_for_a_closing(shop: Person, engine: AsyncEngine) -> None:
    await warned(shop, engine)
    await presses(shop, "稍后提醒")
    await presses(shop, "3 天")
    tomorrow = TODAY + timedelta(1)
    await falls(engine, 1, "3.69", tomorrow)
    await sweeps(engine, tomorrow)
    await falls(engine, 1, "3.4", tomorrow + timedelta(1))
    await sweeps(engine, tomorrow + timedelta(1))
    assert (await shop.hears()).text.startswith("⛔ 我的店铺：体验分 3.4")


async def mended(shop: Person, notice: Message) -> str:
    """The toast of 改好了 under a warning of today."""
    pressed = await shop.presses(f"mend|1|{TODAY:%Y%m%d}", notice.id)
    return str((await shop.hears_toast(pressed["query_id"]))["text"])


async def test_what_is_mended_is_not_reminded_of_until_it_gets_worse(shop: Person, engine: AsyncEngine) -> None:
    await warned(shop, engine)
    said = await presses(shop, "改好了")
    assert said.text == "👌 好，“我的店铺”这次下滑不再每天提醒；掉得更低，或者权限会被关闭，照样提醒。"
    assert said.buttons == ["现在就恢复提醒", "提醒设置"]
    assert "这次下滑不再每天提醒" in (await presses(shop, "提醒设置")).text
    for days, value in enumerate(("3.69", "3.4"), start=1):
        await falls(engine, 1, value, TODAY + timedelta(days))
        await sweeps(engine, TODAY + timedelta(days))
    assert (await shop.hears()).text.startswith("⛔ 我的店铺：体验分 3.4，低于清退线 3.5")


async def test_a_warning_tells_where_the_last_days_lead(shop: Person, engine: AsyncEngine) -> None:
    for ago in range(6, 0, -1):
        await falls(engine, 1, str(Decimal("3.7") + ago * Decimal("0.05")), TODAY - timedelta(ago))
    assert "就低于清退线 3.5；照近 7 天走势，估计还有约 5 天。" in (await warned(shop, engine)).text


async def test_below_the_closing_line_the_access_may_go_at_any_time(shop: Person, engine: AsyncEngine) -> None:
    await warned(shop, engine, "3.4")
    said = await presses(shop, "改好了")
    assert said.text == "👌 好，“我的店铺”这次下滑不再每天提醒。权限现在就可能被关闭，被关闭了就告诉我。"
    assert (await tells(shop, "改好了")).text == said.text


async def test_the_reminders_come_back_when_they_are_wanted_again(shop: Person, engine: AsyncEngine) -> None:
    await warned(shop, engine)
    await presses(shop, "改好了")
    assert "改好了" not in (await presses(shop, "现在就恢复提醒")).text
    await falls(engine, 1, "3.69", TODAY + timedelta(1))
    await sweeps(engine, TODAY + timedelta(1))
    assert (await shop.hears()).text.startswith("⚠️ 我的店铺：体验分 3.69，还低于警告线 3.8")


async def test_a_second_press_changes_nothing_and_says_so(shop: Person, engine: AsyncEngine) -> None:
    notice = await warned(shop, engine)
    await presses(shop, "改好了")
    assert await mended(shop, notice) == "没有变化"


async def test_the_button_of_an_earlier_descent_is_old(shop: Person, engine: AsyncEngine) -> None:
    first = await warned(shop, engine)
    for days, value in enumerate(("4.3", "3.7"), start=1):
        await falls(engine, 1, value, TODAY + timedelta(days))
        await sweeps(engine, TODAY + timedelta(days))
        await shop.hears()
    assert await mended(shop, first) == "这个按钮已经过期了，请用最新的那条消息。"


async def test_a_warning_that_was_told_in_the_chat_is_not_told_again(shop: Person, engine: AsyncEngine) -> None:
    kept = await tells(shop, "体验分 3.7", "记下")
    assert kept.text.startswith("⚠️ 我的店铺：体验分 3.7，低于警告线 3.8")
    await sweeps(engine)
    assert "我的店铺" in (await tells(shop, "/score")).text


async def test_other_followers_hear_of_a_score_that_one_of_them_told(
    shop: Person, sandbox: SandboxClient, engine: AsyncEngine
) -> None:
    partner = await sandbox.person("合伙人")
    async with engine.begin() as conn:
        await follows.start(conn, 1, partner.id, 1)
    await tells(shop, "体验分 3.7", "记下")
    assert (await partner.hears()).text.startswith("⚠️ 我的店铺：体验分 3.7，低于警告线 3.8")


GOOD = ("开了", "能", "正常营业", "0 次", "4.2", "没开通")


async def test_the_days_ahead_of_a_check_are_told_when_they_come(shop: Person, engine: AsyncEngine) -> None:
    result = await checks_anew(shop, *GOOD, f"{TODAY - timedelta(200)}", "没有", "齐了")
    assert "到日子提醒我" in result.buttons
    kept = await presses(shop, "到日子提醒我")
    day = TODAY + timedelta(166)
    assert f"📅 {day}：全部条件满足，可以开通" in kept.text
    await sweeps(engine, day - timedelta(1))
    await sweeps(engine, day)
    notice = await shop.hears()
    assert notice.text.startswith(f"✅ 按你上次的回答，{day} 起满足全部条件，可以开通了")
    assert notice.buttons == ["再查一遍", "不再提醒日子"]


async def test_days_that_are_not_wanted_any_more_are_not_told(shop: Person, engine: AsyncEngine) -> None:
    await checks_anew(shop, *GOOD, f"{TODAY - timedelta(200)}", "没有", "齐了")
    await presses(shop, "到日子提醒我")
    assert "不再提醒" in (await presses(shop, "不用提醒了")).text
    await sweeps(engine, TODAY + timedelta(166))
    assert "精选联盟助手" in (await tells(shop, "/start")).text


async def test_a_result_without_days_ahead_offers_no_reminder(shop: Person) -> None:
    result = await checks_anew(shop, *GOOD, "没有", "没有", "齐了")
    assert "到日子提醒我" not in result.buttons
