"""The merchant's shops: of their own, and bound through an operator's one-time link."""

import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.conversation import links
from bot.conversation.links import invite_key
from rules.sources import Source
from storage import invites, scores, shops
from storage.scores import Score
from tests.databases import connected
from tests.journeys.conftest import TOKEN, asks, tells
from tests.live import Person, SandboxClient

NOW = datetime.now(UTC)
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


async def test_a_link_opened_again_by_the_same_chat_says_that_it_is_bound(shop: Person, database_url: str) -> None:
    payload = await invite(database_url)
    await asks(shop, f"/start {payload}")
    assert "之前已经绑定过了" in await asks(shop, f"/start {payload}")


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
    today = datetime.now(UTC).astimezone().date()
    async with connected(database_url) as conn:
        await scores.record(conn, Score(1, "score", today + timedelta(1), Decimal("3.95"), "0-5", Source.FEED), 0)
    assert "由运营导入，是体验分 3.95" in (await tells(shop, "体验分 3.1", "记下")).text


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
