"""/admin and announcements in the operators' chat, over HTTP."""

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

import bot
from bot import compose
from bot.views.render import render
from storage import audit, shops
from storage.schema import dialogues, inbox, notice_items, notices, outbox, scores
from tests.databases import connected
from tests.journeys.conftest import Start, bot_running, execute, is_old, presses, tells
from tests.live import Message, Person, SandboxClient
from tests.warnings.world import ZONE

OPERATOR = 900001
BOT = Path(bot.__file__).parent
NOTED = re.compile(r"note\(|record\(")


@pytest.fixture
async def operator(sandbox: SandboxClient, start: Start) -> Person:
    """Somebody whose private chat is listed in ADMIN_CHAT_IDS, with the running bot."""
    await start(messages_per_minute=1000, admin_chat_ids=frozenset({OPERATOR}))
    return await known(sandbox)


async def known(sandbox: SandboxClient) -> Person:
    """The operator, who has written to the bot before."""
    operator = await sandbox.person("运营", id=OPERATOR)
    await tells(operator, "/start")
    return operator


async def crowd(sandbox: SandboxClient, count: int) -> list[Person]:
    people = [await sandbox.person(f"小店{number}") for number in range(count)]
    for person in people:
        await tells(person, "/start")
    return people


async def acquainted(sandbox: SandboxClient, database_url: str, count: int) -> list[Person]:
    """So many people who wrote to the bot at some time."""
    people = [await sandbox.person(f"小店{number}") for number in range(count)]
    rows = [{"chat_id": person.id, "version": 1, "body": "{}", "updated_at": 0} for person in people]
    await execute(database_url, insert(dialogues).values(rows))
    return people


async def told(people: list[Person], words: str) -> Counter[int]:
    """How often each of these was told this."""
    return Counter([person.id for person in people for one in await person.sees() if words in one.text])


async def begun(operator: Person, audience: str, text: str) -> tuple[Message, Message]:
    """The preview and the message that asks for the confirmation."""
    await tells(operator, "/admin", "发公告", audience)
    await operator.says(text)
    preview, control = await operator.hears_all(2)
    return preview, control


async def ended(operator: Person, word: str) -> Message:
    """The operator's message when the announcement has come to this."""
    while word not in (shown := await operator.hears()).text:
        pass
    return shown


async def test_to_anybody_else_there_is_no_such_command_and_no_such_button(
    operator: Person, sandbox: SandboxClient
) -> None:
    await tells(operator, "/admin")
    merchant = await sandbox.person("小店")
    unknown = await tells(merchant, "/nosuchthing")
    assert (await tells(merchant, "/admin")).text == unknown.text
    for data in ("adm", "adm|d", "ann", "ann|to|all"):
        assert await is_old(merchant, data, unknown.id)


async def test_the_help_names_the_operators_commands_to_operators_alone(
    operator: Person, sandbox: SandboxClient
) -> None:
    assert "你是运营：/admin 面板，/risk" in (await tells(operator, "/help")).text
    assert "/admin" not in (await tells(await sandbox.person("小店"), "/help")).text


async def test_an_operator_gets_a_link_to_copy_that_binds_the_shop_once(
    operator: Person, sandbox: SandboxClient, database_url: str
) -> None:
    async with connected(database_url) as conn:
        for ref, name in (("7120001", "旗舰店"), ("7120002", "二店")):
            await shops.add(conn, ref, name, 0)
    await sandbox.calls("getMe", status=200, count=1)
    asked = await tells(operator, "/invite")
    assert asked.buttons == ["二店", "旗舰店"]
    for offer in (await presses(operator, "旗舰店"), await tells(operator, "/invite 7120001")):
        link = offer.text.splitlines()[2]
        assert offer.text.startswith("绑定链接：旗舰店\n\nhttps://t.me/sandbox_bot?start=i1")
        [[button]] = offer.raw["reply_markup"]["inline_keyboard"]
        assert button == {"text": "复制链接", "style": "primary", "copy_text": {"text": link}}
        assert len(link) <= 256
    merchant = await sandbox.person("小店")
    assert (await tells(merchant, link)).text.startswith("✅ 已绑定：旗舰店")
    assert (await tells(operator, "/invite")).buttons == ["二店"]
    assert (await tells(operator, "/invite 9")).text.startswith("没有登记过店铺 ID“9”")


async def test_links_are_made_once_the_server_tells_the_name(
    sandbox: SandboxClient, start: Start, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "NAME_AGAIN_S", 0.05)
    await sandbox.fault("html_502", method="getMe", count=2)
    await start(messages_per_minute=1000, admin_chat_ids=frozenset({OPERATOR}))
    async with connected(database_url) as conn:
        await shops.add(conn, "7120001", "旗舰店", 0)
    await sandbox.calls("getMe", status=200, count=1)
    assert "https://t.me/sandbox_bot?start=" in (await tells(await known(sandbox), "/invite 7120001")).text


async def test_nobody_else_gets_a_link(operator: Person, sandbox: SandboxClient, database_url: str) -> None:
    async with connected(database_url) as conn:
        await shops.add(conn, "7120001", "旗舰店", 0)
    merchant = await sandbox.person("小店")
    unknown = await tells(merchant, "/nosuchthing")
    assert (await tells(merchant, "/invite 7120001")).text == unknown.text
    assert await is_old(merchant, "inv|1", unknown.id)


async def test_a_group_is_no_office_even_of_an_operator(sandbox: SandboxClient, start: Start) -> None:
    group = await sandbox.chat(type="group", title="运营群")
    await start(messages_per_minute=1000, admin_chat_ids=frozenset({group.id}))
    await group.joins()
    assert "运营面板" not in (await tells(group, "/admin")).text


async def test_the_front_page_counts_merchants_shops_and_notices(operator: Person, sandbox: SandboxClient) -> None:
    low, good, gone = await crowd(sandbox, 3)
    await tells(low, "体验分 3.7", "记下")
    await tells(good, "体验分 4.6", "记下")
    await gone.blocks()
    shown = await tells(operator, "/admin")
    while "拉黑或注销 1" not in shown.text:  # the block is an update of its own
        shown = await presses(operator, "刷新")
    assert "商家 4" in shown.text
    assert "店铺 2" in shown.text
    assert "⚠️ 会收到平台警告 1" in shown.text
    assert "✅ 这个分数不触发警告或关闭 1" in shown.text
    assert "处理不了的消息 0 · 发不出去的消息 0" in shown.text


async def test_the_pages_are_one_message(operator: Person, sandbox: SandboxClient) -> None:
    shown = await tells(operator, "/admin")
    for button, word in [
        ("没成功的 0", "处理不了的消息"),
        ("返回", "运营面板"),
        ("没看懂的提问", "30 天内"),
        ("返回", "运营面板"),
        ("分数来源", "还没有收到过分数"),
        ("返回", "运营面板"),
        ("操作记录", "你 · 看运营面板"),
        ("返回", "运营面板"),
        ("今天的通知", "没有。"),
    ]:
        edited = await presses(operator, button)
        assert edited.id == shown.id
        assert word in edited.text


async def test_a_question_that_was_not_understood_is_shown_masked(operator: Person, sandbox: SandboxClient) -> None:
    merchant = await sandbox.person("小店")
    await tells(merchant, "火星上的月饼 13800138000 怎么包邮呀")
    shown = await tells(operator, "/admin", "没看懂的提问")
    assert "1 次 · 火星上的月饼" in shown.text
    assert "13800138000" not in shown.text


async def test_dead_letters_are_seen_and_requeued(operator: Person, sandbox: SandboxClient, database_url: str) -> None:
    merchant = await sandbox.person("小店")
    await tells(merchant, "/start")
    update = {
        "update_id": 7001,
        "message": {
            "message_id": 1,
            "date": 1,
            "text": "/help",
            "chat": {"id": merchant.id, "type": "private"},
            "from": {"id": merchant.id, "is_bot": False, "first_name": "x"},
        },
    }
    dead = {"chat_id": merchant.id, "state": "dead", "due_at": 0}
    letter = {"lane": 0, "method": "sendMessage", "payload": json.dumps({"text": "迟到的一条"}), "numbered": True}
    failed = {"in_order": True, "tries": 6, "unsure": False, "error": "BadRequest", "created_at": 0}
    arrived = {"key": 7001, "body": json.dumps(update), "tries": 5, "error": "KeyError", "received_at": 0}
    await execute(database_url, insert(outbox).values(dead | letter | failed), insert(inbox).values(dead | arrived))
    shown = await tells(operator, "/admin", "没成功的 2")
    assert "BadRequest" in shown.text
    assert "KeyError" in shown.text
    assert "迟到的一条" not in shown.text
    again, handle = (next(one for one in shown.buttons if word in one) for word in ("再发", "再处理"))
    await presses(operator, again)
    assert "迟到的一条" in (await merchant.hears()).text
    emptied = await presses(operator, handle)
    assert "KeyError" not in emptied.text
    assert "问" in (await merchant.hears()).text
    log = await tells(operator, "/admin", "操作记录")
    assert "你 · 再发没发出去的消息" in log.text
    assert "你 · 再处理消息" in log.text


async def test_the_proof_of_a_notice_names_due_tries_sent_and_message(
    operator: Person, sandbox: SandboxClient, database_url: str
) -> None:
    merchant = await sandbox.person("小店")
    await tells(merchant, "体验分 3.4", "记下")
    day = select(func.max(scores.c.day)).scalar_subquery()
    notice = {"chat_id": merchant.id, "day": day, "edition": "2022-10-10", "is_urgent": True, "is_late": False}
    item = {"notice_id": 1, "shop_id": 1, "subject": "", "reason": "closing", "line": "closing", "fact": "score"}
    letter = {"chat_id": merchant.id, "lane": 1, "method": "sendMessage", "payload": "{}", "numbered": True}
    named = {"key": "notice:1", "in_order": True, "notice_id": 1, "state": "waiting", "due_at": 0}
    await execute(
        database_url,
        insert(notices).values(notice | {"made_at": 0, "due_at": 1}),
        insert(notice_items).values(item | {"hundredths": 340, "score_day": day}),
        insert(outbox).values(letter | named | {"tries": 0, "unsure": False, "created_at": 0}),
    )
    warned = await merchant.hears()
    shown = await tells(operator, "/admin", "今天的通知")
    assert "1. 商家自己的店：清退线下 · 已送达" in shown.text
    proof = await presses(operator, "看 1")
    assert f"聊天 {merchant.id} · 编号 №" in proof.text
    assert "试过 1 次" in proof.text
    assert f"Telegram 消息 {warned.id}" in proof.text
    assert "清退线下：商家自己的店 3.4" in proof.text


async def test_todays_notices_name_their_shops_and_lead_to_them(operator: Person, database_url: str) -> None:
    async with connected(database_url) as conn:
        named = [(await shops.add(conn, f"712000{at}", name, 0))[1] for at, name in enumerate(("花店", "茶店"))]
    today = datetime.now(ZONE).date()
    notice = {"chat_id": 7, "day": today, "edition": "2022-10-10", "is_urgent": True, "is_late": False}
    item = {"notice_id": 1, "subject": "", "reason": "closing", "line": "closing", "fact": "score"}
    letter = {"chat_id": 7, "lane": 1, "method": "sendMessage", "payload": "{}", "numbered": True, "key": "notice:1"}
    fate = {"in_order": True, "notice_id": 1, "state": "sent", "due_at": 0, "created_at": 0, "done_at": 1}
    await execute(
        database_url,
        insert(notices).values(notice | {"made_at": 0, "due_at": 1}),
        insert(notice_items).values([item | {"shop_id": one.id} for one in named]),
        insert(outbox).values(letter | fate | {"tries": 1, "unsure": False}),
    )
    assert "1. 花店 等 2 家店：清退线下 · 已送达" in (await tells(operator, "/admin", "今天的通知")).text
    assert (await presses(operator, "看 1")).rows[0] == ["花店", "茶店"]
    assert "花店 7120000" in (await presses(operator, "花店")).text


async def test_deeds_are_named_in_words_with_the_shop(operator: Person, database_url: str) -> None:
    async with connected(database_url) as conn:
        await shops.add(conn, "7120001", "花店", 0)
        for action, subject in (
            ("shop.rename", "7120001"),
            ("invite.make", "7120001"),
            ("shop.remove", "7120002 x"),
        ):
            await audit.record(conn, None, action, subject, 0)
    lines = (await tells(operator, "/admin", "操作记录")).text.splitlines()
    deeds = [line.partition(" · 命令行 · ")[2] for line in lines if "命令行" in line]
    assert deeds == ["移除店铺：7120002", "发绑定链接：花店", "改名：花店"]


def test_every_deed_has_words() -> None:
    areas = "admin|announcement|invite|message|notice|questions|risk|scores|shop|shops|update"
    files = [file for folder in ("journeys", "commands") for file in (BOT / folder).glob("*.py")]
    noted = "\n".join(line for file in files for line in file.read_text("utf-8").splitlines() if NOTED.search(line))
    actions = set(re.findall(rf'"((?:{areas})\.[a-z_]+)"', noted)) | {"message.requeue", "update.requeue"}
    assert {"shop.rename", "scores.register", "invite.make"} <= actions
    for action in actions:
        act = {"at": datetime.now(ZONE), "operator": 1, "action": action, "subject": ""}
        assert action not in render("operators/log", acts=[(act, None)], reader=1).plain


async def test_an_announcement_is_previewed_confirmed_and_told_once_to_everybody(
    operator: Person, sandbox: SandboxClient
) -> None:
    people = await crowd(sandbox, 12)
    blocked = people.pop()
    await blocked.blocks()
    shown = await tells(operator, "/admin")
    while "拉黑或注销 1" not in shown.text:  # the block is an update of its own
        shown = await presses(operator, "刷新")
    words = "明天 <b>22:00</b> 维护\n约 10 分钟 & 不影响提醒"
    preview, control = await begun(operator, "全部商家（12）", words)
    assert words in preview.text
    assert "共 12 个聊天" in control.text
    await operator.presses("确认发送")
    done = await ended(operator, "发完了")
    assert done.id == control.id
    assert done.buttons == ["返回"]
    for person in people:
        (text,) = [one.text for one in await person.sees() if "维护" in one.text]
        assert text.partition("№")[0] == preview.text.partition("№")[0]
    assert await sandbox.calls("sendMessage", chat_id=blocked.id, status=403) == []


async def test_an_announcement_to_a_standing_reaches_nobody_else(operator: Person, sandbox: SandboxClient) -> None:
    low, good = await crowd(sandbox, 2)
    await tells(low, "体验分 3.7", "记下")
    await tells(good, "体验分 4.6", "记下")
    _, control = await begun(operator, "⚠️ 会收到平台警告（1）", "分数低的朋友看这里")
    assert "共 1 个聊天" in control.text
    await operator.presses("确认发送")
    assert "已送达 1 / 1" in (await ended(operator, "发完了")).text
    assert any("分数低的朋友" in one.text for one in await low.sees())
    assert not any("分数低的朋友" in one.text for one in await good.sees())


async def test_an_announcement_that_is_not_confirmed_goes_to_nobody(operator: Person, sandbox: SandboxClient) -> None:
    (person,) = await crowd(sandbox, 1)
    _, control = await begun(operator, "全部商家（2）", "不该发出去")
    go = control.data["确认发送"]
    assert "没有发出" in (await presses(operator, "取消")).text
    assert await is_old(operator, go, control.id)
    assert not any("不该发出去" in one.text for one in await person.sees())


async def test_a_draft_has_no_progress_to_show(operator: Person) -> None:
    _, control = await begun(operator, "全部商家（1）", "还没发")
    number = control.data["确认发送"].removeprefix("ann|go|")
    assert await is_old(operator, f"ann|s|{number}", control.id)


async def test_a_text_that_is_too_long_is_asked_for_again(operator: Person) -> None:
    await tells(operator, "/admin", "发公告", "全部商家（1）")
    assert "太长了" in (await tells(operator, "长" * 901)).text
    await operator.says("短")
    preview, _ = await operator.hears_all(2)
    assert "短" in preview.text


async def test_only_the_text_after_the_button_is_an_announcement(operator: Person) -> None:
    await begun(operator, "全部商家（1）", "公告文字")
    assert "公告" not in (await tells(operator, "怎么开通精选联盟")).text


SLOWLY = {"messages_per_minute": 1000, "send_rate_per_s": 20, "admin_chat_ids": frozenset({OPERATOR})}


@pytest.fixture
async def going_out(sandbox: SandboxClient, start: Start, database_url: str) -> tuple[Person, list[Person]]:
    """The operator of an announcement that is slowly going out, and sixty people who hear it."""
    await start(**SLOWLY)
    operator, people = await known(sandbox), await acquainted(sandbox, database_url, 60)
    await begun(operator, "全部商家（61）", "慢慢发")
    await operator.presses("确认发送")
    await ended(operator, "发送中")
    return operator, people


async def test_a_stopped_announcement_stops_and_says_how_far_it_came(going_out: tuple[Person, list[Person]]) -> None:
    operator, people = going_out
    await operator.presses("停止")
    stopped = await ended(operator, "已停止")
    reached = len(await told([*people, operator], "慢慢发")) - 1  # the operator's own preview
    sent, total = (int(part) for part in stopped.text.partition("已送达 ")[2].partition(" ·")[0].split(" / "))
    assert total == 61
    assert sent < 61
    assert reached <= sent <= reached + 1


async def test_merchants_get_replies_while_an_announcement_goes_out(
    going_out: tuple[Person, list[Person]], sandbox: SandboxClient
) -> None:
    assert "关闭权限次数" in (await tells(await sandbox.person("来问的"), "怎么开通精选联盟")).text
    assert len(await told(going_out[1], "慢慢发")) < 60


async def test_a_bot_that_is_restarted_goes_on_and_tells_nobody_twice(
    sandbox: SandboxClient, database_url: str
) -> None:
    async with bot_running(sandbox.url, database_url, **SLOWLY):
        operator = await known(sandbox)
        people = await acquainted(sandbox, database_url, 40)
        await begun(operator, "全部商家（41）", "一人一条")
        await operator.presses("确认发送")
        await sandbox.calls("sendMessage", count=12)
    assert len(await told(people, "一人一条")) < 40
    async with bot_running(sandbox.url, database_url, **SLOWLY):
        assert "已送达 41 / 41" in (await ended(operator, "发完了")).text
    assert await told(people, "一人一条") == {person.id: 1 for person in people}
