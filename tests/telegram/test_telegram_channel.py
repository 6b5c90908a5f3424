"""A leased row as a call: number, repeat, target."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.delivery.channel import Fate
from bot.telegram.api import Api
from bot.telegram.errors import NotMadeError
from bot.telegram.session import Session
from bot.telegram.telegram_channel import TelegramChannel, payload_of, worded_plainly
from storage.outbox import Lane
from storage.sending import LeasedMessage
from tests.telegram.test_session import TOKEN, saying, server

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


def test_a_notice_refused_twice_is_sent_in_words_alone():
    html = {"text": "<b>好</b>", "parse_mode": "HTML"}
    sent = [
        replace(LEASED, payload=html, notice_id=notice_id, refusals=refusals)
        for notice_id, refusals in ((1, 0), (1, 1), (1, 2), (1, 3), (None, 2))
    ]
    assert [worded_plainly(one).payload for one in sent] == [html, html, {"text": "好"}, {"text": "好"}, html]


ANSWER = "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n"


def answered(status: int, body: object) -> bytes:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ANSWER.format(status=status, length=len(text)).encode() + text


@pytest.mark.parametrize(
    ("answer", "is_good"),
    [
        (answered(200, {"ok": True, "result": {"id": 7, "is_bot": True, "username": "alliance_bot"}}), True),
        (answered(200, {"ok": True, "result": {}}), False),
        (answered(200, {"ok": True, "result": True}), False),
        (answered(200, {"ok": True}), False),
        (answered(200, b"<html>"), False),
        (answered(401, {"ok": False, "error_code": 401, "description": "Unauthorized"}), False),
        (answered(502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}), False),
        (answered(302, b""), False),
        (b"", False),
    ],
)
async def test_a_probe_is_good_when_telegram_says_who_the_bot_is(answer: bytes, is_good: bool):
    async with server(saying(answer)) as seen, Session(1) as session:
        assert await TelegramChannel(Api(TOKEN, seen.root, session), mark).probe() is is_good
    assert b"/getMe " in seen.requests[0]


async def test_a_probe_of_nobody_is_not_good():
    async with Session(1) as session:
        assert not await TelegramChannel(Api(TOKEN, "http://127.0.0.1:1", session), mark).probe()


@pytest.mark.parametrize("result", [[], True, "yes", None, {"message_id": 10**30}, {"message_id": True}, {}])
async def test_a_message_that_was_taken_with_an_odd_result_is_sent_without_an_id(result: object):
    async with server(saying(answered(200, {"ok": True, "result": result}))) as seen, Session(1) as session:
        sent = await TelegramChannel(Api(TOKEN, seen.root, session), mark).send(LEASED)
    assert (sent.is_good, sent.message_id) == (True, None)


@pytest.mark.parametrize("payload", [{"photo": {}, "caption": "曲线"}, {"photo": {"points": [["x", "y"]]}}])
async def test_a_picture_that_cannot_be_drawn_is_no_call_and_no_end(payload: dict[str, Any]):
    async with server(saying()) as seen, Session(1) as session:
        channel = TelegramChannel(Api(TOKEN, seen.root, session), mark)
        photo = replace(LEASED, method="sendPhoto", payload=payload)
        found = [(await channel.send(replace(photo, refusals=count))).failure for count in (0, 1)]
        with pytest.raises(NotMadeError):
            await Api(TOKEN, seen.root, session).call("sendPhoto", payload)
    assert seen.requests == []
    assert [one.fate for one in found if one] == [Fate.AGAIN, Fate.PLAINER if "caption" in payload else Fate.REJECTED]


def test_an_edit_names_its_target_or_is_no_call():
    edit = replace(LEASED, method="editMessageText", edits="check")
    assert payload_of(replace(edit, target=42), mark) == {"text": "好", "message_id": 42, "chat_id": 5}
    assert payload_of(edit, mark) is None


def test_the_row_itself_is_left_as_it_was():
    payload_of(replace(LEASED, numbered=True), mark)
    assert LEASED.payload == {"text": "好"}
