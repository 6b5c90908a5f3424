"""Sending, editing, deleting, buttons, files: accepted as by Telegram, refused in Telegram's words."""

import asyncio
import base64
import json
import struct
from io import BytesIO
from typing import Any
from zlib import crc32

import aiohttp
import pytest
from PIL import Image

from tests.live import Person, Refused, SandboxClient
from tests.sandbox.conftest import Bot, keys

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def test_a_message_comes_back_with_its_keyboard_and_is_on_the_persons_screen(bot: Bot, person: Person) -> None:
    sent = await bot("sendMessage", chat_id=person.id, text="选一个", reply_markup=keys(("是", "y"), ("否", "n")))
    seen = await person.hears()
    assert seen.raw == sent
    assert seen.rows == [["是"], ["否"]]
    assert seen.data == {"是": "y", "否": "n"}
    assert seen.is_from_bot
    assert not seen.is_edited
    assert (sent["chat"]["id"], sent["chat"]["first_name"]) == (person.id, "小店")


async def test_message_ids_count_in_each_chat(sandbox: SandboxClient, bot: Bot, person: Person) -> None:
    other = await sandbox.person()
    ids = [(await bot("sendMessage", chat_id=to.id, text="x"))["message_id"] for to in (person, person, other)]
    assert ids == [1, 2, 1]
    assert (await person.says("y"))["message"]["message_id"] == 3


@pytest.mark.parametrize(
    "send",
    [{"json": {"chat_id": 0, "text": "<b>你</b>"}}, {"data": {"text": "<b>你</b>"}}, {"params": {"text": "<b>你</b>"}}],
)
async def test_parameters_come_in_every_form(bot: Bot, person: Person, send: dict[str, dict[str, Any]]) -> None:
    given = {key: {**value, "chat_id": str(person.id), "parse_mode": "HTML"} for key, value in send.items()}
    async with bot.session.post(f"{bot.url}/bot{bot.token}/SENDMESSAGE", **given) as reply:  # type: ignore[arg-type]
        assert (await reply.json())["result"]["text"] == "你"


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"chat_id": 1, "text": "x"}, "chat not found"),
    ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
    ("sendMessage", {"text": "x", "chat_id": ""}, "chat_id is empty"),
    ("sendMessage", {}, "message text is empty"),
    ("sendMessage", {"text": "x", "parse_mode": "Markup"}, "unsupported parse_mode"),
    ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse reply markup JSON object"),
    ("editMessageText", {"message_id": 99, "text": "x"}, "message to edit not found"),
    ("editMessageText", {"message_id": 1, "text": "x"}, "message can't be edited"),
    ("editMessageText", {"text": "x"}, "message identifier is not specified"),
    ("deleteMessage", {"message_id": 99}, "message to delete not found"),
    ("getFile", {"file_id": "x"}, "wrong file_id or the file is temporarily unavailable"),
    ("sendPhoto", {"photo": "x"}, "wrong remote file identifier specified"),
    ("sendPhoto", {}, "there is no photo in the request"),
    ("sendChatAction", {"action": "dancing"}, "wrong parameter action in request"),
    (
        "sendMessage",
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "删", "callback_data": "x", "style": "red"}]]}},
        "can't parse inline keyboard button: Invalid button style specified",
    ),
    (
        "sendMessage",
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "抄", "copy_text": {"text": "长" * 257}}]]}},
        "BUTTON_COPY_TEXT_INVALID",
    ),
    ("setMyCommands", {"commands": [], "scope": {"type": "chat", "chat_id": 1}}, "chat not found"),
    (
        "setMyCommands",
        {"commands": [], "scope": {"type": "all_planets"}},
        "can't parse BotCommandScope: Unsupported type specified",
    ),
    ("setMyCommands", {"commands": [{"command": "Bad!", "description": "x"}]}, "BOT_COMMAND_INVALID"),
]


@pytest.mark.parametrize(("method", "params", "why"), REFUSALS)
async def test_a_refusal_says_what_telegram_says(
    bot: Bot, person: Person, method: str, params: dict[str, Any], why: str
) -> None:
    await person.says("我的")
    await bot("sendMessage", chat_id=person.id, text="你的")
    assert await bot.refused(method, **{"chat_id": person.id, **params}) == f"Bad Request: {why}"


async def test_an_unknown_method_is_not_found(bot: Bot) -> None:
    status, body = await bot.raw("sendDance")
    assert (status, body["description"]) == (404, "Not Found: method not found")


async def test_an_edit_takes_the_place_of_the_text_and_drops_the_keyboard(bot: Bot, person: Person) -> None:
    sent = await bot("sendMessage", chat_id=person.id, text="一", reply_markup=keys(("a", "a")))
    await person.hears()
    await bot("editMessageText", chat_id=person.id, message_id=sent["message_id"], text="<i>二</i>", parse_mode="HTML")
    seen = await person.hears()
    assert (seen.id, seen.text, seen.buttons, seen.is_edited) == (sent["message_id"], "二", [], True)
    assert [message.text for message in await person.sees()] == ["二"]


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, person: Person) -> None:
    markup = keys(("a", "a"))
    sent = await bot("sendMessage", chat_id=person.id, text="<b>x</b>", parse_mode="HTML", reply_markup=markup)
    where = {"chat_id": person.id, "message_id": sent["message_id"]}
    same = {"text": " <b>x</b> ", "parse_mode": "HTML", "reply_markup": markup}
    assert await bot.refused("editMessageText", **where, **same) == NOT_MODIFIED
    await bot("editMessageText", **where, text="x")
    assert await bot.refused("editMessageText", **where, text="x") == NOT_MODIFIED


async def test_a_deleted_message_is_gone(bot: Bot, person: Person) -> None:
    sent = await bot("sendMessage", chat_id=person.id, text="x")
    assert await bot("deleteMessage", chat_id=person.id, message_id=sent["message_id"]) is True
    assert await person.sees() == []


@pytest.mark.parametrize(
    ("button", "why"),
    [
        ({"text": "x", "callback_data": "字" * 21 + "a"}, ""),
        ({"text": "x", "callback_data": "字" * 21 + "ab"}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"text": " ", "callback_data": "x"}, "inline keyboard button text is empty"),
        ({"callback_data": "x"}, "can't parse inline keyboard button: Can't find field \"text\""),
        (
            {"text": "x", "url": "javascript:x"},
            "inline keyboard button URL 'javascript:x' is invalid: Unsupported URL protocol",
        ),
    ],
)
async def test_buttons_have_limits(bot: Bot, person: Person, button: dict[str, str], why: str) -> None:
    params = {"chat_id": person.id, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}}
    if why:
        assert await bot.refused("sendMessage", **params) == f"Bad Request: {why}"
    else:
        await bot("sendMessage", **params)


async def test_a_press_brings_the_message_and_is_answered_once(bot: Bot, person: Person) -> None:
    sent = await bot("sendMessage", chat_id=person.id, text="?", reply_markup=keys(("是", "y")))
    pressed = await person.presses("是")
    [update] = await bot("getUpdates")
    query = update["callback_query"]
    assert (query["data"], query["message"], query["from"]["id"]) == ("y", sent, person.id)
    assert await bot("answerCallbackQuery", callback_query_id=query["id"], text="好", show_alert=True) is True
    toast = await person.hears_toast(pressed["query_id"])
    assert (toast["text"], toast["show_alert"]) == ("好", True)
    assert await bot.refused("answerCallbackQuery", callback_query_id=query["id"]) == TOO_OLD
    assert await bot.refused("answerCallbackQuery", callback_query_id="1") == TOO_OLD


async def test_a_button_that_is_not_there_cannot_be_pressed(bot: Bot, person: Person) -> None:
    sent = await bot("sendMessage", chat_id=person.id, text="?", reply_markup=keys(("是", "y")))
    with pytest.raises(Refused, match=r"no button '否' .* on screen: \['是'\]"):
        await person.presses("否")
    await person.presses("stale", message_id=sent["message_id"])
    assert (await bot("getUpdates"))[0]["callback_query"]["data"] == "stale"


async def test_a_photo_is_kept_and_its_caption_measured(bot: Bot, person: Person) -> None:
    for length, status in ((1024, 200), (1025, 400)):
        form = aiohttp.FormData({"chat_id": str(person.id), "caption": "字" * length})
        form.add_field("photo", PNG, filename="图 1.png", content_type="image/png")
        async with bot.session.post(f"{bot.url}/bot{bot.token}/sendPhoto", data=form) as reply:
            body = await reply.json()
        assert reply.status == status
    assert body["description"] == "Bad Request: message caption is too long"
    [size] = (await person.hears()).raw["photo"]
    assert (size["width"], size["height"], size["file_size"]) == (1, 1, len(PNG))
    async with bot.session.get(f"{bot.url}/sandbox/files/{size['file_id']}") as reply:
        assert await reply.read() == PNG


def picture(kind: str, width: int, height: int) -> bytes:
    """A picture of a single colour."""
    written = BytesIO()
    Image.new("L", (width, height)).save(written, kind)
    return written.getvalue()


def bomb() -> bytes:
    """The beginning of a picture of 400 million points."""

    def chunk(content: bytes) -> bytes:
        return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", crc32(content))

    head = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(head) + chunk(b"IDAT")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (picture("JPEG", 30, 20), (30, 20)),
        (picture("PNG", 20, 1), (20, 1)),
        (picture("PNG", 21, 1), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (picture("PNG", 9000, 1001), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (bomb(), "Bad Request: IMAGE_PROCESS_FAILED"),
        (picture("GIF", 2, 2), "Bad Request: IMAGE_PROCESS_FAILED"),
        (picture("JPEG", 30, 20)[:20], "Bad Request: IMAGE_PROCESS_FAILED"),
        (b"no picture", "Bad Request: IMAGE_PROCESS_FAILED"),
    ],
    ids=["jpeg", "20 to 1", "21 to 1", "10 001 in all", "a bomb", "gif", "cut off", "text"],
)
async def test_a_photo_is_a_picture_of_a_size_that_telegram_takes(
    bot: Bot, person: Person, content: bytes, said: tuple[int, int] | str
) -> None:
    form = aiohttp.FormData({"chat_id": str(person.id)})
    form.add_field("photo", content, filename="a")
    async with bot.session.post(f"{bot.url}/bot{bot.token}/sendPhoto", data=form) as reply:
        body = await reply.json()
    sizes = [(size["width"], size["height"]) for size in body.get("result", {}).get("photo", [])]
    assert (sizes or [body["description"]]) == [said]


@pytest.mark.parametrize(
    ("chat_id", "why"),
    [("", "chat_id is empty"), ("--5", "chat not found"), ("²", "chat not found"), ([5], "chat not found")],
)
async def test_a_chat_that_is_none_is_not_found(bot: Bot, chat_id: object, why: str) -> None:
    assert await bot.refused("sendMessage", chat_id=chat_id, text="x") == f"Bad Request: {why}"


async def test_a_document_from_a_person_can_be_fetched_byte_for_byte(bot: Bot, person: Person) -> None:
    content = bytes(range(256)) * 40 + b"\r\n--x\r\n"
    await person.sends("document", content, "分数 9月.csv", caption="九月")
    [update] = await bot("getUpdates")
    document = update["message"]["document"]
    assert (document["file_name"], document["file_size"]) == ("分数 9月.csv", len(content))
    assert update["message"]["caption"] == "九月"
    file = await bot("getFile", file_id=document["file_id"])
    assert file["file_path"].endswith(".csv")
    assert await bot.download(file["file_path"]) == content


async def test_an_uploaded_document_keeps_every_byte_and_can_be_sent_again(bot: Bot, person: Person) -> None:
    content = b"\r\n\r\n--\x00\xff" * 100 + b" \r\n"
    form = aiohttp.FormData({"chat_id": str(person.id), "document": "attach://it"})
    form.add_field("it", content, filename="a.bin")
    async with bot.session.post(f"{bot.url}/bot{bot.token}/sendDocument", data=form) as reply:
        first = (await reply.json())["result"]["document"]
    again = (await bot("sendDocument", chat_id=person.id, document=first["file_id"]))["document"]
    assert again == first
    assert await bot.download((await bot("getFile", file_id=first["file_id"]))["file_path"]) == content


async def test_what_people_do_arrives_as_updates(bot: Bot, person: Person) -> None:
    said = await person.says("/start abc")
    await person.edits(said["message"]["message_id"], "改了")
    start, edited = await bot("getUpdates")
    assert start["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert (edited["edited_message"]["text"], "edit_date" in edited["edited_message"]) == ("改了", True)


async def test_a_block_is_told_and_ends_with_an_unblock(bot: Bot, person: Person) -> None:
    await person.blocks()
    [update] = await bot("getUpdates")
    member = update["my_chat_member"]
    assert (member["old_chat_member"]["status"], member["new_chat_member"]["status"]) == ("member", "kicked")
    refused = await bot.refused("sendMessage", chat_id=person.id, text="x")
    assert refused == "Forbidden: bot was blocked by the user"
    await person.unblocks()
    await bot("sendMessage", chat_id=person.id, text="x")


async def test_a_group_that_moved_names_its_new_id(sandbox: SandboxClient, bot: Bot) -> None:
    group = await sandbox.chat(type="group", title="店主群")
    new = await group.migrates()
    status, body = await bot.raw("sendMessage", chat_id=group.id, text="x")
    assert (status, body["parameters"]) == (400, {"migrate_to_chat_id": new})
    assert body["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert (await bot("sendMessage", chat_id=new, text="x"))["chat"]["type"] == "supergroup"


async def test_the_bots_profile_is_kept(sandbox: SandboxClient, bot: Bot) -> None:
    commands = [{"command": "check", "description": "资格自查"}]
    await bot("setMyCommands", commands=json.dumps(commands))
    await bot("setMyDescription", description="问我")
    assert (await bot("getMe"))["id"] == 4242
    state = await sandbox.state()
    assert (state["commands"], state["bot"]["description"]) == (commands, "问我")


async def test_a_chat_may_have_commands_of_its_own(sandbox: SandboxClient, bot: Bot, person: Person) -> None:
    everybody, own = [{"command": "check", "description": "查"}], [{"command": "admin", "description": "管"}]
    scope = {"type": "chat", "chat_id": person.id}
    await bot("setMyCommands", commands=everybody)
    await bot("setMyCommands", commands=own, scope=scope)
    assert (await bot("getMyCommands"), await bot("getMyCommands", scope=scope)) == (everybody, own)
    assert [chat["commands"] for chat in await sandbox.ask("GET", "chats")] == [own]
    await bot("deleteMyCommands", scope=scope)
    assert await bot("getMyCommands", scope=scope) == []


async def test_a_reader_waits_for_what_comes_after(bot: Bot, person: Person) -> None:
    await bot("sendMessage", chat_id=person.id, text="一")
    await person.hears()
    waiting = asyncio.create_task(person.hears())
    await bot("sendMessage", chat_id=person.id, text="二")
    assert (await waiting).text == "二"
    assert (await person.hears(after=0)).text == "一"
