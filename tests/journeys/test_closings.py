"""After a closing or an opening is told, what is said of the score is what the judgement says of it."""

import pytest

from tests.journeys.conftest import Start, tells
from tests.live import Person, SandboxClient

LATER = "分数够重新开通时，我会告诉你。"
OVER = "（按旧版 2022-10-10，已停用）"


@pytest.fixture
async def shop(sandbox: SandboxClient, start: Start) -> Person:
    """A merchant of a bot."""
    await start(messages_per_minute=1000)
    return await sandbox.person("小店")


async def closed(shop: Person) -> str:
    return (await tells(shop, "被关闭了", "第 1 次")).text


async def test_a_score_that_is_enough_already_is_said_to_be_enough(shop: Person) -> None:
    await tells(shop, "体验分 4.3", "记下")
    text = await closed(shop)
    assert "体验分 4.3（今天）：✅ 分数够开通\n能不能开通还要看其他条件，可以 /check 查一遍。" in text
    assert LATER not in text


async def test_a_score_that_is_not_enough_is_waited_for(shop: Person) -> None:
    await tells(shop, "体验分 3.9", "记下")
    assert f"体验分 3.9（今天）：🔸 还不能开通\n{LATER}" in await closed(shop)


async def test_without_a_score_it_is_waited_for(shop: Person) -> None:
    assert f"还没有分数，发给我就行。{LATER}" in await closed(shop)


async def test_one_of_two_scores_is_not_enough_for_a_yes(shop: Person) -> None:
    await tells(shop, "体验分 85", "记下")
    text = (await tells(shop, "被关闭了", "是，第 1 次")).text
    assert f"体验分 85（今天）：❓ 要看主营类目；还不知道商品体验分\n{LATER}" in text


async def test_an_opening_with_a_score_below_a_line_says_so(shop: Person) -> None:
    await tells(shop, "体验分 3.4", "记下")
    text = (await tells(shop, "又开通了", "是，开通了")).text
    assert f"体验分 3.4（今天）：⛔ 会被关闭权限{OVER}" in text
    assert "从今天起" not in text


async def test_nothing_is_promised_of_a_shop_whose_notices_are_off(shop: Person) -> None:
    await tells(shop, "体验分 3.9", "记下")
    await tells(shop, "/settings", "🔔 我的店铺", "关掉这家店的提醒")
    off = "这家店的提醒关着，/settings 里可以打开。"
    said = [
        (await tells(shop, "体验分 4.1")).text,
        await closed(shop),
        (await tells(shop, "又开通了", "是，开通了")).text,
    ]
    assert [off in text for text in said] == [True, True, True]
    assert [text for text in said if "我会告诉你" in text or "我会提醒你" in text] == []
