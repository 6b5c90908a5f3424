"""The messages of scores that merchants see most, whole, with their lines counted, and the line over the chat."""

from datetime import datetime

import pytest

from storage import jobs, preferences, schema
from storage.outbox import Lease
from storage.preferences import Daily
from tests.databases import connected
from tests.journeys.conftest import Start, lines, presses, tells, toast, today
from tests.live import Message, Person, SandboxClient
from tests.phone import lines_on_a_phone
from tests.warnings.world import ZONE

OVER = "（按旧版 2022-10-10，已停用）"
WARNED = (
    "原文 · 三、精选联盟清退\n若体验分<3.8分,商家将收到平台发送的警告通知,商家在收到警告通知后,应及时调整运营策略,"
    "避免被关闭精选联盟使用权限。"
)
CLOSED = "若体验分<3.5分或触犯精选联盟平台管理规则,达到清退标准或终止合作的,将关闭精选联盟使用权限"
CHANCES = "每个商家有且仅有3次开通精选联盟机会 ,如果被系统关闭了3次,该商家将永久不可申请开通精选联盟。"
SOURCE = "2022-10-10 版 · 旧 · 来源：商家帮助文章"
LOOK = (
    "👉 抖店后台 → 店铺 → 商家体验分：看商品、物流、服务哪项最低，先提那一项。"
    "（依据《商家体验分规范》要点，2026-09-08 起，未与官方页面核对）"
)
IN = "这里按已经开通精选联盟来看；还没开通的看入驻线 4.0："


async def test_a_score_to_be_confirmed(shop: Person) -> None:
    asked = await tells(shop, "体验分 3.7")
    assert asked.text == (
        f"体验分 3.7：⚠️ 会收到平台警告{OVER}\n低于警告线 3.8，差 0.1；比清退线 3.5 高 0.2\n\n"
        f"要记下吗？我的店铺 · {today()}（今天）\n记下以后，情况变了我会提醒你。"
    )
    assert asked.rows == [["记下"], ["是昨天的", "不记"]]
    assert lines(asked) == 5


async def test_a_kept_score_below_the_warning_line(shop: Person) -> None:
    await tells(shop, "体验分 3.7")
    said, kept = await toast(shop, "记下")
    assert said == "已保存"
    assert kept.text == (
        f"⚠️ 我的店铺：体验分 3.7，低于警告线 3.8{OVER}\n已记下：我的店铺 · {today()} · 体验分 3.7\n"
        f"离 3.8 还差 0.1；比清退线 3.5 高 0.2\n{LOOK}\n\n{WARNED}\n{CLOSED}\n{SOURCE}"
    )
    assert kept.rows == [["走势图", "提醒设置"], ["↩️ 撤销"]]
    assert lines(kept) == 9


async def test_a_kept_score_below_no_line(shop: Person) -> None:
    kept = await tells(shop, "体验分 4.2", "记下")
    assert kept.text == (
        f"✅ 这个分数不触发警告或关闭{OVER}\n已记下：我的店铺 · {today()} · 体验分 4.2\n比警告线 3.8 高 0.4\n"
        f"只看分数；违规达到清退标准也会被关闭。\n{IN}高出 0.2。\n\n{WARNED}\n{SOURCE}"
    )
    assert lines(kept) == 9


async def test_a_kept_score_below_the_closing_line(shop: Person) -> None:
    kept = await tells(shop, "体验分 3.4", "记下")
    assert kept.text == (
        f"⛔ 我的店铺：体验分 3.4，低于清退线 3.5{OVER}\n已记下：我的店铺 · {today()} · 体验分 3.4\n离 3.5 还差 0.1\n"
        "👉 马上到抖店后台看权限还在不在；被关闭了就点“被关闭了”，重新开通要先到 4.0。\n"
        f"{LOOK}\n\n原文 · 三、精选联盟清退\n{CLOSED}\n{CHANCES}\n{SOURCE}"
    )
    assert kept.rows == [["被关闭了"], ["走势图", "提醒设置"], ["↩️ 撤销"]]
    assert lines(kept) == 10


async def test_a_kept_score_of_100_points_waits_for_the_other(shop: Person) -> None:
    kept = await tells(shop, "体验分 85", "记下")
    assert kept.text.startswith(
        "❓ 还不知道商品体验分 · 按 2026-07-29 版（100 分制）\n"
        f"已记下：我的店铺 · {today()} · 体验分 85\n比清退线 70 高 15\n"
        "把商品体验分也发给我，才能判断。\n这里按已经开通精选联盟来看；"
    )
    assert "✅" not in kept.text
    assert lines(kept) <= 10


async def test_a_kept_score_at_the_last_chance_says_so_plainly(shop: Person) -> None:
    await tells(shop, "被关闭了", "第 2 次")
    await tells(shop, "又开通了", "是，开通了")
    kept = await tells(shop, "体验分 3.4", "记下")
    assert "：再被系统关闭就是第 3 次，永久不能再开通。\n现行 2026-07-29 版（100 分制）：" in kept.text
    assert "/3" not in kept.text
    assert lines(kept) <= 12


async def test_the_same_score_again_changes_nothing_and_says_so(shop: Person) -> None:
    await tells(shop, "体验分 4.2", "记下")
    await tells(shop, "体验分 4.2")
    said, kept = await toast(shop, "记下")
    assert said == "没有变化"
    assert "没有变：我的店铺" in kept.text


async def test_a_press_that_takes_back_says_so(shop: Person) -> None:
    await tells(shop, "体验分 4.2", "记下")
    assert (await toast(shop, "↩️ 撤销"))[0] == "已撤销"
    await tells(shop, "体验分 4.2", "记下")
    await tells(shop, "被关闭了")
    assert (await toast(shop, "第 1 次"))[0] == "已保存"
    assert (await toast(shop, "↩️ 撤销"))[0] == "已撤销"


async def test_a_removed_shop_says_so(shop: Person) -> None:
    await tells(shop, "/shops 女装")
    await tells(shop, "/shops", "女装", "删除这家店")
    assert (await toast(shop, "确定删除"))[0] == "已删除"


async def test_the_overview_of_one_shop(shop: Person) -> None:
    await tells(shop, "体验分 3.7", "记下")
    page = await tells(shop, "/score")
    assert page.text == (
        f"我的店铺：⚠️ 会收到平台警告{OVER}\n体验分 3.7（今天）：低于警告线 3.8，差 0.1；比清退线 3.5 高 0.2\n\n"
        f"{IN}还差 0.3。"
    )
    assert page.rows == [["走势图"], ["提醒设置", "↩️ 撤销最近一次"]]
    assert lines(page) == 4


async def several(shop: Person, count: int) -> Message:
    """The overview of so many shops."""
    for number in range(count):
        await tells(shop, f"/shops 店{'甲乙丙丁戊己庚辛'[number]}")
    scores = " ".join(f"店{'甲乙丙丁戊己庚辛'[number]} {3.4 + number / 10:.1f}" for number in range(count))
    await tells(shop, scores, f"全部记下（{count} 家）")
    return await tells(shop, "/score")


async def test_the_overview_of_three_shops_and_the_detail_behind_a_button(shop: Person) -> None:
    page = await several(shop, 3)
    assert page.text == (
        f"3 家店：1 ⛔ 2 ⚠️{OVER}\n\n⛔ 店甲 3.4 会被关闭权限\n⚠️ 店乙 3.5 会收到平台警告\n⚠️ 店丙 3.6 会收到平台警告"
    )
    assert page.rows == [["店甲", "店乙"], ["店丙"], ["提醒设置", "↩️ 撤销最近一次"]]
    detail = await presses(shop, "店甲")
    assert detail.text == (
        f"店甲：⛔ 会被关闭权限{OVER}\n体验分 3.4（今天）：低于清退线 3.5，差 0.1\n{IN}还差 0.6。\n"
        "🔔 提醒开着 · 分数自己记"
    )
    assert detail.rows == [["走势图", "提醒设置"], ["改名", "删除这家店"], ["↩️ 撤销最近一次记的"]]


async def test_the_overview_of_eight_shops_fits_a_screen(shop: Person) -> None:
    page = await several(shop, 8)
    assert page.text.splitlines()[0] == f"8 家店：1 ⛔ 3 ⚠️ 4 ✅{OVER}"
    assert (lines(page), lines_on_a_phone(page.text) <= 14) == (12, True)


async def test_the_overview_of_shops_without_scores_counts_them(shop: Person) -> None:
    await tells(shop, "/shops 女装")
    await tells(shop, "/shops 童装")
    await tells(shop, "童装 4.2", "记下")
    page = await tells(shop, "/score")
    assert (
        page.text
        == f"2 家店：1 ✅ 1 ❓{OVER}\n\n✅ 童装 4.2\n❓ 女装 还没有分数\n\n只看分数；违规达到清退标准也会被关闭。"
    )


async def test_a_shop_one_closing_from_the_end_says_so_in_its_line(shop: Person) -> None:
    await tells(shop, "/shops 女装")
    await tells(shop, "/shops 童装")
    await tells(shop, "女装 被关闭了", "第 2 次")
    await tells(shop, "女装 又开通了", "是，开通了")
    await tells(shop, "女装 4.2", "记下")
    assert "✅ 女装 4.2，再被关闭一次就永久不能开通\n" in (await tells(shop, "/score")).text


async def test_the_settings_and_their_toasts(shop: Person) -> None:
    await tells(shop, "体验分 4.2", "记下")
    front = await tells(shop, "/settings")
    assert front.text == (
        "提醒设置\n\n免打扰：22:00 到 08:00（权限会被关闭的消息不等，马上发）\n"
        "每天的提醒：检查完就发（每天 23:59 检查）\n每天的汇总：关着\n规则版本：2022-10-10 版（默认）"
    )
    said, shown = await toast(shop, "打开每天的汇总")
    assert (said, "每天的汇总：开着，和每天的提醒一样的时间发" in shown.text) == ("已保存", True)
    assert "关掉每天的汇总" in shown.buttons
    await presses(shop, "每天提醒时间")
    said, shown = await toast(shop, "18:00")
    assert (said, "每天的汇总：开着" in shown.text) == ("已保存", True), "another choice leaves the wish"
    assert "每天的汇总：关着" in (await presses(shop, "关掉每天的汇总")).text
    page = await presses(shop, "🔔 我的店铺")
    assert page.text == (
        "🔔 我的店铺：提醒开着\n低于警告线或清退线的时候：每天提醒一次\n精选联盟：还不清楚，先按开通着提醒"
    )
    assert (await toast(shop, "关掉这家店的提醒"))[0] == "已关闭提醒"
    assert (await toast(shop, "打开这家店的提醒"))[0] == "已开启提醒"
    assert (await toast(shop, "开通着"))[0] == "已保存"


@pytest.mark.parametrize(("wished", "heard"), [(True, True), (False, False)])
async def test_the_running_bot_sends_the_table_to_who_wishes_it(
    sandbox: SandboxClient, start: Start, database_url: str, wished: bool, heard: bool
) -> None:
    """Yesterday's check is done; the chat's table of it is not made yet."""
    shop = await sandbox.person("小店")
    yesterday = datetime.now(ZONE).date().toordinal() - 1
    day = datetime.now(ZONE).date().fromordinal(yesterday)
    async with connected(database_url) as conn:
        await jobs.take(conn, "sweep", day, Lease("one", 1), 0)
        await jobs.done(conn, "sweep", day, "one", 0)
        await conn.execute(
            schema.shops.insert().values(owner_chat=shop.id, name="女装", source="merchant", created_at=1)
        )
        await preferences.keep(conn, shop.id, preferences.Preferences(True, None, None), 1)
        if wished:
            await preferences.wish(conn, shop.id, Daily.TABLE, day.fromordinal(yesterday - 1), 1)
    await start(messages_per_minute=1000)
    first = await (shop.hears() if wished else tells(shop, "/score"))
    assert first.text.startswith("1 家店：1 ❓\n❓ 女装 还没有分数") is heard
