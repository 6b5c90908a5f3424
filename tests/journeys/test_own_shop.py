"""A merchant asks of the shop of the chat, with no number in the question: what was told of it answers."""

from tests.journeys.conftest import Start, asks, presses, tells
from tests.live import SandboxClient

IN = ("开了", "能", "正常营业", "旗舰店", "其他类目")


async def test_a_shop_that_was_closed_is_not_said_to_be_closed_ahead(sandbox: SandboxClient, start: Start) -> None:
    await start(messages_per_minute=1000)
    shop = await sandbox.person("小店")
    await tells(shop, "体验分 3.2", "记下")
    assert (await asks(shop, "我会被关吗")).startswith("会：体验分 3.2（今天的）低于 3.5")
    await tells(shop, "被关闭了", "第 2 次")
    told = (await asks(shop, "我会被关吗")).splitlines()
    assert told[0].startswith("已经关闭着：被系统关闭 2 次")
    assert told[1].startswith("重新开通：还不能：")


async def test_a_shop_without_any_score_is_cleared_out_on_every_surface(sandbox: SandboxClient, start: Start) -> None:
    await start(messages_per_minute=1000, rules_edition="2026-07-29")
    shop = await sandbox.person("小店")
    shown = await tells(shop, "/check", *IN, "还没有体验分", "也没有")
    while "/" in shown.text.splitlines()[0]:
        shown = await presses(shop, "开通着" if "开通着" in shown.buttons else "不清楚")
    assert shown.text.splitlines()[0] == "⛔ 已开通，没有体验分和成长期体验分，会被关闭权限"
    assert (await asks(shop, "我会被关吗")).startswith("会：体验分、成长期体验分都没有")
    assert "我的店铺：⛔ 会被关闭权限\n" in await asks(shop, "/score")


async def test_a_number_of_the_scale_of_the_kept_scores_is_judged_as_on_the_score_page(
    sandbox: SandboxClient, start: Start
) -> None:
    await start(messages_per_minute=1000, rules_edition="2026-07-29")
    shop = await sandbox.person("小店")
    assert (await asks(shop, "体验分 3.6会被关吗")).startswith("3.6 是 5 分制的写法，不能按这一版判断")
    await tells(shop, "体验分 3.6", "是旧的 5 分制，按 2022-10-10 版看", "记下")
    by = "按 2022-10-10 版（5 分制）："
    for question in ("体验分 3.6会被关吗", "我会被关吗"):
        said = await asks(shop, question)
        assert said.startswith(f"{by}不会因分数关闭：体验分 3.6")
        assert "已停用" in said.splitlines()[0]
        assert "2026-07-29 版（100 分制）的写法：" in said
