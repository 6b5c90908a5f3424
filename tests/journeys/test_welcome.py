"""The first contact, over HTTP: who this is, who invites to which shop, what may be kept, and what to do first."""

import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage import audit
from tests.databases import connected
from tests.journeys.conftest import Start, asks, lines, presses, tells
from tests.journeys.test_shops import invite
from tests.live import Message, SandboxClient, sandbox_client
from tests.sandbox.test_message_methods import PNG

OPERATOR, COLLEAGUE, FORMER = 900001, 900002, 900003
EDITIONS = ["2022-10-10", "2026-07-29"]


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxClient]:
    """A world in which nobody has agreed to anything."""
    async with sandbox_client() as client:
        yield client


def styles(message: Message) -> dict[str, str]:
    rows = message.raw["reply_markup"]["inline_keyboard"]
    return {button["text"]: button.get("style", "") for row in rows for button in row}


@pytest.mark.parametrize(
    ("name", "who"), [("晨光代运营", "晨光代运营请你绑定店铺：旗舰店"), ("", "运营请你绑定店铺：旗舰店")]
)
async def test_an_invited_merchant_reads_who_what_and_what_for_before_the_consent(
    sandbox: SandboxClient, start: Start, database_url: str, name: str, who: str
) -> None:
    await start(operator_name=name)
    asked = await tells(await sandbox.person(), f"/start {await invite(database_url)}")
    said = asked.text.splitlines()
    assert said[:2] == ["你好，我是精选联盟助手，是程序，不是平台官方。", who]
    assert said[2].startswith("绑定以后，分数掉到警告线或清退线以下我会提醒你")
    assert said[4].startswith("可以保存吗？") and "境外" in said[4] and "/forget" in said[4]
    assert lines(asked) == 6
    assert styles(asked) == {"同意并绑定": "primary", "不同意": ""}


async def test_a_yes_binds_the_shop_and_a_no_binds_nothing(
    sandbox: SandboxClient, start: Start, database_url: str
) -> None:
    await start()
    payload, person = await invite(database_url), await sandbox.person()
    refused = await tells(person, f"/start {payload}", "不同意")
    assert refused.text.startswith("好，什么都没有保存")
    assert "还没有店铺" in await asks(person, "/shops")
    await tells(person, f"/start {payload}", "同意并绑定")
    assert (await person.hears()).text.startswith("✅ 已绑定：旗舰店")


async def test_a_link_without_effect_names_no_shop(sandbox: SandboxClient, start: Start, database_url: str) -> None:
    await start()
    used, first = await invite(database_url), await sandbox.person()
    await tells(first, f"/start {used}", "同意并绑定")
    old = await invite(database_url, until=datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=5))
    stranger = await sandbox.person()
    for payload in (used, old, used[:-2] + "AA", old[:-3]):
        said = await tells(stranger, f"/start {payload}")
        assert "旗舰店" not in said.text
        assert "同意并绑定" not in said.buttons


async def test_a_link_used_by_another_between_question_and_yes_names_nothing_more(
    sandbox: SandboxClient, start: Start, database_url: str
) -> None:
    await start()
    payload = await invite(database_url)
    slow, quick = await sandbox.person(), await sandbox.person()
    await tells(slow, f"/start {payload}")
    await tells(quick, f"/start {payload}", "同意并绑定")
    await presses(slow, "同意并绑定")
    assert (await slow.hears()).text.startswith("这个绑定链接已经被别人用过了")


@pytest.mark.parametrize("edition", EDITIONS)
async def test_the_welcome_shows_three_things_to_do(sandbox: SandboxClient, start: Start, edition: str) -> None:
    await start(rules_edition=edition)
    person = await sandbox.person()
    welcome = await tells(person, "/start")
    assert welcome.rows == [["问规则"], ["查资格"], ["记体验分"]]
    assert lines(welcome) <= 6
    assert f"现在按 {edition} 版规则" in welcome.text
    assert ("的要点回答" in welcome.text) == (edition == "2026-07-29")
    begins = {"问规则": "直接打字问", "查资格": "第 1/", "记体验分": "把分数发给我"}
    for button, start_of in begins.items():
        await person.presses(button, welcome.id)
        assert (await person.hears()).text.startswith(start_of)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("words", ["/start", "/help", "问规则"])
async def test_what_is_not_so_is_not_said_and_the_score_is_explained(
    sandbox: SandboxClient, start: Start, edition: str, words: str
) -> None:
    await start(rules_edition=edition)
    said = await asks(await sandbox.person(), words)
    assert "“体验分是什么”" in said or "• 体验分是什么" in said
    assert not [word for word in ("一分钟", "只引用", "重新开始") if word in said]


async def test_the_menu_says_nothing_that_is_not_so_in_every_edition(sandbox: SandboxClient, start: Start) -> None:
    await start()
    await sandbox.calls("setMyShortDescription", count=1)
    said = str([call["params"] for call in await sandbox.calls() if call["method"].startswith("setMy")])
    assert not [word for word in ("一分钟", "原文", "重新开始") if word in said]


async def test_the_picture_of_a_score_is_read_by_its_words(sandbox: SandboxClient, start: Start) -> None:
    await start()
    person = await sandbox.person()
    await person.sends("photo", PNG, "屏幕.png", "体验分 3.9")
    assert "要记下吗" in (await person.hears()).text
    await person.sends("photo", PNG, "屏幕.png", "/help")
    assert (await person.hears()).text.startswith("我能做四件事")
    await person.sends("document", b"x", "分数.txt", "怎么开通精选联盟")
    assert "商家体验分>=4.0分" in (await person.hears()).text
    await person.sends("photo", PNG, "屏幕.png")
    silent = await person.hears()
    assert silent.text == "图片和语音我看不懂。分数请打字发给我，比如“体验分 3.9”；写在图片下面也行。"


@pytest.mark.parametrize("place", [None, 0, 2, 9])
async def test_an_album_of_ten_is_answered_once_and_its_words_are_read(
    sandbox: SandboxClient, start: Start, place: int | None
) -> None:
    await start()
    person = await sandbox.person()
    head = {"message_id": 1, "date": int(time.time()), "chat": {"id": person.id, "type": "private"}}
    photo = {"photo": [{"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1}], "media_group_id": "7"}
    for number in range(10):
        words = {"caption": "体验分 3.9"} if number == place else {}
        await sandbox.push(json.dumps({"update_id": 10**9 + number, "message": {**head, **photo, **words}}))
    await sandbox.push(json.dumps({"update_id": 10**9 + 10, "message": {**head, "text": "/help"}}))
    while not (await person.hears()).text.startswith("我能做四件事"):
        pass
    answer = "图片和语音我看不懂" if place is None else "体验分 3.9：✅"
    assert [message.text[:9] for message in await person.sees() if message.is_from_bot] == [answer, "我能做四件事\n\n1"]


async def test_an_operators_file_stays_a_file_whatever_is_written_below(sandbox: SandboxClient, start: Start) -> None:
    await start(admin_chat_ids=frozenset({OPERATOR}))
    operator = await sandbox.person("运营", id=OPERATOR)
    await operator.sends("document", b"x", "scores.csv", "怎么开通精选联盟")
    assert (await operator.hears()).text.startswith("收到文件")


async def commands(sandbox: SandboxClient, chat_id: int) -> list[str]:
    chats: list[dict[str, Any]] = await sandbox.ask("GET", "chats")
    return [command["command"] for chat in chats if chat["id"] == chat_id for command in chat["commands"]]


async def test_operators_see_their_commands_and_nobody_else_does(
    sandbox: SandboxClient, start: Start, database_url: str
) -> None:
    for chat_id in (COLLEAGUE, FORMER):
        await sandbox.person("运营", id=chat_id)
    async with connected(database_url) as conn:
        await audit.record(conn, FORMER, "admin.overview", "", 0)
    await start(admin_chat_ids=frozenset({OPERATOR, COLLEAGUE}))
    await sandbox.calls("deleteMyCommands", count=1)
    assert [call["params"]["scope"] for call in await sandbox.calls("deleteMyCommands")] == [
        {"type": "chat", "chat_id": FORMER}
    ]
    seen = await commands(sandbox, COLLEAGUE)
    assert seen[:5] == ["admin", "risk", "find", "invite", "check"], "also after a chat that is unknown"
    assert await commands(sandbox, FORMER) == []
    assert "admin" not in [command["command"] for command in (await sandbox.state())["commands"]]


async def test_an_operator_who_comes_after_the_start_sees_them_with_the_welcome(
    sandbox: SandboxClient, start: Start
) -> None:
    await start(admin_chat_ids=frozenset({OPERATOR}))
    await sandbox.calls("setMyCommands", status=400, count=1)
    operator, merchant = await sandbox.person("运营", id=OPERATOR), await sandbox.person()
    for person in (operator, merchant):
        await tells(person, "/start")
    await sandbox.calls("setMyCommands", count=3)
    assert (await commands(sandbox, OPERATOR))[0] == "admin"
    assert await commands(sandbox, merchant.id) == []


async def test_where_styles_are_refused_the_question_comes_all_the_same_once(
    sandbox: SandboxClient, start: Start
) -> None:
    await sandbox.fault("styles")
    await start()
    person = await sandbox.person()
    for command in ("/forget", "/forget"):
        asked = await tells(person, command)
        assert styles(asked) == {"确定，全部删除": "", "不删": ""}
    assert [call["status"] for call in await sandbox.calls("sendMessage", person.id)] == [400, 200, 200]


async def test_a_deletion_stands_out(sandbox: SandboxClient, start: Start) -> None:
    await start()
    assert styles(await tells(await sandbox.person(), "/forget")) == {"确定，全部删除": "danger", "不删": ""}
