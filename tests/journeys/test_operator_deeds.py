"""What an operator does to a shop in the chat: asked first where it can't be undone, written down, followers told."""

import pytest
from sqlalchemy import insert, select

from storage import audit, chats, follows, shops
from storage.schema import notice_items, notices, outbox
from tests.databases import connected
from tests.journeys.conftest import Start, execute, is_old, presses, tells
from tests.live import Message, Person, SandboxClient

OPERATOR = 900001
REF = "7120001"
LATER = 99_999_999_999_999


@pytest.fixture
async def operator(sandbox: SandboxClient, start: Start) -> Person:
    await start(messages_per_minute=1000, admin_chat_ids=frozenset({OPERATOR}), operator_name="小李")
    found = await sandbox.person("运营", id=OPERATOR)
    await tells(found, "/start")
    await sandbox.calls("getMe", status=200, count=1)
    return found


@pytest.fixture
async def shop(database_url: str) -> int:
    """The number of an operator's shop."""
    async with connected(database_url) as conn:
        return (await shops.add(conn, REF, "旗舰店", 0))[1].id


async def page(operator: Person, shop: int, *buttons: str) -> Message:
    """What the operator sees after these buttons of the shop's page."""
    shown = await tells(operator, "/admin")
    await operator.presses(f"ops|{shop}", shown.id)
    found = await operator.hears()
    for button in buttons:
        found = await presses(operator, button)
    return found


async def link_for(operator: Person, shop: int) -> str:
    """A new link to the shop."""
    shown = await page(operator, shop, "发绑定链接")
    return shown.text.splitlines()[2].rpartition("?start=")[2]


async def follower(sandbox: SandboxClient, operator: Person, shop: int, name: str = "小店") -> Person:
    """A merchant who follows the shop."""
    merchant = await sandbox.person(name)
    assert "已绑定" in (await tells(merchant, f"/start {await link_for(operator, shop)}")).text
    return merchant


async def waits(database_url: str, chat: int, *shop_ids: int, notice: int = 1) -> None:
    """A warning about these shops that waits for the chat's hour."""
    head = {"id": notice, "chat_id": chat, "day": 700000, "edition": "2022-10-10", "is_urgent": False, "is_late": False}
    item = {"notice_id": notice, "subject": "", "reason": "warning", "line": "warning", "fact": "score"}
    letter = {"chat_id": chat, "lane": 1, "method": "sendMessage", "payload": "{}", "numbered": True}
    named = {"key": f"notice:{notice}", "in_order": True, "notice_id": notice, "state": "waiting", "due_at": LATER}
    await execute(
        database_url,
        insert(notices).values(head | {"day": select(700000).scalar_subquery(), "made_at": 0, "due_at": LATER}),
        insert(notice_items).values([item | {"shop_id": one, "hundredths": 370} for one in shop_ids]),
        insert(outbox).values(letter | named | {"tries": 0, "unsure": False, "created_at": 0}),
    )


async def state_of(database_url: str, notice: int = 1) -> str:
    async with connected(database_url) as conn:
        return str((await conn.execute(select(outbox.c.state).where(outbox.c.notice_id == notice))).scalar_one())


async def followers(database_url: str, shop: int) -> list[int]:
    async with connected(database_url) as conn:
        return [one.chat_id for one in await follows.of_shop(conn, shop)]


async def deeds(database_url: str) -> list[tuple[str, str]]:
    async with connected(database_url) as conn:
        return [(one.action, one.subject) for one in await audit.listed(conn)]


async def test_nobody_else_has_the_buttons(operator: Person, sandbox: SandboxClient, shop: int) -> None:
    merchant = await sandbox.person("小店")
    shown = await tells(merchant, "/start")
    for verb in ("n", "x", "h", "f", "i", "w"):
        assert await is_old(merchant, f"opd|{verb}|{shop}", shown.id)
    for data in (f"opd|x|{shop}|1", f"opd|h|{shop}|1|0", f"opd|u|{shop}|1|1", "opd|b|1|1", "opd|ir|abcdefghijklmnop"):
        assert await is_old(merchant, data, shown.id)


async def test_a_merchants_own_shop_is_not_the_operators(operator: Person, sandbox: SandboxClient) -> None:
    merchant = await sandbox.person("小店")
    await tells(merchant, "体验分 4.6", "记下")
    shown = await tells(operator, "/admin")
    for verb in ("n", "x", "h", "f", "i", "w"):
        assert await is_old(operator, f"opd|{verb}|1", shown.id)
    assert await is_old(operator, "opd|x|1|1", shown.id)


async def test_a_shop_gets_the_name_that_is_typed_next(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    merchant = await follower(sandbox, operator, shop)
    asked = await page(operator, shop, "改名")
    assert asked.text.startswith("旗舰店：改叫什么名字？")
    renamed = await tells(operator, "新旗舰店")
    assert renamed.text.startswith("✅ 已改名：旗舰店 → 新旗舰店")
    assert "新旗舰店" in (await tells(merchant, "/shops")).text
    assert ("shop.rename", REF) in await deeds(database_url)
    assert "改名" not in (await tells(operator, "二店")).text


async def test_a_name_that_is_no_longer_wanted_is_not_taken(operator: Person, shop: int) -> None:
    await page(operator, shop, "改名")
    assert (await presses(operator, "不改了")).text.startswith("没有改名，还叫“旗舰店”")
    assert "已改名" not in (await tells(operator, "新旗舰店")).text


async def test_the_next_text_is_what_was_asked_for_last(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    await follower(sandbox, operator, shop)
    await page(operator, shop, "给关注者发消息")
    await page(operator, shop, "改名")
    assert (await tells(operator, "新旗舰店")).text.startswith("✅ 已改名：旗舰店 → 新旗舰店")
    await page(operator, shop, "改名")
    await page(operator, shop, "给关注者发消息")
    await operator.says("老旗舰店")
    preview, _ = await operator.hears_all(2)
    assert preview.text.startswith("📢 小李给关注“新旗舰店”的你\n\n老旗舰店")
    assert "已改名" not in (await tells(operator, "三店")).text


async def test_a_question_is_answered_while_a_name_is_awaited_and_a_word_of_scores_is_no_name(
    operator: Person, shop: int
) -> None:
    await page(operator, shop, "改名")
    assert "关闭权限次数" in (await tells(operator, "怎么开通精选联盟")).text
    assert "不能当店名" in (await tells(operator, "体验分")).text
    assert "已改名" in (await tells(operator, "新旗舰店")).text


async def test_a_shop_is_removed_after_what_goes_was_said_and_its_followers_are_told_once(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    merchant = await follower(sandbox, operator, shop)
    await link_for(operator, shop)
    await waits(database_url, merchant.id, shop)
    asked = await page(operator, shop, "移除")
    assert asked.text.splitlines() == [
        "移除“旗舰店”？删了找不回来",
        "",
        f"店铺 ID {REF}。一起没有的：",
        "· 分数：没有",
        "· 关注的聊天：1 个，会各收到一条说明",
        "· 等着发的提醒：1 条",
        "· 还能用的绑定链接：1 个",
    ]
    sure = asked.data["确定移除"]
    assert (await presses(operator, "确定移除")).text == "已移除：旗舰店\n\n正在告诉关注的 1 个聊天（拉黑的收不到）。"
    told = (await merchant.hears()).text
    assert told.startswith("这家店不再由小李看着：旗舰店\n\n从现在起，这家店的分数提醒不再发给你")
    assert await state_of(database_url) == "dropped"
    assert await is_old(operator, sure, asked.id)
    assert ("shop.remove", f"{REF} followers=1") in await deeds(database_url)
    assert "还没有店铺" in (await tells(merchant, "/shops")).text


async def test_a_shop_that_is_not_removed_stays(operator: Person, database_url: str, shop: int) -> None:
    assert (await page(operator, shop, "移除", "不移除")).text.startswith("旗舰店")
    assert await followers(database_url, shop) == []
    assert "shop.remove" not in dict(await deeds(database_url))


async def test_what_waits_about_another_shop_too_goes_out_without_the_removed_one(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    merchant = await follower(sandbox, operator, shop)
    async with connected(database_url) as conn:
        other = (await shops.add(conn, "7120002", "二店", 0))[1].id
    await waits(database_url, merchant.id, shop, other)
    await page(operator, shop, "移除", "确定移除")
    assert await state_of(database_url) == "waiting"
    async with connected(database_url) as conn:
        assert (await conn.execute(select(notice_items.c.shop_id))).scalars().all() == [other]


async def test_a_follower_who_blocked_the_bot_is_not_shown_as_hearing(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    merchant = await follower(sandbox, operator, shop, "小店")
    async with connected(database_url) as conn:
        await chats.block(conn, merchant.id, "blocked", 1)
    shown = await page(operator, shop, "关注者")
    assert f"🔕 聊天 {merchant.id}，" in shown.text
    assert "起，拉黑了机器人" in shown.text


async def test_a_follower_who_is_unbound_hears_so_and_cannot_come_back_by_the_old_link(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    link = await link_for(operator, shop)
    merchant, other = await sandbox.person("小店"), await follower(sandbox, operator, shop, "另一家")
    await tells(merchant, f"/start {link}")
    await waits(database_url, merchant.id, shop)
    shown = await page(operator, shop, "关注者")
    assert shown.text.startswith("旗舰店：2 个聊天关注\n\n🔔 聊天 ")
    asked = await presses(operator, f"解绑 {merchant.id}")
    assert f"让聊天 {merchant.id} 不再关注“旗舰店”？" in asked.text
    done = await presses(operator, "确定解绑")
    assert done.text.startswith(f"已解绑聊天 {merchant.id}，正在告诉对方（拉黑的收不到）。\n\n旗舰店：1 个聊天关注")
    assert (await merchant.hears()).text.startswith("你不再关注这家店：旗舰店")
    assert await followers(database_url, shop) == [other.id]
    assert await state_of(database_url) == "dropped"
    assert (await tells(merchant, f"/start {link}")).text.startswith("这个绑定链接已经收回了")
    assert await followers(database_url, shop) == [other.id]
    assert await is_old(operator, f"opd|u|{shop}|{merchant.id}|1", done.id)
    assert ("shop.unbind", f"{REF} {merchant.id}") in await deeds(database_url)


async def test_a_shop_that_is_handed_over_has_no_follower_no_old_link_and_a_new_one(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    merchant, old = await follower(sandbox, operator, shop), await link_for(operator, shop)
    asked = await page(operator, shop, "换负责人")
    assert "现在关注的 1 个聊天不再收到这家店的提醒" in asked.text
    assert "还能用的 1 个旧链接收回。" in asked.text
    await operator.presses("确定换")
    done, offer = await operator.hears_all(2)
    assert "1 个聊天不再关注，正在告诉对方（拉黑的收不到）；1 个旧链接已收回。" in done.text
    assert (await merchant.hears()).text.startswith("这家店换了负责人：旗舰店")
    assert await followers(database_url, shop) == []
    new = await sandbox.person("新负责人")
    assert (await tells(new, f"/start {old}")).text.startswith("这个绑定链接已经收回了")
    assert offer.buttons == ["复制链接"]
    assert "已绑定" in (await tells(new, f"/start {offer.text.rpartition('?start=')[2].split()[0]}")).text
    assert await followers(database_url, shop) == [new.id]


async def test_a_shop_is_handed_over_once_however_often_the_button_is_pressed(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    asked = await page(operator, shop, "换负责人")
    sure = asked.data["确定换"]
    await operator.presses(sure, asked.id)
    _, offer = await operator.hears_all(2)
    new = await sandbox.person("新负责人")
    assert await is_old(operator, sure, asked.id)
    assert "已绑定" in (await tells(new, f"/start {offer.text.rpartition('?start=')[2].split()[0]}")).text
    assert await is_old(operator, sure, asked.id)
    assert await followers(database_url, shop) == [new.id]


async def test_who_left_a_shop_before_the_hand_over_cannot_come_back_by_the_old_link(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    link, merchant = await link_for(operator, shop), await sandbox.person("小店")
    await tells(merchant, f"/start {link}")
    async with connected(database_url) as conn:
        await follows.stop(conn, shop, merchant.id)
    await page(operator, shop, "换负责人")
    await operator.presses("确定换")
    await operator.hears_all(2)
    assert (await tells(merchant, f"/start {link}")).text.startswith("这个绑定链接已经收回了")
    assert await followers(database_url, shop) == []


async def test_nothing_is_ended_as_long_as_no_link_can_be_made(
    sandbox: SandboxClient, start: Start, database_url: str, shop: int
) -> None:
    await sandbox.fault("html_502", method="getMe")
    await start(messages_per_minute=1000, admin_chat_ids=frozenset({OPERATOR}))
    operator = await sandbox.person("运营", id=OPERATOR)
    async with connected(database_url) as conn:
        await follows.start(conn, shop, 7001, 0)
    assert "做不了链接" in (await page(operator, shop, "换负责人", "确定换")).text
    assert await followers(database_url, shop) == [7001]


async def test_links_are_listed_without_their_address_and_an_open_one_is_taken_back(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    merchant, link = await follower(sandbox, operator, shop), await link_for(operator, shop)
    shown = await page(operator, shop, "链接记录")
    assert shown.text.startswith("旗舰店：1 个绑定链接还能用")
    assert f"已绑定聊天 {merchant.id}" in shown.text
    assert link not in str(shown.raw)
    button = next(one for one in shown.buttons if one.startswith("收回第"))
    again = shown.data[button]
    revoked = await presses(operator, button)
    assert revoked.text.startswith("已收回，点开也绑定不了。\n\n旗舰店：没有还能用的绑定链接")
    late = await sandbox.person("来晚了")
    assert (await tells(late, f"/start {link}")).text.startswith("这个绑定链接已经收回了")
    assert await is_old(operator, again, revoked.id)
    assert "invite.revoke" in dict(await deeds(database_url))
    assert ("invite.make", REF) in await deeds(database_url)


async def test_a_notice_that_waits_is_withdrawn_and_shown_as_such(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    merchant = await follower(sandbox, operator, shop)
    await waits(database_url, merchant.id, shop)
    shown = await tells(operator, "/admin")
    await operator.presses("adm|e|1", shown.id)
    assert "撤回，不发了" in (await operator.hears()).buttons
    asked = await presses(operator, "撤回，不发了")
    assert asked.text.splitlines()[:3] == [
        f"撤回通知 1？聊天 {merchant.id} 就不会收到了",
        "",
        "· 警告线下：旗舰店 3.7",
    ]
    assert (await presses(operator, "确定撤回")).text.startswith("已撤回通知 1，不会发给聊天")
    assert "旗舰店" in (await operator.sees())[-1].buttons
    proof = await presses(operator, "看这条通知")
    assert proof.text.startswith("通知 1：已撤回")
    assert "撤回，不发了" not in proof.buttons
    assert await state_of(database_url) == "recalled"
    await operator.presses("opd|b|1|1", proof.id)
    assert (await operator.hears()).text.startswith("没有撤回：通知 1 已撤回")
    assert ("notice.withdraw", "1") in await deeds(database_url)


async def test_the_followers_of_one_shop_are_written_to_after_a_preview(
    operator: Person, sandbox: SandboxClient, database_url: str, shop: int
) -> None:
    merchant, gone = await follower(sandbox, operator, shop), await follower(sandbox, operator, shop, "拉黑的")
    stranger = await sandbox.person("别家")
    await tells(stranger, "/start")
    await gone.blocks()
    shown = await tells(operator, "/admin")
    while "拉黑或注销 1" not in shown.text:  # the block is an update of its own
        shown = await presses(operator, "刷新")
    assert "发消息给关注“旗舰店”的商家" in (await page(operator, shop, "给关注者发消息")).text
    await operator.says("昨天的分数导错了，已更正")
    preview, control = await operator.hears_all(2)
    assert preview.text.startswith("📢 小李给关注“旗舰店”的你\n\n昨天的分数导错了，已更正\n№")
    assert "发给：关注这家店的商家，共 1 个聊天，跳过 1 个（拉黑或注销）" in control.text
    await operator.presses("确认发送")
    while "发完了" not in (done := await operator.hears()).text:
        pass
    assert "已送达 1 / 1" in done.text
    told = (await merchant.hears()).text
    assert told.partition("\n№")[0] == preview.text.partition("\n№")[0]
    assert not any("导错了" in one.text for one in await stranger.sees())


async def test_the_followers_of_no_shop_in_particular_are_no_audience(operator: Person) -> None:
    shown = await tells(operator, "/admin", "发公告")
    assert not any("关注" in one for one in shown.buttons)
    assert await is_old(operator, "ann|to|shop", shown.id)


async def test_where_nobody_follows_there_is_nobody_to_write_to(operator: Person, shop: int) -> None:
    shown = await page(operator, shop, "给关注者发消息")
    assert shown.text.startswith("旗舰店：没有可以发的人")
    assert "导错了" not in (await tells(operator, "昨天的分数导错了")).text


async def test_an_id_that_is_not_registered_is_told_how_to_be(operator: Person) -> None:
    shown = await tells(operator, "/invite 9")
    assert shown.text.startswith("没有登记过店铺 ID“9”。先登记：把店铺名单")
