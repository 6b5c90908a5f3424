"""The merchant's shops: of their own, and bound through an operator's one-time link."""

import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.conversation import links
from bot.conversation.links import invite_key
from rules.sources import Source
from storage import invites, schema, scores, shops
from storage.scores import Score
from tests.databases import connected
from tests.journeys.conftest import TOKEN, asks, is_old, presses, tells
from tests.live import Person, SandboxClient
from tests.warnings.world import ZONE

NOW = datetime.now(UTC)
NOW_MS = int(NOW.timestamp() * 1000)
"""A row that came just now: of an older one the daily check, which runs meanwhile, says that none comes."""
HOSTILE = "<b>A</b> | 偷 => no\n%% buttons\u202e\u200b" + "😀" * 64


async def invite(database_url: str, name: str = "旗舰店", *, until: datetime = NOW + timedelta(days=7)) -> str:
    """An operator's link for a new shop of this name: its payload."""
    invite_id = secrets.token_urlsafe(12)
    async with connected(database_url) as conn:
        _, shop = await shops.add(conn, f"ref-{invite_id}", name, 0)
        await invites.make(conn, invite_id, shop.id, until)
    return links.make(invite_key(TOKEN), invite_id, until)


async def test_a_link_binds_the_shop_to_whoever_opens_it(shop: Person, database_url: str) -> None:
    bound = await tells(shop, f"/start {await invite(database_url)}")
    assert bound.text.startswith("✅ 已绑定：旗舰店")
    assert "旗舰店：还没有分数" in await asks(shop, "/score")


async def test_a_link_says_where_the_shop_stands(shop: Person, database_url: str) -> None:
    first, second = await invite(database_url), await invite(database_url, "新店")
    async with connected(database_url) as conn:
        today = datetime.now(ZONE).date()
        await scores.record(conn, Score(1, "score", today, Decimal("3.4"), "0-5", Source.FEED), NOW_MS)
    bound = await asks(shop, f"/start {first}")
    assert bound.startswith("✅ 已绑定：旗舰店\n现在：⛔ 会被关闭权限（按旧版 2022-10-10，已停用）\n体验分 3.4（")
    assert "（今天）：低于清退线 3.5，差 0.1\n" in bound
    assert (await asks(shop, f"/start {first}")).startswith("之前已经绑定过：旗舰店\n现在：⛔ 会被关闭权限")
    assert (await asks(shop, f"/start {second}")).startswith("✅ 已绑定：新店\n现在：还没有分数\n\n体验分由运营")


async def test_a_link_opened_again_by_the_same_chat_says_that_it_is_bound(shop: Person, database_url: str) -> None:
    payload = await invite(database_url)
    await asks(shop, f"/start {payload}")
    assert "之前已经绑定过" in await asks(shop, f"/start {payload}")


async def test_a_used_link_is_refused_kindly_and_binds_nothing(
    shop: Person, sandbox: SandboxClient, database_url: str
) -> None:
    payload = await invite(database_url)
    await asks(shop, f"/start {payload}")
    other = await sandbox.person("别人")
    refused = await asks(other, f"/start {payload}")
    assert "已经被别人用过了" in refused
    assert "旗舰店" not in refused + await asks(other, "/shops") + await asks(other, "/score")


async def test_an_expired_link_binds_nothing(shop: Person, database_url: str) -> None:
    assert "过期" in await asks(shop, f"/start {await invite(database_url, until=NOW - timedelta(seconds=5))}")
    assert "还没有店铺" in await asks(shop, "/shops")


@pytest.mark.parametrize("token", ["1:other", TOKEN])
async def test_a_link_that_is_forged_or_was_never_kept_binds_nothing(shop: Person, token: str) -> None:
    unknown = links.make(invite_key(token), secrets.token_urlsafe(12), NOW + timedelta(days=1))
    assert "链接无效" in await asks(shop, f"/start {unknown}")


async def test_another_payload_is_a_plain_start(shop: Person) -> None:
    assert "精选联盟助手" in await asks(shop, "/start from-the-website")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("小花 3.6", "体验分 3.6"),
        ("小花3.6", "体验分 3.6"),
        ("小花 85分", "体验分 85"),
        ("小花 商品50", "商品体验分 50"),
        ("小花：85 商品80", "体验分 85、商品体验分 80"),
        ("小花 昨天 3.6", "体验分 3.6"),
    ],
)
async def test_a_score_is_told_with_the_name_of_the_shop_alone(
    shop: Person, database_url: str, text: str, told: str
) -> None:
    await tells(shop, "/shops 二店")
    await asks(shop, f"/start {await invite(database_url, '小花')}")
    asked = await tells(shop, text)
    assert asked.text.startswith(f"{told}：")
    assert "要记下吗？小花 · " in asked.text
    kept = (await presses(shop, "记下")).text
    assert "已记下：小花 · " in kept
    assert f" · {told}\n" in kept


async def test_two_scores_of_the_only_shop_are_told_in_short(shop: Person) -> None:
    asked = await tells(shop, "85 商品80")
    assert asked.text.startswith("体验分 85、商品体验分 80：✅")
    kept = await presses(shop, "记下")
    assert "已记下：我的店铺 · " in kept.text
    assert kept.text.count("商品体验分 80") == 1


@pytest.mark.parametrize("name", ["3", "6", "."])
async def test_a_name_inside_a_number_is_no_shop(shop: Person, name: str) -> None:
    await tells(shop, f"/shops {name}")
    answer = await tells(shop, "3.6")
    assert "要记下吗" not in answer.text
    assert answer.text.startswith("会收到警告，还不关闭：体验分 3.6")


async def test_a_question_with_the_name_of_a_shop_stays_a_question(shop: Person) -> None:
    await tells(shop, "/shops 小花")
    assert "要记下吗" not in await asks(shop, "小花 体验分3.6会被清退吗")


async def test_a_shop_just_added_is_watched_and_shown_so(shop: Person) -> None:
    await tells(shop, "/shops 小花")
    assert "🔔 小花 · 自己记分数" in await asks(shop, "/shops")
    assert "提醒开着" in (await tells(shop, "/settings", "🔔 小花")).text
    await presses(shop, "关掉这家店的提醒")
    await tells(shop, "/shops 小花")
    assert "🔕 小花" in await asks(shop, "/shops"), "a shop turned off stays off"


async def test_taking_back_is_offered_only_where_something_was_told(shop: Person, database_url: str) -> None:
    await asks(shop, f"/start {await invite(database_url)}")
    async with connected(database_url) as conn:
        await scores.record(
            conn,
            Score(1, "score", NOW.astimezone(ZoneInfo("Asia/Shanghai")).date(), Decimal("4.2"), "0-5", Source.FEED),
            NOW_MS,
        )
    assert "↩️ 撤销最近一次" not in (await tells(shop, "/score")).buttons
    assert "↩️ 撤销最近一次记的" not in (await tells(shop, "/shops", "旗舰店")).buttons
    await tells(shop, "/shops 二店")
    await tells(shop, "二店 3.6", "记下")
    assert "↩️ 撤销最近一次" in (await tells(shop, "/score")).buttons
    assert "↩️ 撤销最近一次记的" in (await tells(shop, "/shops", "二店")).buttons
    assert "↩️ 撤销最近一次记的" not in (await tells(shop, "/shops", "旗舰店")).buttons


async def test_a_told_closing_is_offered_for_taking_back(shop: Person) -> None:
    await tells(shop, "被关闭了", "第 1 次")
    assert "↩️ 撤销最近一次" in (await tells(shop, "/score")).buttons


async def test_a_merchant_has_more_shops_by_name(shop: Person) -> None:
    assert "✅ 已添加：二店" in await asks(shop, "/shops 二店")
    assert "已经有这家店了：二店" in await asks(shop, "/shops 二店")
    await tells(shop, "/shops 三店")
    asked = await tells(shop, "体验分 3.7")
    assert asked.buttons == ["二店", "三店", "是昨天的", "不记"]
    kept = await tells(shop, "体验分 3.7", "三店")
    assert "已记下：三店" in kept.text
    assert "要记下吗？二店" in (await tells(shop, "二店 今天掉到3.4了")).text


async def test_the_worst_shop_stands_first(shop: Person) -> None:
    for name, score in (("好店", "4.5"), ("差店", "3.4"), ("中店", "3.7")):
        await tells(shop, f"/shops {name}")
        await tells(shop, f"{name} 体验分 {score}", "记下")
    text = await asks(shop, "/score")
    assert text.index("差店") < text.index("中店") < text.index("好店")


async def test_a_score_of_the_operators_feed_is_not_overwritten(shop: Person, database_url: str) -> None:
    await asks(shop, f"/start {await invite(database_url)}")
    today = datetime.now(ZONE).date()
    async with connected(database_url) as conn:
        await scores.record(conn, Score(1, "score", today + timedelta(1), Decimal("3.95"), "0-5", Source.FEED), NOW_MS)
    assert "的体验分由运营导入，是 3.95" in (await tells(shop, "体验分 3.1", "记下")).text


async def test_a_day_of_the_operators_feed_stays_below_a_newer_score_of_ones_own(
    shop: Person, database_url: str
) -> None:
    await asks(shop, f"/start {await invite(database_url)}")
    yesterday = datetime.now(ZONE).date() - timedelta(1)
    async with connected(database_url) as conn:
        await scores.record(conn, Score(1, "score", yesterday, Decimal("3.95"), "0-5", Source.FEED), NOW_MS)
    await tells(shop, "体验分 4.2", "记下")
    assert "的体验分由运营导入，是 3.95" in (await tells(shop, "昨天体验分 3.1", "记下")).text


async def test_a_hostile_name_is_shown_harmlessly(shop: Person, database_url: str) -> None:
    bound = await tells(shop, f"/start {await invite(database_url, HOSTILE)}")
    shown = bound.text.splitlines()[0].removeprefix("✅ 已绑定：")
    assert shown == "＜b＞A＜/b＞ ｜ 偷 =＞ no ％％ b…"
    assert bound.buttons == ["今天各店分数", "提醒设置"]
    for text in ("/score", "/shops", "/settings", "体验分 3.7", "被关闭了"):
        message = await tells(shop, text)
        assert not {"\u202e", "\u200b"} & set(message.text + "".join(message.buttons))
        assert {label for label, data in message.data.items() if data == "no"} <= {"不记", "不是，不记"}


async def test_no_more_than_so_many_shops_of_ones_own(shop: Person) -> None:
    for number in range(20):
        await asks(shop, f"/shops 店{number}")
    assert "最多 20 家" in await asks(shop, "/shops 又一家")


async def test_a_shop_is_renamed_by_its_page(shop: Person) -> None:
    await tells(shop, "体验分 3.9", "记下")
    asked = await tells(shop, "/shops", "我的店铺", "改名")
    assert asked.text.startswith("我的店铺：改叫什么名字？")
    renamed = await tells(shop, "花店")
    assert renamed.text == "✅ 已改名：我的店铺 → 花店\n\n记下的分数和提醒都还在。"
    assert "花店：✅ 这个分数不触发警告或关闭" in await asks(shop, "/score")
    assert "已改名" not in (await tells(shop, "果店")).text


async def test_a_question_is_no_name(shop: Person) -> None:
    await tells(shop, "体验分 3.9", "记下")
    await tells(shop, "/shops", "我的店铺", "改名")
    assert "来源：" in (await tells(shop, "怎么开通精选联盟")).text
    assert "要记下吗" in (await tells(shop, "体验分 3.8")).text
    assert (await tells(shop, "/rename", "不改了")).text == "好，没有改名。"
    assert "已改名" not in (await tells(shop, "花店")).text


async def test_a_shop_is_renamed_by_a_command(shop: Person) -> None:
    assert "还没有自己的店铺" in await asks(shop, "/rename 花店")
    await tells(shop, "/shops 一店")
    assert "一店 → 花店" in await asks(shop, "/rename 花店")
    await tells(shop, "/shops 二店")
    assert "二店 → 果店" in await asks(shop, "/rename 二店 果店")
    asked = await tells(shop, "/rename 茶店")
    assert asked.text.startswith("哪家店改叫这个名字？")
    assert asked.buttons == ["花店", "果店", "不改了"]
    assert "果店 → 茶店" in (await presses(shop, "果店")).text
    assert "已经有一家店叫这个名字了" in await asks(shop, "/rename 花店 茶店")


async def test_a_shop_of_ones_own_is_removed_with_all_that_was_known(shop: Person, database_url: str) -> None:
    await tells(shop, "/shops 一店")
    await tells(shop, "/shops 二店")
    for name in ("一店", "二店"):
        await tells(shop, f"{name} 体验分 3.4", "记下")
        await tells(shop, f"{name} 被关闭了", "第 1 次")
    asked = await tells(shop, "/shops", "一店", "删除这家店")
    assert asked.text.startswith(
        "删除“一店”？\n\n会一起删掉：记下的分数、开通和关闭的记录、主营类目，还有这家店的提醒。"
    )
    assert "一店" in await asks(shop, "/shops")
    assert (await presses(shop, "确定删除")).text == "已删除：一店。"
    assert "一店" not in await asks(shop, "/shops") + await asks(shop, "/score")
    assert "二店：" in await asks(shop, "/score")
    async with connected(database_url) as conn:
        for table in (schema.shops, schema.scores, schema.newest, schema.facts, schema.follows):
            column = table.c.id if table is schema.shops else table.c.shop_id
            assert set((await conn.execute(select(column))).scalars()) == {2}, table.name


async def test_an_operators_shop_is_no_longer_followed_and_stays(shop: Person, database_url: str) -> None:
    payload = await invite(database_url)
    await tells(shop, f"/start {payload}")
    page = await tells(shop, "/shops", "旗舰店")
    assert "改名" not in page.buttons
    assert (await presses(shop, "不再关注这家店")).text.startswith("不再关注“旗舰店”？")
    assert (await presses(shop, "确定，不再关注")).text == "不再关注：旗舰店。"
    assert "还没有店铺" in await asks(shop, "/shops")
    async with connected(database_url) as conn:
        assert await shops.by_id(conn, 1)
    assert "✅ 已绑定：旗舰店" in await asks(shop, f"/start {payload}")


async def test_nobody_changes_a_shop_of_another_chat(shop: Person, sandbox: SandboxClient) -> None:
    await tells(shop, "/shops 一店")
    other = await sandbox.person("别人")
    welcome = await tells(other, "/start")
    for data in ("sh|1", "rn|1", "rm|1", "rm|1|1"):
        assert await is_old(other, data, welcome.id), data
    assert "一店" in await asks(shop, "/shops")


@pytest.mark.parametrize("name", ["体验分", "商品体验分", "商品", "分数", "物流体验分", "体验分 85", "体验"])
async def test_words_of_scores_are_no_name_of_a_shop(shop: Person, name: str) -> None:
    assert (await asks(shop, f"/shops {name}")).startswith(f"“{name}”不能当店名")
    assert "还没有店铺" in await asks(shop, "/shops")


async def test_a_shop_is_not_renamed_to_words_of_scores(shop: Person) -> None:
    await asks(shop, "/shops 一号店")
    assert "“体验分”不能当店名" in await asks(shop, "/rename 体验分")
    assert (await asks(shop, "/shops 3")).startswith("✅ 已添加：3")
    assert (await asks(shop, "/shops 商品大全")).startswith("✅ 已添加：商品大全")


async def test_a_name_of_before_that_is_of_scores_hides_nothing(shop: Person, database_url: str) -> None:
    await asks(shop, "/shops 一号店")
    await asks(shop, "/shops 二号店")
    async with connected(database_url) as conn:
        await shops.rename(conn, 2, "体验分")
    assert "要记下吗？一号店" in await asks(shop, "一号店体验分4.2")
