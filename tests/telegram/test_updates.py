"""An update of the ordinary shape is read as any other is."""

from typing import Any

import pytest

from bot.telegram.updates import Incoming, Malformed, What, read

PERSON = {"id": 7, "is_bot": False, "first_name": "小店"}
PRIVATE = {"id": 7, "type": "private", "first_name": "小店"}
MESSAGE = {"message_id": 3, "date": 1_700_000_000, "chat": PRIVATE, "from": PERSON}
PRESS = {"id": "55", "from": PERSON, "chat_instance": "9", "data": "t|entry", "message": {**MESSAGE, "text": "问题"}}


def written(**changed: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {**MESSAGE, "text": "怎么开通", **changed}}


def pressed(**changed: Any) -> dict[str, Any]:
    return {"update_id": 1, "callback_query": {**PRESS, **changed}}


def test_a_text_is_read():
    assert read(written()) == Incoming(1, What.TEXT, 7, text="怎么开通", message_id=3)


def test_a_pasted_link_is_the_start_that_it_stands_for():
    assert read(written(text="https://t.me/shop_bot?start=iAb-_9")) == Incoming(
        1, What.COMMAND, 7, text="iAb-_9", command="start", message_id=3
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
    """With a part that is new in the Bot API the library reads the update: both ways must agree."""
    assert read(update) == read({**update, "new_in_the_bot_api": {"id": 1}})


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
    ],
)
def test_a_part_of_another_type_is_malformed(update: dict[str, Any]):
    with pytest.raises(Malformed):
        read(update)
