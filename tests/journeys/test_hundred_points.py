"""A merchant of today under 2026-07-29, with a total and a score of goods: told, asked, checked and swept alike."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.warnings.policy import WatchPolicy
from bot.warnings.sweep import Sweep
from storage.database import engine as database
from tests.journeys.conftest import Start, asks, presses, tells
from tests.live import Person, SandboxClient
from tests.packaged import CATALOGUE, HUNDRED_POINTS

POLICY = WatchPolicy(HUNDRED_POINTS, ZoneInfo("Asia/Shanghai"), None, CATALOGUE)
IN = ("开了", "能", "正常营业", "旗舰店", "其他类目", "开通着")
CLOSES = "商品体验分 50，低于清退线 60"
KEPT = "已记下：我的店铺 · "
GOODS = "单个商品另看商品的线 65，低于的清退那个商品，店铺的权限还在"


async def checked(shop: Person) -> str:
    """The first line of the result of a check by a merchant who is in and knows nothing else."""
    shown = await tells(shop, "/check", *IN)
    while "/" in shown.text.splitlines()[0]:
        shown = await presses(shop, "不清楚")
    return shown.text.splitlines()[0]


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
    assert await checked(shop) == "⛔ 已开通，这个分数会被关闭权限"
    corrected = await tells(shop, "商品体验分 70", "记下")
    assert "⛔" not in corrected.text.splitlines()[0]
    assert (await asks(shop, "我会被清退吗")).startswith("不会")


async def test_a_score_of_goods_between_both_lines_clears_goods_and_keeps_the_access(
    sandbox: SandboxClient, start: Start, database_url: str
) -> None:
    await start(messages_per_minute=1000, rules_edition="2026-07-29")
    shop = await sandbox.person("小店")
    told = await tells(shop, "体验分78 商品体验分62", "记下")
    assert told.text.splitlines()[0] == "🔔 我的店铺：商品体验分 62，低于提前提醒线 63"
    assert (await asks(shop, "我会被清退吗")).startswith("一般不会：体验分 78")
    assert await checked(shop) == "🔔 已开通，这个分数快到清退线"
    assert (await asks(shop, "我会被清退吗")).startswith("不会因分数关闭：体验分 78")
    assert GOODS in await asks(shop, "体验分78，商品体验分62，会被清退吗")
    assert "我的店铺：🔔 快到清退线\n" in await asks(shop, "/score")
    assert (await asks(shop, "这个商品的商品体验分62，不在60分名单里，会被清退吗")).startswith(
        "会清退这个商品：商品体验分 62 低于 65；店铺的权限还在"
    )
    engine, now = database.create(database_url), datetime.now(UTC)
    counts = await Sweep(engine, POLICY, POLICY.today(now), now).run()
    await engine.dispose()
    assert not any(reason.is_told for reason in counts)
