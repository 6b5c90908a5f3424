"""A merchant of today, 85 and 50 points under 2026-07-29: told, asked, checked and warned, by one judgement."""

from tests.journeys.conftest import Start, asks, presses, tells
from tests.live import SandboxClient

IN = ("开了", "能", "正常营业", "旗舰店", "其他类目", "开通着")
CLOSES = "商品体验分 50，低于商品体验分清退线 65"
KEPT = "已记下：我的店铺 · "


async def test_two_scores_are_told_asked_checked_and_warned_of_alike(sandbox: SandboxClient, start: Start) -> None:
    await start(messages_per_minute=1000, rules_edition="2026-07-29")
    shop = await sandbox.person("小店")
    warned = await tells(shop, "体验分85 商品体验分50", "记下")
    first, second = warned.text.splitlines()[:2]
    assert first == f"⛔ 我的店铺：{CLOSES}"
    assert second.startswith(KEPT)
    assert second.endswith(" · 体验分 85、商品体验分 50")
    assert (await asks(shop, "我会被清退吗")).startswith("会：商品体验分 50")
    assert (await asks(shop, "我的店能开通吗")).startswith("还不能：")
    assert "我的店铺：⛔ 会被关闭权限\n" in await asks(shop, "/score")
    shown = await tells(shop, "/check", *IN)
    while "/" in shown.text.splitlines()[0]:
        shown = await presses(shop, "不清楚")
    assert shown.text.splitlines()[0] == "⛔ 已开通，这个分数会被关闭权限"
    corrected = await tells(shop, "商品体验分 70", "记下")
    assert "⛔" not in corrected.text.splitlines()[0]
    assert (await asks(shop, "我会被清退吗")).startswith("不会")
