"""A leased row as a call: number, repeat, target."""

from dataclasses import replace

import pytest

from bot.telegram.telegram_channel import payload_of
from storage.outbox import Lane
from storage.sending import LeasedMessage

LEASED = LeasedMessage(
    id=7,
    chat_id=5,
    lane=Lane.REPLY,
    method="sendMessage",
    payload={"text": "好"},
    numbered=False,
    edits=None,
    unsure=False,
    tries=1,
    expires_at=None,
)


def mark(text: str, number: int, repeat: bool) -> str:
    return f"{text}|{number}|{repeat}"


@pytest.mark.parametrize(
    ("numbered", "unsure", "text"),
    [(False, False, "好"), (True, False, "好|7|False"), (True, True, "好|7|True"), (False, True, "好|7|True")],
)
def test_a_number_when_wanted_and_a_word_on_every_repeat(numbered: bool, unsure: bool, text: str):
    payload = payload_of(replace(LEASED, numbered=numbered, unsure=unsure), mark)
    assert payload == {"text": text, "chat_id": 5}


def test_a_caption_is_marked_like_a_text():
    photo = replace(LEASED, method="sendPhoto", payload={"photo": "x", "caption": "图"}, unsure=True)
    assert payload_of(photo, mark) == {"photo": "x", "caption": "图|7|True", "chat_id": 5}


def test_the_answer_to_a_press_has_no_chat_and_no_mark():
    press = replace(
        LEASED,
        method="answerCallbackQuery",
        payload={"callback_query_id": "1", "text": "好"},
        unsure=True,
        in_order=False,
    )
    assert payload_of(press, mark) == {"callback_query_id": "1", "text": "好"}


def test_an_edit_names_its_target_or_is_no_call():
    edit = replace(LEASED, method="editMessageText", edits="check")
    assert payload_of(replace(edit, target=42), mark) == {"text": "好", "message_id": 42, "chat_id": 5}
    assert payload_of(edit, mark) is None


def test_the_row_itself_is_left_as_it_was():
    payload_of(replace(LEASED, numbered=True), mark)
    assert LEASED.payload == {"text": "好"}
