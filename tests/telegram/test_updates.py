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
    assert read(written()) == Incoming(1, What.TEXT, 7, text="怎么开通", message_id=3, sent_at=AT, written_at=AT)


def test_a_corrected_message_is_read_as_such_with_both_instants():
    edited = {"update_id": 1, "edited_message": {**MESSAGE, "text": "怎么开通", "edit_date": 1666000060}}
    at = datetime.fromtimestamp(1666000060, UTC)
    assert read(edited) == replace(read(written()), edited=True, sent_at=at)
    assert read(edited).written_at == AT


def test_a_message_in_a_topic_has_the_topic():
    assert read(written(message_thread_id=44, is_topic_message=True)).topic_id == 44
    assert read(written(message_thread_id=44)).topic_id is None, "an answer to an answer, and no topic"


def test_of_a_long_text_the_two_ends_are_kept():
    kept = read(written(text="通知:" + "啊" * 4000 + "会被关吗")).text
    assert kept.startswith("通知:啊") and kept.endswith("啊会被关吗") and len(kept) <= LOOKED_AT + 1


def test_a_pasted_link_is_the_start_that_it_stands_for():
    assert read(written(text="https://t.me/shop_bot?start=iAb-_9")) == Incoming(
        1, What.COMMAND, 7, text="iAb-_9", command="start", message_id=3, sent_at=AT, written_at=AT
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
    assert read(written(text=None, **{kind: {"id": 1}})) == Incoming(
        1, What.MEDIA, 7, message_id=3, sent_at=AT, written_at=AT
    )


def test_a_document_has_its_name_and_size():
    update = written(text=None, document={"file_id": "f", "file_size": 9, "file_name": "分数.csv"})
    assert read(update) == Incoming(
        1, What.MEDIA, 7, message_id=3, sent_at=AT, written_at=AT, file_id="f", file_bytes=9
    )


def test_a_command_with_its_entities_is_read():
    entities = [{"type": "bot_command", "offset": 0, "length": 6}]
    assert read(written(text="/check", entities=entities)) == Incoming(
        1, What.COMMAND, 7, command="check", message_id=3, sent_at=AT, written_at=AT
    )


@pytest.mark.parametrize("said", [{"new_chat_members": [PERSON]}, {"pinned_message": MESSAGE}, {"photo": []}])
def test_what_telegram_itself_writes_into_a_chat_is_nothing(said: dict[str, Any]):
    assert read(written(text=None, **said)) == Incoming(1, What.NOTHING, 7, message_id=3, sent_at=AT, written_at=AT)


@pytest.mark.parametrize(
    "update", [{}, {"channel_post": MESSAGE}, {"poll_answer": {"user": PERSON}}, {"message": None}]
)
def test_what_nobody_wrote_to_the_bot_is_nothing(update: dict[str, Any]):
    assert read({"update_id": 1, **update}) == Incoming(1, What.NOTHING)


@pytest.mark.parametrize(
    "sender", [{"from": None}, {"from": "小店"}, {"from": {"id": 2**70}}, {"from": None, "sender_chat": PRIVATE}]
)
def test_whoever_wrote_a_message_its_chat_is_answered(sender: dict[str, Any]):
    assert read(written(**sender)) == read(written())


@pytest.mark.parametrize(
    ("status", "what"),
    [("kicked", What.LEFT), ("left", What.LEFT), ("member", What.CAME), ("new", What.NOTHING), (5, What.NOTHING)],
)
def test_a_person_who_blocks_the_bot_has_left(status: object, what: What):
    update = {
        "update_id": 1,
        "my_chat_member": {"chat": PRIVATE, "from": PERSON, "new_chat_member": {"status": status}},
    }
    assert read(update) == Incoming(1, what, 7)


def test_a_press_on_a_message_that_telegram_does_not_tell_is_of_the_persons_chat():
    assert read(pressed(message=None)) == Incoming(1, What.PRESS, 7, data="t|entry", callback_id="55")


@pytest.mark.parametrize("message", [None, "x", 7, [], {"message_id": 3}, {"chat": "x", "message_id": 3}])
def test_a_press_on_a_message_that_can_not_be_read_is_of_the_persons_chat(message: object):
    assert read(pressed(message=message)) == Incoming(1, What.PRESS, 7, data="t|entry", callback_id="55")


@pytest.mark.parametrize("data", [None, 5, ["t|entry"], {"a": 1}])
def test_a_press_whose_data_can_not_be_read_is_a_press_of_no_known_button(data: object):
    assert read(pressed(data=data)) == Incoming(1, What.PRESS, 7, callback_id="55", message_id=3)


@pytest.mark.parametrize(
    "odd",
    [
        {"entities": [{"type": "of tomorrow", "offset": "0"}]},
        {"entities": "x"},
        {"reply_to_message": {"chat": 5}},
        {"quote": 5},
        {"message_thread_id": "5", "is_topic_message": "yes"},
        {"media_group_id": 2**80},
        {"document": "x"},
        {"document": {"file_id": 5, "file_size": "9"}},
        {"edit_date": 2**62},
        {"chat": {**PRIVATE, "type": "of tomorrow"}},
        {"chat": {"id": 7}},
        {"sender_boost_count": 10**400},
    ],
)
def test_a_part_that_can_not_be_read_is_as_good_as_absent(odd: dict[str, Any]):
    assert read(written(**odd)) == read(written())


@pytest.mark.parametrize("text", [["词"], 5, {"a": 1}, True])
def test_a_text_that_is_none_is_something_that_the_bot_can_not_read(text: object):
    assert read(written(text=text)) == Incoming(1, What.MEDIA, 7, message_id=3, sent_at=AT, written_at=AT)


@pytest.mark.parametrize("message_id", [None, "3", 1.5, 2**70])
def test_without_its_number_a_message_is_answered_all_the_same(message_id: object):
    assert read(written(message_id=message_id)) == replace(read(written()), message_id=None)


@pytest.mark.parametrize("odd", ["\0", "\ud800", "\udfff"])
def test_a_character_that_no_database_takes_is_replaced(odd: str):
    assert read(written(text=f"怎么{odd}开通")).text == "怎么\ufffd开通"
    assert read(pressed(data=f"t|{odd}")).data == "t|\ufffd"
    assert read(written(text="😀")).text == "😀"


@pytest.mark.parametrize(("chat_id", "is_private"), [(7, True), (-7, False)])
@pytest.mark.parametrize("kind", ["of tomorrow", None, 5])
def test_the_number_tells_whether_a_chat_of_an_unknown_type_is_private(chat_id: int, is_private: bool, kind: object):
    assert read(written(chat={"id": chat_id, "type": kind})).is_private is is_private


@pytest.mark.parametrize("blank", [" ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2003", " \u3000\n"])
def test_any_blank_ends_the_name_of_a_command(blank: str):
    found = read(written(text=f"/score{blank}3.9 昨天\n二店"))
    assert (found.command, found.text) == ("score", "3.9 昨天\n二店")


@pytest.mark.parametrize(
    ("text", "command", "addressee", "words"),
    [
        ("/start@shop_bot iAb-_9", "start", "shop_bot", "iAb-_9"),
        ("/start@Shop_Bot\niAb-_9", "start", "shop_bot", "iAb-_9"),
        ("/HELP", "help", "", ""),
        ("／help", "help", "", ""),
        ("／Score\u30003.9", "score", "", "3.9"),
        ("/帮助", "帮助", "", ""),
    ],
)
def test_a_command_is_read_as_people_type_it(text: str, command: str, addressee: str, words: str):
    found = read(written(text=text))
    assert (found.what, found.command, found.addressee, found.text) == (What.COMMAND, command, addressee, words)


@pytest.mark.parametrize("text", ["／3", "／ help", "3／4", "/", "//help", "／好的"])
def test_a_slash_that_begins_no_name_begins_no_command(text: str):
    assert read(written(text=text)).what is What.TEXT


def test_a_place_that_is_shared_live_is_corrected_again_and_again_and_is_nothing():
    moved = {"update_id": 1, "edited_message": {**MESSAGE, "location": {"latitude": 1.0, "longitude": 2.0}}}
    assert read(moved).what is What.NOTHING


@pytest.mark.parametrize(
    "update",
    [
        None,
        [],
        "x",
        5,
        {"message": MESSAGE},
        {**written(), "update_id": True},
        {**written(), "update_id": -1},
        {**written(), "update_id": 2**70},
        {"update_id": 1, "message": "x"},
        {"update_id": 1, "message": []},
        written(chat=None),
        written(chat={**PRIVATE, "id": "7"}),
        written(chat={**PRIVATE, "id": True}),
        written(chat={**PRIVATE, "id": 2**63}),
        written(chat={**PRIVATE, "id": float("nan")}),
        pressed(id=55),
        pressed(message=None, **{"from": None}),
        {"update_id": 1, "my_chat_member": {"new_chat_member": {"status": "left"}}},
    ],
)
def test_an_update_that_nobody_could_be_answered_is_malformed(update: object):
    with pytest.raises(Malformed):
        read(update)


def test_a_malformed_part_is_named_and_not_repeated():
    with pytest.raises(Malformed) as raised:
        read(written(chat={"id": "密"}))
    assert str(raised.value) == "no chat.id that can be read"
