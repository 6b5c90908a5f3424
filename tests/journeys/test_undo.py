"""What was told by mistake is taken back by a button, once, and what was known before holds again."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from rules.lines import Level
from rules.watch_state import WatchState, after_taking_back
from storage import follows, scores
from tests.databases import connected
from tests.journeys.conftest import Start, asks, is_old, presses, tells
from tests.live import Message, Person, SandboxClient
from tests.warnings.world import ZONE


@pytest.fixture
async def shop(sandbox: SandboxClient, start: Start) -> Person:
    await start(messages_per_minute=1000)
    return await sandbox.person("小店")


async def test_a_score_taken_back_is_gone(shop: Person) -> None:
    await tells(shop, "体验分 3.4", "记下")
    undone = await presses(shop, "↩️ 撤销")
    today = datetime.now(ZONE).date()
    assert undone.is_edited
    assert undone.text == (
        f"↩️ 已撤销：我的店铺 · {today} · 体验分 3.4\n\n现在：还没有分数\n精选联盟：还不清楚，先按开通着看"
    )
    assert "我的店铺：还没有分数" in await asks(shop, "/score")


async def test_the_score_replaced_comes_back(shop: Person) -> None:
    await tells(shop, "昨天体验分 3.6", "记下")
    await tells(shop, "体验分 4.2", "记下")
    await tells(shop, "体验分 3.4", "记下")
    undone = await presses(shop, "↩️ 撤销")
    assert "改回原来的：体验分 4.2。" in undone.text
    assert "体验分 4.2（今天）" in await asks(shop, "/score")


async def test_the_day_before_counts_again(shop: Person, database_url: str) -> None:
    await tells(shop, "昨天体验分 4.2", "记下")
    await tells(shop, "体验分 3.4", "记下", "↩️ 撤销")
    assert "，1 天前" in await asks(shop, "/score")
    async with connected(database_url) as conn:
        assert (await scores.latest(conn, 1))["score"].points == Decimal("4.2")


async def test_a_score_of_another_scale_comes_back_on_its_own(shop: Person) -> None:
    await tells(shop, "体验分 4.2", "记下")
    await tells(shop, "体验分 85", "是 100 分制，按 2026-07-29 版看", "记下", "↩️ 撤销")
    page = (await asks(shop, "/score")).splitlines()
    assert page[0] == "我的店铺：✅ 这个分数不触发警告或关闭（按旧版 2022-10-10，已停用）"
    assert page[1].startswith("体验分 4.2（今天）")


async def test_a_score_told_by_mistake_over_no_score_gives_that_back(sandbox: SandboxClient, start: Start) -> None:
    await start(messages_per_minute=1000, rules_edition="2026-07-29")
    shop = await sandbox.person()
    await tells(shop, "昨天体验分 4.3", "是旧的 5 分制，按 2022-10-10 版看", "记下")
    await tells(shop, "还没有体验分", "记下")
    undone = await tells(shop, "体验分 85", "记下", "↩️ 撤销")
    assert "改回原来的：暂无体验分。" in undone.text
    assert "现在：❓ 暂无体验分，还不知道成长期体验分\n" in undone.text


async def test_no_score_told_after_a_mistaken_score_is_judged_as_before_the_mistake(shop: Person) -> None:
    await tells(shop, "前天体验分 4.2", "记下")
    mistaken = await tells(shop, "昨天体验分 85", "是 100 分制，按 2026-07-29 版看", "记下")
    await tells(shop, "还没有体验分", "记下")
    await shop.presses(mistaken.data["↩️ 撤销"], mistaken.id)
    undone = await shop.hears()
    assert "暂无体验分，规则没有写会怎样（按旧版 2022-10-10，已停用）" in undone.text


async def test_the_last_told_taken_back_gives_back_what_it_replaced(shop: Person) -> None:
    await tells(shop, "体验分 3.9", "记下")
    await tells(shop, "体验分 3.4", "记下")
    undone = await tells(shop, "/score", "↩️ 撤销最近一次", "↩️ 撤销")
    assert "改回原来的：体验分 3.9。" in undone.text
    assert "体验分 3.9（今天）" in await asks(shop, "/score")
    await tells(shop, "/score", "↩️ 撤销最近一次", "↩️ 撤销")
    await tells(shop, "体验分 3.4", "记下")
    undone = await tells(shop, "/score", "↩️ 撤销最近一次", "↩️ 撤销")
    assert "改回" not in undone.text
    assert "还没有分数" in await asks(shop, "/score")


async def test_a_second_tap_and_a_tap_after_newer_facts_say_so_kindly(shop: Person) -> None:
    kept = await tells(shop, "体验分 3.4", "记下")
    data = kept.data["↩️ 撤销"]
    await tells(shop, "体验分 3.9", "记下")
    await shop.presses(data, kept.id)
    assert (await shop.hears()).text.startswith("没有改动：这一条已经撤销过，或者后来改过了\n\n现在：我的店铺，")
    assert "体验分 3.9（今天）" in await asks(shop, "/score")
    again = await tells(shop, "体验分 4.0", "记下")
    for _ in range(2):
        await shop.presses(again.data["↩️ 撤销"], again.id)
    texts = [(await shop.hears()).text[:4] for _ in range(2)]
    assert texts == ["↩️ 已", "没有改动"]
    assert "体验分 3.9（今天）" in await asks(shop, "/score")


async def test_two_scores_told_together_are_taken_back_each_for_itself(shop: Person) -> None:
    await tells(shop, "体验分85 商品体验分50", "记下", "↩️ 撤销商品体验分")
    page = await asks(shop, "/score")
    assert "我的店铺：❓ 还不知道商品体验分" in page
    assert "体验分 85（今天）" in page


async def test_a_closing_taken_back_was_never_told(shop: Person, database_url: str) -> None:
    await tells(shop, "体验分 4.2", "记下")
    await tells(shop, "被关闭了", "第 1 次")
    await tells(shop, "又开通了", "是，开通了")
    await tells(shop, "被关闭了", "第 2 次")
    undone = await presses(shop, "↩️ 撤销")
    assert undone.text.startswith("↩️ 已撤销：我的店铺 · ")
    assert undone.text.endswith(
        "已被系统关闭 1 次（今天的记录），满 3 次就永久不能再开通。\n精选联盟：开通着\n"
        "只看分数；违规达到清退标准也会被关闭。"
    )
    async with connected(database_url) as conn:
        follow = await follows.of(conn, 1, shop.id)
    assert follow
    assert follow.state
    assert (follow.state.closures, follow.state.is_closed) == (1, False)


async def test_the_last_closing_taken_back_leaves_a_shop_without_closings(shop: Person) -> None:
    await tells(shop, "体验分 4.2", "记下")
    await tells(shop, "第三次被清退了", "是，第 3 次", "↩️ 撤销")
    page = await asks(shop, "/score")
    assert "🚫" not in page
    assert "我的店铺：✅ 这个分数不触发警告或关闭" in page


async def test_an_opening_and_a_choice_of_the_settings_are_taken_back(shop: Person) -> None:
    await tells(shop, "体验分 3.9", "记下")
    await tells(shop, "被关闭了", "第 1 次")
    undone = await tells(shop, "又开通了", "是，开通了", "↩️ 撤销")
    assert "精选联盟：没开通" in undone.text
    told = await tells(shop, "/settings", "🔔 我的店铺", "开通着")
    assert "↩️ 撤销刚才的改动" in told.buttons
    assert "精选联盟：没开通" in (await presses(shop, "↩️ 撤销刚才的改动")).text


async def test_what_was_told_last_is_taken_back_from_the_score_page(shop: Person) -> None:
    assert "没有可以撤销的" in (await told_last(shop)).text
    await tells(shop, "体验分 4.2", "记下")
    await tells(shop, "被关闭了", "第 1 次")
    asked = await told_last(shop)
    assert "最近一次记下的：我的店铺 · " in asked.text
    assert "要撤销吗？" in asked.text
    assert "已被系统关闭" not in (await presses(shop, "↩️ 撤销")).text
    asked = await told_last(shop)
    assert "体验分 4.2" in asked.text
    assert "还没有分数" in (await presses(shop, "↩️ 撤销")).text
    assert "没有可以撤销的" in (await told_last(shop)).text


async def told_last(shop: Person) -> Message:
    """The question whether to take back what was told last."""
    shown = await tells(shop, "/score")
    await shop.presses("ul", shown.id)
    return await shop.hears()


async def test_nobody_takes_back_what_another_chat_told(shop: Person, sandbox: SandboxClient) -> None:
    kept = await tells(shop, "体验分 4.2", "记下")
    other = await sandbox.person("别人")
    welcome = await tells(other, "/start")
    for data in (kept.data["↩️ 撤销"], "uf|1|1", "ul|1", "us|1|20221010|score|3.7|x"):
        assert await is_old(other, data, welcome.id), data
    assert "体验分 4.2" in await asks(shop, "/score")


async def test_closings_are_counted_on_from_what_is_known(shop: Person) -> None:
    await tells(shop, "2021年1月1日被关闭了", "第 1 次")
    asked = await tells(shop, "被关闭了")
    assert asked.rows[0] == ["第 2 次"]
    assert (await tells(shop, "第二次被清退了")).rows[0] == ["是，第 2 次"]
    odd = await tells(shop, "第三次被清退了")
    assert "之前记下的是关闭过 1 次，和第 3 次对不上" in odd.text
    assert odd.rows[:2] == [["第 2 次"], ["第 3 次（之前记错了）"]]
    await presses(shop, "第 2 次")
    again = await tells(shop, "被关闭了")
    assert "最近一次就在这一天" in again.text
    assert "还是那一次，不记" in again.buttons


def test_the_state_of_a_told_warning_outlives_the_taking_back() -> None:
    warned = WatchState(date(2026, 11, 29), level=Level.CLOSING, closures=3, is_closed=True)
    assert after_taking_back(warned, 1, is_out=False) == WatchState(
        date(2026, 11, 29), level=Level.CLOSING, closures=2, is_closed=True
    )


async def test_a_category_told_below_a_score_is_taken_back(shop: Person) -> None:
    told = await tells(shop, "体验分85 商品体验分64", "记下", "其他类目")
    assert "我的店铺：✅ 这个分数不触发警告或关闭" in told.text
    undone = await presses(shop, "↩️ 撤销刚才的改动")
    assert "↩️ 已撤销：我的店铺 · 主营类目 其他类目" in undone.text
    assert "现在：❓ 一般没事，但要看主营类目（有的线更高）" in undone.text
    assert {"其他类目", "告诉我主营类目"} < set((await tells(shop, "/score")).buttons)
