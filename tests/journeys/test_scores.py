"""Scores, closings and openings as merchants tell them, over HTTP: nothing is kept before a button says so."""

from pathlib import Path

import pytest

from tests.invented import by_category
from tests.journeys.conftest import Start, asks, is_old, presses, tells
from tests.live import Person, SandboxClient


async def test_a_told_score_is_kept_only_after_a_button(shop: Person) -> None:
    asked = await tells(shop, "体验分 3.7")
    assert asked.text.startswith("体验分 3.7：⚠️ 会收到平台警告")
    assert "要记下吗？我的店铺 · " in asked.text
    assert "还没有记过分数" in await asks(shop, "/score")
    kept = await presses(shop, "记下")
    assert kept.is_edited
    over = "（按旧版 2022-10-10，已停用）"
    assert kept.text.startswith(f"⚠️ 我的店铺：体验分 3.7，低于警告线 3.8{over}\n已记下：我的店铺 · ")
    assert [quote[:9] for quote in kept.quotes] == ["若体验分<3.8分", "若体验分<3.5分"]
    assert "我的店铺：⚠️" in await asks(shop, "/score")


async def test_that_there_is_no_score_is_told_kept_and_shown_in_place_of_the_old_one(shop: Person) -> None:
    await tells(shop, "昨天体验分 3.7", "记下")
    asked = await tells(shop, "我的店还没有体验分")
    assert asked.text.startswith("暂无体验分：❓ 暂无体验分，规则没有写会怎样")
    kept = await presses(shop, "记下")
    assert "已记下：我的店铺 · " in kept.text
    assert kept.text.startswith("❓ 暂无体验分")
    assert "3.7" not in kept.text
    overview = await tells(shop, "/score")
    assert "暂无体验分（今天）" in overview.text
    assert "3.7" not in overview.text
    photo = await presses(shop, "走势图")
    assert "最新：暂无体验分" in photo.text
    assert "已改为：" in (await tells(shop, "体验分 4.2", "记下")).text


async def test_a_score_of_yesterday_is_kept_for_yesterday(shop: Person) -> None:
    asked = await tells(shop, "昨天体验分4.2")
    assert "（昨天）" in asked.text
    await presses(shop, "记下")
    assert "1 天前" in await asks(shop, "/score")


async def test_todays_score_can_be_made_yesterdays_before_it_is_kept(shop: Person) -> None:
    asked = await tells(shop, "体验分4.2", "是昨天的")
    assert "（昨天）" in asked.text
    assert "是昨天的" not in asked.buttons


async def test_a_score_that_is_not_confirmed_is_not_kept(shop: Person) -> None:
    assert (await tells(shop, "/score 3.7", "不记")).text == "好，没有记下。"
    assert "还没有记过分数" in await asks(shop, "/score")


async def test_what_is_no_score_is_asked_back_with_the_scale(shop: Person) -> None:
    whys = {
        "体验分 6": "不在范围里",
        "体验分 120": "不在范围里",
        "体验分-1": "不在范围里",
        "/score 3.777": "最多 2 位小数",
        "体验分 4 颗星": "星级不能换算",
        "2021年1月1日体验分3.9": "太早了",
        "明天体验分3.9": "还没到",
        "2月30日体验分3.9": "没看懂是哪一天",
        "/score 很高": "没看懂是多少分",
    }
    for text, why in whys.items():
        answer = await asks(shop, text)
        assert why in answer
        assert "现在按 2022-10-10 版（5 分制）：体验分是 0 到 5 分" in answer
        assert "另有 2026-07-29 版（100 分制）：体验分是 0 到 100 分" in answer


async def test_a_question_about_a_score_is_answered_and_offered_for_recording(shop: Person) -> None:
    answer = await tells(shop, "3.7会怎样")
    assert any("若体验分<3.8分" in quote for quote in answer.quotes)
    asked = await presses(shop, "这是我的分数，记下 3.7")
    assert "要记下吗？我的店铺" in asked.text
    assert "⚠️" in (await presses(shop, "记下")).text


async def test_a_made_up_score_is_answered_and_not_kept(shop: Person) -> None:
    answer = await tells(shop, "如果降到 3.4")
    assert answer.text.startswith("如果体验分是 3.4：⛔ 会被关闭权限")
    assert "没有记下任何分数" in answer.text
    assert answer.buttons == []
    assert "还没有记过分数" in await asks(shop, "/score")


async def test_an_older_score_does_not_hide_the_newer_one(shop: Person) -> None:
    await tells(shop, "体验分 4.2", "记下")
    kept = await tells(shop, "前天体验分3.4", "记下")
    assert "有更新的分数" in kept.text
    assert kept.text.startswith("✅")


async def test_another_score_for_the_same_day_is_a_correction(shop: Person) -> None:
    await tells(shop, "体验分 4.2", "记下")
    assert "已改为：" in (await tells(shop, "体验分 4.1", "记下")).text
    assert "没有变：" in (await tells(shop, "体验分 4.1", "记下")).text


async def test_two_quick_taps_keep_the_score_once(shop: Person) -> None:
    asked = await tells(shop, "体验分 3.7")
    data = asked.data["记下"]
    await shop.presses(data, asked.id)
    await shop.presses(data, asked.id)
    texts = [(await shop.hears()).text for _ in range(2)]
    assert ["已记下" in text or "没有变" in text for text in texts] == [True, True]


async def test_a_button_that_nobody_was_given_does_nothing(shop: Person, sandbox: SandboxClient) -> None:
    other = await sandbox.person("别人")
    await tells(other, "体验分 4.2", "记下")
    welcome = await tells(shop, "/start")
    scores = [f"s|0|{rest}" for rest in ("20991231|score|3.7", "20221010|score|3.7", "|score|999", "|score|3.777")]
    for data in (*scores, "s|0||other|3.7", "s|7||score|3.7", "s|", "pic|1", "cl|0|20221010|9", "op|5|20221010"):
        assert await is_old(shop, data, welcome.id), data
    assert "还没有记过分数" in await asks(shop, "/score")
    assert "4.2" in await asks(other, "/score")


async def test_the_chart_comes_as_a_photo(shop: Person, sandbox: SandboxClient) -> None:
    await tells(shop, "昨天体验分 3.9", "记下")
    await tells(shop, "体验分 3.7", "记下")
    photo = await presses(shop, "走势图")
    assert photo.raw["photo"][0]["width"] == 1080
    assert photo.text.startswith("我的店铺 近 30 天体验分")
    assert "最新：3.7" in photo.text


async def test_a_score_below_the_closing_line_offers_to_tell_the_closing(shop: Person) -> None:
    kept = await tells(shop, "体验分 3.4", "记下")
    assert kept.rows[0] == ["被关闭了"]
    assert "这是第几次被系统关闭" in (await presses(shop, "被关闭了")).text


async def test_a_closing_is_counted_and_the_third_is_for_good(shop: Person) -> None:
    asked = await tells(shop, "被关闭了")
    assert "第几次被系统关闭" in asked.text
    kept = await presses(shop, "第 2 次")
    assert kept.text.startswith("我的店铺：还能再开通，下次是第 3 次，也是最后一次")
    assert ["有且仅有3次" in quote for quote in kept.quotes] == [True]
    asked = await tells(shop, "又被系统关闭了")
    assert "之前记下的是关闭过 2 次" in asked.text
    gone = await presses(shop, "第 3 次")
    assert gone.text.startswith("🚫 我的店铺：已被系统关闭 3 次，永久不能再申请开通")


async def test_a_shop_that_is_closed_is_held_to_the_entry_line(shop: Person) -> None:
    await tells(shop, "体验分 3.9", "记下")
    await tells(shop, "被关闭了", "第 1 次")
    assert "我的店铺：🔸 还不能开通" in await asks(shop, "/score")
    kept = await tells(shop, "又开通了", "是，开通了")
    assert "已被系统关闭 1 次" in kept.text
    assert "我的店铺：✅ 这个分数不触发警告或关闭" in await asks(shop, "/score")


async def test_a_closing_of_years_ago_counts(shop: Person) -> None:
    kept = await tells(shop, "2021年1月1日第二次被清退了", "是，第 2 次")
    assert "下次是第 3 次，也是最后一次" in kept.text


async def test_a_closing_that_is_not_confirmed_is_not_counted(shop: Person) -> None:
    await tells(shop, "被关闭了", "不是，不记")
    assert "之前记下" not in (await tells(shop, "被关闭了")).text


async def test_after_the_last_closing_no_score_is_enough(shop: Person) -> None:
    await tells(shop, "被关闭了", "第 3 次")
    kept = await tells(shop, "体验分 4.6", "记下")
    assert kept.text.startswith("🚫 已被系统关闭 3 次，永久不能再开通")
    assert ["永久不可申请" in quote for quote in kept.quotes] == [True]
    assert "我的店铺：🚫" in await asks(shop, "/score")


async def test_after_a_closing_a_score_that_is_enough_says_which_chance_it_is(shop: Person) -> None:
    await tells(shop, "被关闭了", "第 1 次")
    kept = await tells(shop, "体验分 4.2", "记下")
    assert kept.text.startswith("✅ 我的店铺：体验分 4.2，分数够重新开通了")
    assert "这是第 2 次机会。" in kept.text


@pytest.fixture
async def seller(sandbox: SandboxClient, start: Start, tmp_path: Path) -> Person:
    """A merchant under an edition with two scores, the second of which has lines that depend on the category."""
    await start(rules_dir=by_category(tmp_path / "rules"), messages_per_minute=1000)
    return await sandbox.person("小店")


async def test_no_all_clear_while_a_line_depends_on_what_was_not_told(seller: Person) -> None:
    asked = await tells(seller, "商品体验分 64")
    assert asked.text.startswith("商品体验分 64：❓ 要看主营类目，最坏会被关闭权限")
    kept = await presses(seller, "记下")
    assert kept.text.startswith("❓ 要看主营类目，最坏会被关闭权限")
    assert "得先到" not in kept.text
    assert "◇ 商品体验分清退线 65 或 60：要看主营类目" in kept.text
    shown = await asks(seller, "/score")
    assert "我的店铺：❓ 要看主营类目，最坏会被关闭权限" in shown
    assert "◇ 商品体验分清退线 65 或 60：要看主营类目" in shown
    assert "✅" not in asked.text + kept.text + shown


async def test_no_all_clear_while_a_score_was_never_told(seller: Person) -> None:
    kept = await tells(seller, "体验分 4.5", "记下")
    assert kept.text.startswith("❓ 还不知道商品体验分（按旧版")
    assert "我的店铺：❓ 还不知道商品体验分" in await asks(seller, "/score")
    await tells(seller, "商品体验分 80", "记下")
    assert "我的店铺：✅ 这个分数不触发警告或关闭" in await asks(seller, "/score")


async def test_the_category_can_be_told_where_a_message_says_that_it_matters(seller: Person) -> None:
    await tells(seller, "体验分 4.5", "记下")
    kept = await tells(seller, "商品体验分 64", "记下")
    assert "主营什么类目？现在先按最严的线看" in kept.text
    page = await presses(seller, "60 分名单里的类目")
    assert page.is_edited
    assert "我的店铺：✅ 这个分数不触发警告或关闭" in page.text
    assert "违规达到清退标准也会被关闭" in page.text
    settings = await tells(seller, "/settings", "🔔 我的店铺")
    assert "主营类目：60 分名单里的类目" in settings.text
    assert "还没告诉我" in (await presses(seller, "主营类目不清楚")).text
    assert "我的店铺：❓ 要看主营类目" in await asks(seller, "/score")


async def test_a_category_put_off_is_not_asked_for_again(seller: Person) -> None:
    await tells(seller, "体验分 4.5", "记下")
    page = await tells(seller, "商品体验分 64", "记下", "先不说主营类目")
    assert "我的店铺：❓ 要看主营类目，最坏会被关闭权限" in page.text
    assert "其他类目" not in page.buttons
    assert "其他类目" not in (await tells(seller, "商品体验分 63", "记下")).buttons
    assert "还没告诉我，先按最坏的提醒" in (await tells(seller, "/settings", "🔔 我的店铺")).text


async def test_of_a_closed_shop_a_score_is_told_for_opening_again_and_never_after_the_last_time(shop: Person) -> None:
    await tells(shop, "被关闭了", "第 2 次")
    assert "（按旧版 2022-10-10，已停用）" in (await asks(shop, "/score")).partition("永久")[0]
    asked = await asks(shop, "体验分 3.2")
    assert "记下以后，分数够重新开通时，我会告诉你。" in asked
    await tells(shop, "又被系统关闭了", "第 3 次")
    asked = await asks(shop, "体验分 3.2")
    assert "记下以后" not in asked
    await presses(shop, "记下")
    assert "这里按已经开通精选联盟来看" not in await asks(shop, "/score")
