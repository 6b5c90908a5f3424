"""Editions as a merchant and an operator meet them: which one answers, what another says, and a change of edition."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.invented import NAME, revised
from tests.journeys.conftest import Start, bot_running, is_old, presses, tells
from tests.journeys.test_check import GOOD, checks, takes
from tests.live import Message, Person, SandboxClient
from tests.phone import lines_on_a_phone

OPERATOR = 4_000_000_001
UNDER_REVISION = ("开了", "能", "正常营业", "3 次", "3.55", "开通着", "没有", "没有", "齐了")

ASKED_BESIDES = ("旗舰店", "其他类目", "80", "80", "2022-01-01", "不是", "没有", "没有")
"""What the edition of 2026 asks a shop of which the answers under that of 2022 are known."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An operator's catalogue with the edition of 2022 and the invented revision."""
    return revised(tmp_path / "rules")


@pytest.fixture
async def reader(sandbox: SandboxClient, start: Start, folder: Path) -> AsyncIterator[Person]:
    """A merchant of a bot that answers by the edition of 2022, with the revision beside it."""
    await start(messages_per_minute=1000, rules_dir=folder)
    yield await sandbox.person("小店")


HISTORY = """已知的修订（●存档 ○标题 ◇报道）
2021-08-26 ● 首次施行
2022-08-22 ◇ 入驻 4.2、关闭 4.0
2023-06-27 ◇ 体验分改为 100 分制
2025-11-11 ○ 修订公告
2025-12-02 ○ 修订公告
2026-01-09 ○ 修订公告
2026-02-03 ○ 修订公告
2026-04-08 ○ 修订公告
2026-06-22 ● 二手品退率 6% → 4%
2026-07-16 ● 新店多看三类处理记录
2026-07-29 ● 商品体验分 65 → 60
2026-08-22 以后的没有读到。"""
OF_2022 = f"""现在按 2022-10-10 版回答
逐字原文 · 5 分制
2022-10-10 起，到 2023-06-26
⚠️ 就目前所知已不是现行规则。
发布 2022-10-10 · 核对 2026-08-22
来源：商家帮助文章
可信程度：原文一字不差，但写的不一定是当时的最新规则。

{HISTORY}"""
OF_2026 = f"""现在按 2026-07-29 版回答（你选的，默认是 2022-10-10 版）
要点整理，不是原文 · 100 分制
2026-07-29 起
发布 2026-07-22 · 核对 2026-08-22
来源：《精选联盟平台管理规则》2026-07-29 修订公告的第三方存档
可信程度：第三方存档的要点，没有和官方页面核对过。

{HISTORY}"""
ONE_SCREEN = 24
"""The lines on a screen of 390 by 844 points."""


async def test_rules_says_on_one_screen_which_edition_answers_and_what_is_known_of_it(shop: Person) -> None:
    old = await tells(shop, "/rules")
    assert old.text == OF_2022
    assert old.buttons == [
        "2026-07-29 版有什么不同",
        "以后都按 2026-07-29 版",
        "出处和可信程度",
        "查我的店能不能开通",
    ]
    await presses(shop, "以后都按 2026-07-29 版")
    new = await tells(shop, "/rules")
    assert new.text == OF_2026
    assert [lines_on_a_phone(shown.text) <= ONE_SCREEN for shown in (old, new)] == [True, True]


async def test_where_all_is_from_and_how_sure_stands_behind_a_button(shop: Person) -> None:
    await tells(shop, "/rules")
    shown = await presses(shop, "出处和可信程度")
    assert shown.text.startswith("2022-10-10 版的出处\n精选联盟入驻、准入与清退(2022-10-10)\n来源：")
    assert "有行业报道说，2022-08-22 起入驻已提高到 4.2 分、关闭已提高到 4.0 分，这篇文章写的仍是旧数字" in shown.text
    assert "• 2022-08-22：入驻门槛提高到 4.2 分，低于 4.0 分关闭（当时是 5 分制）。（一篇行业报道。" in shown.text
    assert "• 2026-07-29：商家的商品体验分门槛由 65 分改为 60 分（2026-07-22 公告）。" in shown.text
    addresses = {entity["url"].rpartition("/")[2] for entity in shown.entities if entity["type"] == "text_link"}
    assert {"aJa6ZvXza4qj", "aJb9jw4wssaV", "aJdBp1bsajms", "aJeMEB4zsL6Z", "aJhhBDFJ78sX"} < addresses
    assert {"aJkeAKHnQZZ4", "aJnJXs6CHtnJ", "aJnqsVF4GoLD"} < addresses
    assert shown.buttons == ["用的是哪版规则"]


async def test_what_differs_in_another_edition_is_a_button_away(shop: Person) -> None:
    await tells(shop, "/rules")
    shown = await presses(shop, "2026-07-29 版有什么不同")
    lines = shown.text.splitlines()
    assert lines[0] == "2022-10-10 版 → 2026-07-29 版"
    assert "计分方式：5 分制 → 100 分制，两种分数不能直接对照。" in lines
    assert "• 入驻线：4.0 → 70" in lines
    assert "• 系统关闭的上限：3 次 → 没有上限" in lines
    assert any(line.startswith("多了的条件：") and "店铺类型" in line for line in lines)
    assert "要点整理，不是原文" in shown.text
    assert shown.buttons == ["以后都按 2026-07-29 版", "用的是哪版规则"]


async def test_a_question_is_seen_by_another_edition_at_the_same_number(reader: Person) -> None:
    now = await tells(reader, "3.55会怎样")
    then = await presses(reader, f"按 {NAME} 版看")
    assert "会收到警告，还不关闭：体验分 3.55 低于 3.8，不低于 3.5" in now.text
    assert "会被清退：体验分 3.55 低于 3.6，关闭权限" in then.text
    assert f"{NAME} 版 ·" in then.text
    assert "这是预览：现在仍按 2022-10-10 版回答" in then.text
    assert all("=3.6" not in data and len(data.encode()) <= 64 for data in then.data.values())


async def test_a_preview_changes_nothing(reader: Person) -> None:
    await tells(reader, "3.55会怎样")
    await presses(reader, f"按 {NAME} 版看")
    again = await presses(reader, "回到 2022-10-10 版")
    assert "不低于 3.5" in again.text
    assert "2022-10-10 版 ·" in (await tells(reader, "那3.4呢")).text


async def test_a_button_onward_from_a_preview_stays_in_it(reader: Person) -> None:
    await tells(reader, "精选联盟有几次开通机会")
    shown = await presses(reader, f"按 {NAME} 版看")
    onward = next(label for label, data in shown.data.items() if data.startswith(f"v|{NAME}|t|"))
    assert f"{NAME} 版 ·" in (await presses(reader, onward)).text


async def test_a_chat_chooses_its_edition_for_good_and_back(shop: Person, sandbox: SandboxClient) -> None:
    await tells(shop, "/rules")
    chosen = await presses(shop, "以后都按 2026-07-29 版")
    assert chosen.text.startswith("好，以后都按 2026-07-29 版\n\n100 分制，要点整理，不是原文")
    assert chosen.buttons == ["按默认版（2022-10-10）", "用的是哪版规则"]
    rules = await tells(shop, "/rules")
    assert rules.text.startswith("现在按 2026-07-29 版回答（你选的，默认是 2022-10-10 版）")
    assert "规则版本：2026-07-29 版" in (await tells(shop, "/settings")).text
    assert "2026-07-29 版 ·" in (await tells(shop, "怎么开通精选联盟")).text
    other = await sandbox.person("别人")
    assert "2022-10-10 版 ·" in (await tells(other, "怎么开通精选联盟")).text
    back = await tells(shop, "/rules", "按默认版（2022-10-10）")
    assert back.text.startswith("好，以后都按 2022-10-10 版（默认）（按旧版 2022-10-10，已停用）")
    assert "规则版本：2022-10-10 版（默认）" in (await tells(shop, "/settings")).text


async def test_an_edition_is_chosen_in_words(shop: Person) -> None:
    chosen = await tells(shop, "以后都按2026版")
    assert chosen.text.startswith("好，以后都按 2026-07-29 版")
    assert (await presses(shop, "按默认版（2022-10-10）")).text.startswith("好，以后都按 2022-10-10 版（默认）")
    assert (await tells(shop, "还是按旧版")).text.startswith("好，以后都按 2022-10-10 版")


async def test_the_choice_of_an_edition_that_is_gone_is_over_and_said_once(
    sandbox: SandboxClient, database_url: str, folder: Path
) -> None:
    shop = await sandbox.person()
    async with bot_running(sandbox.url, database_url, rules_dir=folder):
        assert f"以后都按 {NAME} 版" in (await tells(shop, f"以后都按{NAME}版")).text
    async with bot_running(sandbox.url, database_url):
        assert "精选联盟助手" in (await tells(shop, "/start")).text
        assert (await shop.hears()).text == f"你选的 {NAME} 版规则已经不在了，现在改回默认的 2022-10-10 版。"
        assert (await tells(shop, "/rules")).text.startswith("现在按 2022-10-10 版回答")
        assert "规则版本：2022-10-10 版（默认）" in (await tells(shop, "/settings")).text


async def test_a_button_that_nobody_was_given_is_old(shop: Person) -> None:
    welcome = await tells(shop, "/start")
    for data in (
        "v|2019-01-01|t|join",
        "v|2022-10-10|t|nothing",
        "v||",
        "v|2022-10-10|c|ff",
        "rules|x",
        "ed|x",
        "an|1",
    ):
        assert await is_old(shop, data, welcome.id), data


async def test_no_message_names_a_line_that_the_edition_does_not_have(sandbox: SandboxClient, start: Start) -> None:
    await start(rules_edition="2026-07-29", messages_per_minute=1000)
    shop = await sandbox.person()
    for said in ("/help", "/score", "体验分 75", "/settings"):
        shown = await tells(shop, said)
        assert "警告线" not in shown.text
        assert said == "/settings" or "提前提醒线或清退线以下" in shown.text


async def test_a_score_of_goods_is_judged_and_kept_as_such(sandbox: SandboxClient, start: Start) -> None:
    await start(rules_edition="2026-07-29")
    shop = await sandbox.person()
    answer = await tells(shop, "商品体验分59能开吗")
    assert answer.text.startswith("还不能：商品体验分 59 不到 60，差 1 分。")
    assert "70" not in answer.text.splitlines()[0]
    asked = await presses(shop, "这是我的商品体验分，记下 59")
    assert "商品体验分 59" in asked.text


async def test_a_preview_of_a_check_asks_nothing_that_was_told(reader: Person) -> None:
    own = await checks(reader, *GOOD[:4], "3.55", "开通着", *GOOD[6:])
    assert own.text.startswith("⚠️ 已开通，这个分数会收到平台警告")
    seen = await presses(reader, f"按 {NAME} 版看")
    assert seen.text.startswith("⛔ 已开通，这个分数会被关闭权限")
    assert "这是预览" in seen.text
    back = await presses(reader, "回到 2022-10-10 版")
    assert back.text.startswith("⚠️ 已开通")


async def test_a_preview_on_another_scale_asks_what_is_missing_and_leaves_the_kept_check_alone(shop: Person) -> None:
    await checks(shop, *GOOD)
    asked = await presses(shop, "按 2026-07-29 版看")
    assert "店铺是哪种类型" in asked.text
    assert asked.text.splitlines()[0].endswith("按 2026-07-29 版预览，不改你现在的结果")
    seen = await takes_from(shop, asked, *ASKED_BESIDES)
    assert seen.text.startswith("✅ 可以开通")
    assert "这是预览" in seen.text
    assert "2026-07-29 版 · 要点" in seen.text
    assert seen.quotes == []
    kept = await tells(shop, "/check")
    assert kept.text.startswith("✅ 可以开通")
    assert "2022-10-10 版 ·" in kept.text


async def takes_from(shop: Person, shown: Message, *answers: str) -> Message:
    """Answer until the result, by button where there is one of these words, else typed."""
    for answer in answers:
        if "题" not in shown.text.splitlines()[0]:
            break
        shown = await (presses(shop, answer) if answer in shown.buttons else tells(shop, answer))
    return shown


async def test_the_early_line_of_a_result_is_named_as_the_bots_own(sandbox: SandboxClient, start: Start) -> None:
    await start(rules_edition="2026-07-29", messages_per_minute=1000)
    shop = await sandbox.person()
    first = await tells(shop, "/check")
    told = (
        "开了",
        "能",
        "正常营业",
        "旗舰店",
        "其他类目",
        "71",
        "80",
        "开通着",
        "2022-01-01",
        "不是",
        "没有",
        "没有",
        "没有",
        "齐了",
    )
    seen = await takes_from(shop, first, *told)
    assert "体验分 71：低于提前提醒线 73（本助手的提前量），差 2" in seen.text
    full = (await presses(shop, "逐条看")).text
    assert "▼ 低于提前提醒线 73（本助手的提前量）：还差 2" in full
    assert "▲ 不低于清退线 70：高出 1" in full


async def test_a_preview_can_be_given_up(shop: Person) -> None:
    await checks(shop, *GOOD)
    await presses(shop, "按 2026-07-29 版看")
    assert (await presses(shop, "取消")).text.startswith("已取消")
    assert (await tells(shop, "/check")).text.startswith("✅ 可以开通")


async def test_the_result_stays_changeable_beside_a_preview(shop: Person) -> None:
    own = await checks(shop, *GOOD)
    await presses(shop, "按 2026-07-29 版看")
    await shop.presses(own.data["改一个答案"], own.id)
    assert (await shop.hears()).text == "改哪一个答案？"


async def test_the_revision_in_an_operators_folder_is_followed_everywhere(
    sandbox: SandboxClient, start: Start, folder: Path
) -> None:
    await start(rules_dir=folder, rules_edition=NAME, messages_per_minute=1000)
    shop = await sandbox.person()
    assert "有且仅有4次" in (await tells(shop, "精选联盟有几次开通机会")).text
    assert "低于 3.6" in (await tells(shop, "3.55会怎样")).text
    result = await checks(shop, *UNDER_REVISION)
    assert result.text.startswith("⛔ 今天就可能被关；这是第 4 次，关了就永久开不回来")
    told = await tells(shop, "体验分 3.55")
    assert told.text.startswith("体验分 3.55：⛔ 会被关闭权限")


async def test_a_check_under_way_keeps_its_edition(sandbox: SandboxClient, database_url: str, folder: Path) -> None:
    shop = await sandbox.person()
    async with bot_running(sandbox.url, database_url, rules_dir=folder):
        await checks(shop, *GOOD[:4])
    async with bot_running(sandbox.url, database_url, rules_dir=folder, rules_edition=NAME):
        await shop.says("3.55")
        result = await takes(shop, "开通着", *GOOD[6:])
        assert result.text.startswith("⚠️ 已开通，这个分数会收到平台警告")
        assert "2022-10-10 版 ·" in result.text
        anew = await presses(shop, f"按 {NAME} 版看")
        assert anew.text.startswith("⛔ 已开通")
        assert "这是预览" not in anew.text
        kept = await tells(shop, "/check")
        assert f"{NAME} 版 ·" in kept.text


async def test_after_a_check_by_an_edition_that_is_gone_the_answers_are_judged_by_the_one_that_answers(
    sandbox: SandboxClient, database_url: str, folder: Path
) -> None:
    shop = await sandbox.person()
    async with bot_running(sandbox.url, database_url, rules_dir=folder, rules_edition=NAME):
        await checks(shop, *GOOD)
        await presses(shop, "重新检查")
    async with bot_running(sandbox.url, database_url):
        result = await tells(shop, "/check")
        assert result.text.startswith("✅ 可以开通")
        assert "2022-10-10 版 ·" in result.text


async def test_after_a_switch_the_operator_confirms_and_each_merchant_hears_once(
    sandbox: SandboxClient, database_url: str, folder: Path
) -> None:
    operator = await sandbox.person("运营", id=OPERATOR)
    closes, stays = await sandbox.person("会变"), await sandbox.person("不变")
    async with bot_running(sandbox.url, database_url, rules_dir=folder):
        await operator.says("/start")
        for shop, score in ((closes, "3.55"), (stays, "4.5")):
            await checks(shop, *GOOD[:4], score, "开通着", *GOOD[6:])
    settings = {
        "rules_dir": folder,
        "rules_edition": NAME,
        "admin_chat_ids": frozenset({OPERATOR}),
        "quiet_hours": None,
    }
    async with bot_running(sandbox.url, database_url, **settings):
        await operator.hears()
        report = await operator.hears()
        assert f"规则版本换成了 {NAME} 版（之前是 2022-10-10 版）" in report.text
        assert "看过 2 个商家，1 个有变化" in report.text
        assert "已开通：⚠️ 会收到平台警告 → ⛔ 会被关闭权限：1" in report.text
        assert (await presses(operator, "通知这 1 个商家")).text.startswith("好，开始通知这 1 个商家")
        news = await closes.hears()
        assert f"规则版本换了：2022-10-10 版 → {NAME} 版" in news.text
        assert "2022-10-10 版：⚠️ 会收到平台警告" in news.text
        assert f"{NAME} 版：⛔ 会被关闭权限" in news.text
        assert [quote[:9] for quote in news.quotes] == ["若体验分<3.8分", "若体验分<3.6分"]
    async with bot_running(sandbox.url, database_url, **settings):
        await tells(stays, "/start")
        assert await is_old(operator, "an|2", report.id)
    texts = [call["params"]["text"] for call in await sandbox.calls("sendMessage")]
    assert sum("规则版本换了" in text for text in texts) == 1
