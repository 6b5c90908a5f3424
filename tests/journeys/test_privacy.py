"""Consent asked once, what is kept taken away, all of it gone: over HTTP, the rows counted in the database."""

import csv
import io
import json
import os
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.conversation import links
from bot.journeys.consent import VERSION
from storage import personal, schema
from storage.retention import PERIODS
from tests.databases import connected
from tests.journeys.conftest import TOKEN, asks, bot_running, is_old, presses, tells
from tests.journeys.test_check import GOOD, checks, takes
from tests.journeys.test_shops import invite
from tests.live import Message, Person, SandboxClient, sandbox_client
from tests.sandbox.test_message_methods import PNG

YES, NO = "同意并继续", "不同意"
BIND = "同意并绑定"
DATED = ("开了", "能", "正常营业", "0 次", "4.2", "没开通", "今天", "没有", "齐了")
STORING = ("checks", "shops", "scores", "follows", "preferences", "milestones", "consents")


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxClient]:
    """A world in which nobody has agreed to anything."""
    async with sandbox_client() as client:
        yield client


async def rows(database_url: str, chat_id: int) -> dict[str, int]:
    """How many rows of each table are the chat's; tables without any are left out."""
    found = {}
    async with connected(database_url) as conn:
        for table in personal.personal():
            query = select(func.count()).select_from(table).where(personal.belonging(table, chat_id))
            found[table.name] = (await conn.execute(query)).scalar_one()
    return {name: count for name, count in found.items() if count}


async def stored(database_url: str, chat_id: int) -> dict[str, int]:
    found = await rows(database_url, chat_id)
    return {name: count for name, count in found.items() if name in STORING}


async def test_a_score_is_kept_only_after_consent_and_then_at_once(shop: Person, database_url: str) -> None:
    asked = await tells(shop, "体验分 3.7", "记下")
    assert asked.buttons == [YES, NO]
    assert asked.is_edited
    assert await stored(database_url, shop.id) == {}
    kept = await presses(shop, YES)
    assert kept.is_edited
    assert "已记下：我的店铺" in kept.text
    assert await stored(database_url, shop.id) == {"consents": 1, "shops": 1, "scores": 1, "follows": 1}


async def test_an_edition_chosen_in_words_is_kept_only_after_consent(shop: Person, database_url: str) -> None:
    asked = await tells(shop, "以后都按2026版")
    assert asked.buttons == [YES, NO]
    assert await stored(database_url, shop.id) == {}
    assert (await presses(shop, YES)).text.startswith("好，以后都按 2026-07-29 版")
    assert await stored(database_url, shop.id) == {"consents": 1, "preferences": 1}


async def test_consent_is_asked_once(shop: Person) -> None:
    await tells(shop, "体验分 3.7", "记下", YES)
    assert "已改为" in (await tells(shop, "体验分 3.6", "记下")).text
    assert "已添加：二店" in await asks(shop, "/shops 二店")
    assert "免打扰：不设" in (await tells(shop, "/settings", "免打扰时间", "不设免打扰")).text


async def test_a_link_that_binds_nothing_is_refused_without_the_question(
    shop: Person, sandbox: SandboxClient, database_url: str
) -> None:
    payload = await invite(database_url)
    await tells(shop, f"/start {payload}", BIND)
    other = await sandbox.person("别人")
    assert "已经被别人用过了" in await asks(other, f"/start {payload}")
    assert await stored(database_url, other.id) == {}


async def test_who_says_no_keeps_nothing_and_goes_on(shop: Person, database_url: str) -> None:
    refused = await tells(shop, "体验分 3.7", "记下", NO)
    assert refused.text.startswith("好，什么都没有保存")
    assert await stored(database_url, shop.id) == {}
    assert "商家体验分>=4.0分" in await asks(shop, "怎么开通精选联盟")


async def test_questions_and_the_whole_check_need_no_consent(shop: Person, database_url: str) -> None:
    assert "体验分 3.85 不到 4.0" in await asks(shop, "3.85")
    result = await checks(shop, *GOOD)
    assert result.text.startswith("✅ 可以开通")
    assert "还没有保存" in result.text
    assert await stored(database_url, shop.id) == {}


async def test_a_result_is_kept_when_the_button_below_it_says_so(shop: Person, database_url: str) -> None:
    result = await checks(shop, *GOOD)
    saved = await presses(shop, "同意并保存结果")
    assert saved.is_edited
    assert saved.text.startswith("✅ 可以开通")
    assert "同意并保存结果" not in saved.buttons
    assert await stored(database_url, shop.id) == {"consents": 1, "checks": 1, "shops": 1, "scores": 1}
    assert saved.id == result.id


async def test_a_result_that_is_not_kept_is_shown_again_while_the_conversation_lasts(shop: Person) -> None:
    await checks(shop, *GOOD)
    again = await tells(shop, "/check")
    assert again.text.startswith("✅ 可以开通")
    assert "还没有保存" in again.text


async def test_a_check_without_consent_goes_on_from_what_was_answered(shop: Person, database_url: str) -> None:
    first = await checks(shop, *GOOD[:-1], "不清楚")
    menu = await presses(shop, "改一个答案")
    await presses(shop, next(label for label in menu.buttons if label.startswith("体验分：4.2 分 · 今天记的")))
    result = await tells(shop, "3.9")
    assert (first.text[:9], result.text[:10]) == ("❓ 还不能下结论（", "❌ 现在还不能开通（")
    again = await tells(shop, "/check")
    assert again.text.partition("№")[0].strip() == result.text.strip()
    assert await stored(database_url, shop.id) == {}
    await tells(shop, "体验分 4.1", "记下", YES)
    assert "体验分 4.1（今天记的）" in (await tells(shop, "/check")).text
    await presses(shop, "重新检查")
    await presses(shop, "还没开")
    assert (await stored(database_url, shop.id))["checks"] == 1


async def test_days_to_be_reminded_of_are_kept_with_their_check_after_consent(shop: Person, database_url: str) -> None:
    await checks(shop, *DATED)
    asked = await presses(shop, "到日子提醒我")
    assert asked.buttons == [YES, NO]
    kept = await presses(shop, YES)
    assert "到日子我会提醒你" in kept.text
    found = await stored(database_url, shop.id)
    assert found.pop("milestones") > 0
    assert found == {"consents": 1, "checks": 1, "shops": 1, "scores": 1}


async def test_a_shop_is_added_under_the_name_that_was_typed_before_the_question(
    shop: Person, database_url: str
) -> None:
    asked = await tells(shop, "/shops 二店")
    assert asked.buttons == [YES, NO]
    assert await stored(database_url, shop.id) == {}
    assert "已同意" in (await presses(shop, YES)).text
    assert (await shop.hears()).text.startswith("✅ 已添加：二店")


async def test_a_link_binds_after_consent_and_a_bad_link_asks_for_none(shop: Person, database_url: str) -> None:
    forged = links.make(b"another key", "A" * 16, datetime.now(UTC) + timedelta(days=1))
    assert "链接无效" in await asks(shop, f"/start {forged}")
    asked = await tells(shop, f"/start {await invite(database_url)}")
    assert asked.buttons == [BIND, NO]
    assert "还没有店铺" in await asks(shop, "/shops")
    await shop.presses(BIND)
    assert [(await shop.hears()).text.startswith(start) for start in ("已同意", "✅ 已绑定：旗舰店")] == [True, True]


async def test_a_yes_whose_wish_is_gone_is_a_yes_all_the_same(shop: Person, database_url: str) -> None:
    asked = await tells(shop, "/shops 二店")
    await shop.presses(NO)
    await shop.hears()
    await shop.presses("ok", asked.id)
    assert (await shop.hears()).text.startswith("已同意保存")
    assert await stored(database_url, shop.id) == {"consents": 1}


async def test_a_forged_button_gets_no_consent_question_of_its_own_making(shop: Person) -> None:
    shown = await tells(shop, "/privacy")
    assert await is_old(shop, "s|0|20221010|score|3.7 | 偷 => https://x.example", shown.id)


async def test_privacy_says_what_how_long_and_that_telegram_is_abroad(shop: Person) -> None:
    text = await asks(shop, "/privacy")
    for days in (PERIODS.scores, PERIODS.checks, PERIODS.notices, PERIODS.talk_unagreed, PERIODS.blocked):
        assert f"{days} 天" in text
    assert "境外" in text
    assert "还没有同意" in text
    await tells(shop, "体验分 3.7", "记下", YES)
    assert "你已经同意保存" in await asks(shop, "/privacy")


async def fetched(sandbox: SandboxClient, message: Message) -> str:
    """The text of the document in this message."""
    async with aiohttp.ClientSession() as session:
        query = {"file_id": message.raw["document"]["file_id"]}
        async with session.get(f"{sandbox.url}/bot{TOKEN}/getFile", params=query) as reply:
            path = (await reply.json())["result"]["file_path"]
        async with session.get(f"{sandbox.url}/file/bot{TOKEN}/{path}") as reply:
            return (await reply.read()).decode("utf-8")


async def export(shop: Person, sandbox: SandboxClient) -> tuple[dict[str, Any], list[list[str]]]:
    """The two files of /export."""
    await shop.says("/export")
    as_json, as_csv = await shop.hears_all(2)
    names = [message.raw["document"]["file_name"] for message in (as_json, as_csv)]
    assert [name.rpartition(".")[2] for name in names] == ["json", "csv"]
    text = await fetched(sandbox, as_csv)
    assert text.startswith("\ufeff")
    return json.loads(await fetched(sandbox, as_json)), list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_an_export_has_what_was_told_and_nobody_elses(shop: Person, sandbox: SandboxClient) -> None:
    other = await sandbox.person("别人")
    await tells(other, "/shops 别家", YES)
    await tells(shop, "/shops 二店", YES)
    await shop.hears()
    await tells(shop, "体验分 3.7", "记下")
    data, sheet = await export(shop, sandbox)
    assert [row["hundredths"] for row in data["scores"]] == ["3.70"]
    assert [row["version"] for row in data["consents"]] == [VERSION]
    assert [row["name"] for row in data["shops"]] == ["二店"]
    assert "别家" not in json.dumps(data, ensure_ascii=False) + str(sheet)
    assert ["分数"] in sheet
    assert sheet[0] == ["分数"]
    assert [row[1:6] for row in sheet[2:3]] == [["二店", "体验分", "3.7", "5 分制", "自己记的"]]


async def test_no_cell_of_an_export_is_a_formula(shop: Person, sandbox: SandboxClient) -> None:
    await tells(shop, '/shops =HYPERLINK("http://x.example","点我")', YES)
    await shop.hears()
    for name in ("+1+1", "-2", "@SUM(A1)", "＝1+1"):
        await asks(shop, f"/shops {name}")
    data, sheet = await export(shop, sandbox)
    assert data["shops"][0]["name"].startswith("=HYPERLINK")
    cells = [cell for row in sheet for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))] == []
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


async def test_an_export_right_after_another_is_put_off(shop: Person, sandbox: SandboxClient) -> None:
    await export(shop, sandbox)
    assert "刚刚导出过" in await asks(shop, "/export")


async def test_an_export_that_waits_to_be_sent_is_not_in_the_next_one(shop: Person, sandbox: SandboxClient) -> None:
    await asks(shop, "/start")
    data, _ = await export(shop, sandbox)
    assert data["outbox"]
    assert [row for row in data["outbox"] if "payload" in row] == []


async def does_everything(shop: Person, link: str) -> None:
    """Leaves rows in as many tables as a merchant can."""
    await tells(shop, "体验分 3.7", "记下", YES)
    await asks(shop, f"/start {link}")
    await tells(shop, "/settings", "免打扰时间", "不设免打扰")
    await tells(shop, "/check", "我的店铺")
    await shop.presses("都变了，重新问")
    await takes(shop, *DATED)
    await presses(shop, "到日子提醒我")


EVERYTHING = {
    "inbox", "outbox", "dialogues", "consents", "shops", "scores", "newest", "follows", "preferences", "invites",
    "checks", "milestones",
}  # fmt: skip


async def test_after_forget_no_table_has_a_row_of_the_chat_but_the_farewell(
    sandbox: SandboxClient, database_url: str
) -> None:
    async with bot_running(sandbox.url, database_url, messages_per_minute=1000):
        shop, other = await sandbox.person("小店"), await sandbox.person("别人")
        for person in (shop, other):
            await asks(person, "/start")
            await does_everything(person, await invite(database_url))
        before, others = await rows(database_url, shop.id), await rows(database_url, other.id)
        assert set(before) >= EVERYTHING
        gone = await tells(shop, "/forget", "确定，全部删除")
        assert gone.text.startswith("已经全部删除")
    after = await rows(database_url, shop.id)
    assert set(after) - {"paces"} == {"outbox"}, "of several processes, also when the farewell went out"
    assert after["outbox"] <= 2, "the farewell and the end of the button's waiting"
    assert await rows(database_url, other.id) == others


async def test_forgetting_is_confirmed_first(shop: Person, database_url: str) -> None:
    await tells(shop, "体验分 3.7", "记下", YES)
    before = await stored(database_url, shop.id)
    asked = await tells(shop, "/forget")
    assert "不能恢复" in asked.text
    assert "什么都没有删" in (await presses(shop, "不删")).text
    assert await stored(database_url, shop.id) == before


async def test_who_was_forgotten_is_asked_anew(shop: Person) -> None:
    await tells(shop, "体验分 3.7", "记下", YES)
    await tells(shop, "/forget", "确定，全部删除")
    assert (await tells(shop, "体验分 3.7", "记下")).buttons == [YES, NO]


NAME, PHONE, LAST = "张三丰🦄🦊", "13912345678", "欧阳娜娜🐼"
RAW = "我的暗号是天王盖地虎宝塔镇河妖精选联盟怎么开通"


def kinds(chat_id: int) -> Sequence[dict[str, Any]]:
    """What a chat can hold that is somebody's."""
    who = {"id": chat_id, "is_bot": False, "first_name": NAME, "last_name": LAST, "username": "zhang_sanfeng_66"}
    chat = {"id": chat_id, "type": "private", "first_name": NAME, "last_name": LAST, "username": "zhang_sanfeng_66"}
    head = {"message_id": 1, "date": 1666000000, "chat": chat, "from": who}
    file = {"file_id": "f-secret-1", "file_unique_id": "u", "file_size": 5}
    contact = {"phone_number": PHONE, "first_name": NAME, "user_id": chat_id, "vcard": f"TEL:{PHONE}"}
    parts: list[dict[str, Any]] = [
        {"contact": contact},
        {"location": {"latitude": 30.123456, "longitude": 120.654321}},
        {"photo": [{**file, "width": 1, "height": 1}], "caption": RAW},
        {"document": {**file, "file_name": f"{NAME}.csv"}, "caption": PHONE},
        {"voice": {**file, "duration": 1}},
        {"text": RAW},
        {"text": f"加我{PHONE}"},
        {"text": f"/start {PHONE}"},
        {"text": RAW, "forward_origin": {"type": "user", "date": 1666000000, "sender_user": who}},
    ]
    return [{"update_id": 10**9 + number, "message": head | part} for number, part in enumerate(parts)]


@pytest.mark.skipif(os.environ.get("SUITE_DATABASE") == "postgresql", reason="looks into the embedded database's file")
async def test_no_phone_name_place_or_raw_text_is_left_on_disk(
    sandbox: SandboxClient, tmp_path: Path, database_url: str
) -> None:
    async with bot_running(sandbox.url, database_url, messages_per_minute=1000):
        shop = await sandbox.person(NAME, last_name=LAST)
        for update in kinds(shop.id):
            await sandbox.push(json.dumps(update))
            await shop.hears()
        await shop.sends("photo", PNG, "file.png", RAW)
        await shop.hears()
        await checks(shop, RAW)
        assert "第 1/" in (await shop.hears()).text
        assert PHONE in (await tells(shop, PHONE)).text
    text = on_disk(tmp_path)
    assert schema.inbox.name.encode() in text
    left = [word for word in (NAME, LAST, PHONE, "天王盖地虎", "zhang_sanfeng", "30.12", "120.65") if _has(text, word)]
    assert left == []


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def _has(text: bytes, word: str) -> bool:
    """Whether the word is there, as it is or as JSON writes it."""
    return word.encode() in text or json.dumps(word)[1:-1].encode() in text
