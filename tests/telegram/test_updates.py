"""What each update is to the bot, and which are refused."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.telegram.updates import LOOKED_AT, Incoming, Malformed, What, read

AT = datetime.fromtimestamp(1_700_000_000, UTC)
PERSON = {"id": 7, "is_bot": False, "first_name": "小店"}
PRIVATE = {"id": 7, "type": "private", "first_name": "小店"}
MESSAGE = {"message_id": 3, "date": 1_700_000_000, "chat": PRIVATE, "from": PERSON}
PRESS = {"id": "55", "from": PERSON, "chat_instance": "9", "data": "t|entry", "message": {**MESSAGE, "text": "问题"}}


def written(**changed: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {**MESSAGE, "text": "怎么开通", **changed}}


def pressed(**changed: Any) -> dict[str, Any]:
    return {"update_id": 1, "callback_query": {**PRESS, **changed}}


def test_a_text_is_read():
    assert read(written()) == Incoming(1, What.TEXT, 7, text="怎么开通", message_id=3, sent_at=AT)


def test_a_corrected_message_is_read_as_such_with_the_instant_of_the_correction():
    edited = {"update_id": 1, "edited_message": {**MESSAGE, "text": "怎么开通", "edit_date": 1666000060}}
    at = datetime.fromtimestamp(1666000060, UTC)
    assert read(edited) == replace(read(written(date=1666000060)), edited=True)
    assert read(edited).sent_at == at


def test_a_message_in_a_topic_has_the_topic():
    assert read(written(message_thread_id=44, is_topic_message=True)).topic_id == 44
    assert read(written(message_thread_id=44)).topic_id is None, "an answer to an answer, and no topic"


def test_of_a_long_text_the_two_ends_are_kept():
    kept = read(written(text="通知:" + "啊" * 4000 + "会被关吗")).text
    assert kept.startswith("通知:啊") and kept.endswith("啊会被关吗") and len(kept) <= LOOKED_AT + 1


def test_a_pasted_link_is_the_start_that_it_stands_for():
    assert read(written(text="https://t.me/shop_bot?start=iAb-_9")) == Incoming(
        1, What.COMMAND, 7, text="iAb-_9", command="start", message_id=3, sent_at=AT
    )


def test_a_link_among_words_is_text():
    assert read(written(text="点 https://t.me/shop_bot?start=iAb-_9 没反应")).what is What.TEXT


def test_a_press_is_read():
    assert read(pressed()) == Incoming(1, What.PRESS, 7, data="t|entry", callback_id="55", message_id=3)


@pytest.mark.parametrize(
    "update",
    [
        *(written(text=text) for text in ("3.9", " 在吗 ", "", "  ", "/start", "/Check@bot now ", "/3", "长" * 2000)),
        written(chat={**PRIVATE, "type": "group"}),
        written(chat={**PRIVATE, "type": "supergroup"}, text="/rules"),
        pressed(),
        pressed(data=""),
        pressed(message={**PRESS["message"], "date": 0}),
        pressed(message={**PRESS["message"], "chat": {**PRIVATE, "type": "group"}}),
    ],
)
def test_what_the_bot_does_not_know_changes_nothing(update: dict[str, Any]):
    news = {"new_in_the_bot_api": {"id": 1}}
    assert read(
        {part: {**holds, **news} if isinstance(holds, dict) else holds for part, holds in update.items()}
    ) == read(update)
    assert read({**update, **news}) == read(update)


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "location", "contact", "poll", "video_note"])
def test_what_is_no_text_is_media(kind: str):
    assert read(written(text=None, **{kind: {"id": 1}})) == Incoming(1, What.MEDIA, 7, message_id=3, sent_at=AT)


def test_a_document_has_its_name_and_size():
    update = written(text=None, document={"file_id": "f", "file_size": 9, "file_name": "分数.csv"})
    assert read(update) == Incoming(1, What.MEDIA, 7, message_id=3, sent_at=AT, file_id="f", file_bytes=9)


def test_a_command_with_its_entities_is_read():
    entities = [{"type": "bot_command", "offset": 0, "length": 6}]
    assert read(written(text="/check", entities=entities)) == Incoming(
        1, What.COMMAND, 7, command="check", message_id=3, sent_at=AT
    )


@pytest.mark.parametrize("said", [{"new_chat_members": [PERSON]}, {"pinned_message": MESSAGE}, {"photo": []}])
def test_what_telegram_itself_writes_into_a_chat_is_nothing(said: dict[str, Any]):
    assert read(written(text=None, **said)) == Incoming(1, What.NOTHING, 7, message_id=3, sent_at=AT)


@pytest.mark.parametrize("update", [{}, {"channel_post": MESSAGE}, {"message": {**MESSAGE, "from": None}}])
def test_what_nobody_wrote_to_the_bot_is_nothing(update: dict[str, Any]):
    assert read({"update_id": 1, **update}) == Incoming(1, What.NOTHING)


@pytest.mark.parametrize(("status", "what"), [("kicked", What.LEFT), ("left", What.LEFT), ("member", What.NOTHING)])
def test_a_person_who_blocks_the_bot_has_left(status: str, what: What):
    update = {
        "update_id": 1,
        "my_chat_member": {"chat": PRIVATE, "from": PERSON, "new_chat_member": {"status": status}},
    }
    assert read(update) == Incoming(1, what, 7)


def test_a_press_on_a_message_that_telegram_does_not_tell_is_of_the_persons_chat():
    assert read(pressed(message=None)) == Incoming(1, What.PRESS, 7, data="t|entry", callback_id="55")


@pytest.mark.parametrize(
    "update",
    [
        {**written(), "update_id": True},
        {**written(), "update_id": 2**70},
        written(message_id="3"),
        written(chat={**PRIVATE, "id": "7"}),
        written(chat={**PRIVATE, "id": True}),
        written(text="\0"),
        written(text="\ud800"),
        pressed(id=55),
        pressed(data="\0"),
        pressed(message={**PRESS["message"], "message_id": 1.5}),
        pressed(**{"from": None}),
        written(chat=None),
        written(text=["词"]),
        written(document={"file_id": "f", "file_size": "9"}),
        {"update_id": 1, "my_chat_member": {"chat": PRIVATE, "new_chat_member": {}}},
        {"message": MESSAGE},
    ],
)
def test_a_part_of_another_type_is_malformed(update: dict[str, Any]):
    with pytest.raises(Malformed):
        read(update)


def test_a_malformed_part_is_named_and_not_repeated():
    with pytest.raises(Malformed) as raised:
        read(written(text="密\0"))
    assert str(raised.value) == "not what Telegram sends as message.text"
