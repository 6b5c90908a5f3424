"""Every refusal that the Bot API is known to give, as the server sends it, and what becomes of the message."""

import json
from dataclasses import replace

import pytest

from bot.delivery.channel import Failure, Fate
from bot.telegram.answers import refusal_of
from bot.telegram.failures import failure_of
from bot.telegram.plainer import Part
from bot.telegram.refusals import REFUSALS, refusal
from tests.telegram.test_telegram_channel import LEASED

BUTTONS = {"inline_keyboard": [[{"text": "查看", "callback_data": "x"}]]}
TEXT = {"text": "<b>分数</b>掉了" + "。" * 4090, "parse_mode": "HTML", "reply_markup": BUTTONS}
PAYLOADS = {
    "sendMessage": {**TEXT, "message_thread_id": 3, "reply_parameters": {"message_id": 4}},
    "sendPhoto": {"photo": {}, "caption": "<b>曲线</b>", "parse_mode": "HTML", "reply_markup": BUTTONS},
    "editMessageText": TEXT,
}
SEND, EDIT, PHOTO, DELETE, PRESS = "sendMessage", "editMessageText", "sendPhoto", "deleteMessage", "answerCallbackQuery"


def fate(code: int, words: str, method: str, refusals: int = 0) -> Failure:
    """What becomes of a message of `method` whose call is answered so."""
    answer = json.dumps({"ok": False, "error_code": code, "description": words}).encode()
    message = replace(LEASED, method=method, payload=PAYLOADS.get(method, {}), refusals=refusals)
    return failure_of(refusal_of(code, answer), message)


KNOWN = [
    (400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message", EDIT, Fate.DONE),  # noqa: E501
    (400, "Bad Request: MESSAGE_NOT_MODIFIED", EDIT, Fate.DONE),
    (400, "Bad Request: RANDOM_ID_DUPLICATE", SEND, Fate.DONE),
    (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", PRESS, Fate.DROPPED),
    (400, "Bad Request: query ID is invalid", PRESS, Fate.DROPPED),
    (400, "Bad Request: QUERY_ID_INVALID", PRESS, Fate.DROPPED),
    (400, "Bad Request: BOT_RESPONSE_TIMEOUT", PRESS, Fate.DROPPED),
    (400, "Bad Request: something new about presses", PRESS, Fate.DROPPED),
    (400, "Bad Request: message to delete not found", DELETE, Fate.DONE),
    (400, "Bad Request: message can't be deleted for everyone", DELETE, Fate.DONE),
    (403, "Forbidden: MESSAGE_DELETE_FORBIDDEN", DELETE, Fate.DONE),
    (400, "Bad Request: MESSAGE_ID_INVALID", DELETE, Fate.DONE),
    (400, "Bad Request: message to edit not found", EDIT, Fate.AS_NEW),
    (400, "Bad Request: message can't be edited", EDIT, Fate.AS_NEW),
    (400, "Bad Request: MESSAGE_ID_INVALID", EDIT, Fate.AS_NEW),
    (400, "Bad Request: MESSAGE_EDIT_TIME_EXPIRED", EDIT, Fate.AS_NEW),
    (403, "Forbidden: MESSAGE_AUTHOR_REQUIRED", EDIT, Fate.AS_NEW),
    (400, "Bad Request: there is no text in the message to edit", EDIT, Fate.AS_NEW),
    (400, "Bad Request: there is no caption in the message to edit", EDIT, Fate.AS_NEW),
    (400, "Bad Request: message to edit not found", "editMessageReplyMarkup", Fate.DROPPED),
    (400, "Bad Request: message can't be edited", "editMessageReplyMarkup", Fate.DROPPED),
    (400, "Bad Request: MESSAGE_ID_INVALID", "editMessageReplyMarkup", Fate.DROPPED),
    (403, "Forbidden: bot was blocked by the user", SEND, Fate.GONE),
    (403, "Forbidden: bot was blocked by the user", EDIT, Fate.GONE),
    (400, "Bad Request: USER_IS_BLOCKED", SEND, Fate.GONE),
    (400, "Bad Request: YOU_BLOCKED_USER", SEND, Fate.GONE),
    (403, "Forbidden: user is deactivated", SEND, Fate.GONE),
    (400, "Bad Request: INPUT_USER_DEACTIVATED", SEND, Fate.GONE),
    (403, "Forbidden: bot was kicked from the group chat", SEND, Fate.GONE),
    (403, "Forbidden: bot was kicked from the supergroup chat", SEND, Fate.GONE),
    (403, "Forbidden: bot was kicked from the channel chat", SEND, Fate.GONE),
    (400, "Bad Request: group chat was deactivated", SEND, Fate.GONE),
    (403, "Forbidden: the group chat was deleted", SEND, Fate.GONE),
    (403, "Forbidden: chat was deleted", SEND, Fate.GONE),
    (403, "Forbidden: bot can't send messages to bots", SEND, Fate.GONE),
    (403, "Forbidden: the bot can't send messages to the bot", SEND, Fate.GONE),
    (400, "Bad Request: USER_IS_BOT", SEND, Fate.GONE),
    (400, "Bad Request: USER_PRIVACY_RESTRICTED", SEND, Fate.GONE),
    (403, "Forbidden: PRIVACY_PREMIUM_REQUIRED", SEND, Fate.GONE),
    (403, "Forbidden: ALLOW_PAYMENT_REQUIRED_5", SEND, Fate.GONE),
    (400, "Bad Request: USER_BANNED_IN_CHANNEL", SEND, Fate.GONE),
    (400, "Bad Request: CHANNEL_PRIVATE", SEND, Fate.GONE),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", SEND, Fate.GONE),
    (400, "Bad Request: CHAT_GUEST_SEND_FORBIDDEN", SEND, Fate.GONE),
    (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", SEND, Fate.GONE),
    (400, "Bad Request: CHAT_RESTRICTED", SEND, Fate.GONE),
    (400, "Bad Request: CHAT_FORBIDDEN", SEND, Fate.GONE),
    (400, "Bad Request: CHAT_ADMIN_REQUIRED", SEND, Fate.GONE),
    (400, "Bad Request: need administrator rights in the channel chat", SEND, Fate.GONE),
    (400, "Bad Request: have no rights to send a message", SEND, Fate.GONE),
    (400, "Bad Request: have no write access to the chat", SEND, Fate.GONE),
    (400, "Bad Request: not enough rights to send text messages to the chat", SEND, Fate.GONE),
    (400, "Bad Request: not enough rights", SEND, Fate.GONE),
    (400, "Bad Request: not enough rights to send photos to the chat", PHOTO, Part.FILE),
    (400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN", PHOTO, Part.FILE),
    (400, "Bad Request: chat not found", SEND, Fate.UNFOUND),
    (400, "Bad Request: user not found", SEND, Fate.UNFOUND),
    (400, "Bad Request: PEER_ID_INVALID", SEND, Fate.UNFOUND),
    (400, "Bad Request: CHAT_ID_INVALID", SEND, Fate.UNFOUND),
    (400, "Bad Request: USER_ID_INVALID", SEND, Fate.UNFOUND),
    (400, "Bad Request: CHANNEL_INVALID", SEND, Fate.UNFOUND),
    (403, "Forbidden: bot can't initiate conversation with a user", SEND, Fate.UNFOUND),
    (403, "Forbidden: bot is not a member of the supergroup chat", SEND, Fate.UNFOUND),
    (403, "Forbidden: bot is not a member of the channel chat", SEND, Fate.UNFOUND),
    (400, "Bad Request: group chat was upgraded to a supergroup chat", SEND, Fate.AGAIN),
    (429, "Too Many Requests: retry after 35", SEND, Fate.PAUSED),
    (429, "Too Many Requests", SEND, Fate.PAUSED),
    (420, "FLOOD_WAIT_35", SEND, Fate.PAUSED),
    (400, "Bad Request: FLOOD_PREMIUM_WAIT_35", SEND, Fate.PAUSED),
    (400, "Bad Request: SLOWMODE_WAIT_35", SEND, Fate.PAUSED),
    (400, "Bad Request: PEER_FLOOD", SEND, Fate.PAUSED),
    (400, "Bad Request: WORKER_BUSY_TOO_LONG_RETRY", SEND, Fate.PAUSED),
    (400, "Bad Request: STORY_SEND_FLOOD", SEND, Fate.PAUSED),
    (406, "Not Acceptable: UPDATE_APP_TO_LOGIN", SEND, Fate.PAUSED),
    (400, "Bad Request: Logged out", SEND, Fate.UNREACHED),
    (400, "Logged out", SEND, Fate.UNREACHED),
    (400, "Bad Request: AUTH_KEY_UNREGISTERED", SEND, Fate.UNREACHED),
    (400, "Bad Request: SESSION_REVOKED", SEND, Fate.UNREACHED),
    (400, "Bad Request: ACCESS_TOKEN_INVALID", SEND, Fate.UNREACHED),
    (401, "Unauthorized", SEND, Fate.UNREACHED),
    (404, "Not Found", SEND, Fate.UNREACHED),
    (409, "Conflict: can't use getUpdates method while webhook is active", SEND, Fate.UNREACHED),
    (421, "Misdirected Request: unallowed token specified", SEND, Fate.UNREACHED),
    (400, "Bad Request: RPC_CALL_FAIL", SEND, Fate.UNKNOWN),
    (400, "Bad Request: RPC_MCGET_FAIL", SEND, Fate.UNKNOWN),
    (400, "Bad Request: INTERDC_4_CALL_ERROR", SEND, Fate.UNKNOWN),
    (400, "Bad Request: MSG_WAIT_FAILED", SEND, Fate.UNKNOWN),
    (500, "Internal Server Error", SEND, Fate.UNKNOWN),
    (500, "Internal Server Error: Request aborted", SEND, Fate.UNKNOWN),
    (502, "Bad Gateway", SEND, Fate.UNKNOWN),
    (504, "Gateway Timeout", SEND, Fate.UNKNOWN),
    (500, "Internal Server Error: sent message was immediately deleted", SEND, Fate.AGAIN),
    (400, "Bad Request: TOPIC_CLOSED", SEND, Part.THREAD),
    (400, "Bad Request: TOPIC_DELETED", SEND, Part.THREAD),
    (400, "Bad Request: TOPIC_ID_INVALID", SEND, Part.THREAD),
    (400, "Bad Request: message thread not found", SEND, Part.THREAD),
    (400, "Bad Request: topic not found", SEND, Part.THREAD),
    (400, "Bad Request: message to be replied not found", SEND, Part.REPLY),
    (400, "Bad Request: replied message not found", SEND, Part.REPLY),
    (400, "Bad Request: reply message not found", SEND, Part.REPLY),
    (400, "Bad Request: message to reply not found", SEND, Part.REPLY),
    (400, "Bad Request: REPLY_MESSAGE_ID_INVALID", SEND, Part.REPLY),
    (400, "Bad Request: QUOTE_TEXT_INVALID", SEND, Part.REPLY),
    (400, 'Bad Request: can\'t parse entities: Unsupported start tag "font" at byte offset 0', SEND, Part.MARKUP),
    (400, "Bad Request: can't parse message text: wrong entity", SEND, Part.MARKUP),
    (400, "Bad Request: ENTITY_TEXT_INVALID", SEND, Part.MARKUP),
    (400, "Bad Request: ENTITY_BOUNDS_INVALID", SEND, Part.MARKUP),
    (400, "Bad Request: ENTITIES_TOO_LONG", SEND, Part.MARKUP),
    (400, "Bad Request: unsupported parse_mode", SEND, Part.MARKUP),
    (400, "Bad Request: BUTTON_DATA_INVALID", SEND, Part.BUTTONS),
    (400, "Bad Request: BUTTON_URL_INVALID", SEND, Part.BUTTONS),
    (400, "Bad Request: BUTTON_TYPE_INVALID", SEND, Part.BUTTONS),
    (400, "Bad Request: inline keyboard button URL 'x' is invalid: Wrong HTTP URL", SEND, Part.BUTTONS),
    (400, "Bad Request: inline keyboard expected", EDIT, Part.BUTTONS),
    (400, "Bad Request: reply markup is too long", SEND, Part.BUTTONS),
    (400, "Bad Request: REPLY_MARKUP_INVALID", SEND, Part.BUTTONS),
    (400, "Bad Request: can't parse reply keyboard markup JSON object", SEND, Part.BUTTONS),
    (400, "Bad Request: field \"keyboard\" must be of type Array", SEND, Part.BUTTONS),
    (400, "Bad Request: wrong HTTP URL specified", SEND, Part.BUTTONS),
    (400, "Bad Request: VOICE_MESSAGES_FORBIDDEN", PHOTO, Part.FILE),
    (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", PHOTO, Part.FILE),
    (400, "Bad Request: IMAGE_PROCESS_FAILED", PHOTO, Part.FILE),
    (400, "Bad Request: MEDIA_CAPTION_TOO_LONG", PHOTO, Part.FILE),
    (400, "Bad Request: DOCUMENT_INVALID", PHOTO, Part.FILE),
    (400, "Bad Request: FILE_PARTS_INVALID", PHOTO, Part.FILE),
    (400, "Bad Request: can't use file of type Document as Photo", PHOTO, Part.FILE),
    (400, "Bad Request: can't upload file by URL", PHOTO, Part.FILE),
    (400, "Bad Request: file is too big", PHOTO, Part.FILE),
    (400, "Bad Request: there is no photo in the request", PHOTO, Part.FILE),
    (400, "Bad Request: file must be non-empty", PHOTO, Part.FILE),
    (400, "Bad Request: wrong file identifier/HTTP URL specified", PHOTO, Part.FILE),
    (413, "Request Entity Too Large", PHOTO, Part.FILE),
    (400, "Bad Request: wrong type of the web page content", PHOTO, Part.FILE),
    (400, "Bad Request: failed to get HTTP URL content", PHOTO, Part.FILE),
    (400, "Bad Request: message caption is too long", PHOTO, Part.FILE),
    (400, "Bad Request: message is too long", SEND, Part.LENGTH),
    (400, "Bad Request: MESSAGE_TOO_LONG", SEND, Part.LENGTH),
    (400, "Bad Request: message text is empty", SEND, Fate.REJECTED),
    (400, "Bad Request: text must be non-empty", SEND, Fate.REJECTED),
    (400, "Bad Request: MESSAGE_EMPTY", SEND, Fate.REJECTED),
]  # fmt: skip
UNKNOWN = [
    (400, "Bad Request: something that nobody has heard of"),
    (403, "Forbidden: something that nobody has heard of"),
    (404, "Not Found: method not found"),
    (451, "Unavailable For Legal Reasons"),
    (400, "Bad Request: BOT_RESPONSE_TIMEOUT"),
    (400, "\ud800\0"),
]
PARTS = {
    Part.THREAD: "message_thread_id",
    Part.REPLY: "reply_parameters",
    Part.FILE: "photo",
    Part.BUTTONS: "reply_markup",
    Part.MARKUP: "parse_mode",
    Part.LENGTH: "parse_mode",
}


@pytest.mark.parametrize(("code", "words", "method", "becomes"), KNOWN)
def test_each_known_refusal_has_its_fate(code: int, words: str, method: str, becomes: Fate | Part):
    failure = fate(code, words, method)
    if isinstance(becomes, Fate):
        assert (failure.fate, failure.plainer) == (becomes, None)
        return
    assert failure.fate is Fate.PLAINER
    assert failure.plainer is not None
    assert PARTS[becomes] in PAYLOADS[method]
    assert PARTS[becomes] not in failure.plainer.payload
    text = str(failure.plainer.payload["text"])
    assert "分数" in text or "曲线" in text
    left_out = {name for name, part in PARTS.items() if part in PAYLOADS[method]} - {
        name for name, part in PARTS.items() if part in failure.plainer.payload
    }
    assert left_out <= {becomes} | ({Part.MARKUP, Part.LENGTH} if becomes in (Part.MARKUP, Part.LENGTH) else set())


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: f"{row.words} {row.of[0]}")
def test_no_row_of_the_table_is_without_an_example_and_a_reason(row):
    assert row.why
    assert row.words == row.words.lower()
    assert any(refusal(words, method) is row for _, words, method, _ in KNOWN)
    assert (row.part is not None) == (row.fate is Fate.PLAINER)


@pytest.mark.parametrize(("code", "words"), UNKNOWN)
@pytest.mark.parametrize(
    ("method", "steps"),
    [
        (SEND, [Fate.AGAIN, Fate.PLAINER, Fate.PLAINER, Fate.PLAINER, Fate.REJECTED]),
        (PHOTO, [Fate.AGAIN, Fate.PLAINER, Fate.PLAINER, Fate.REJECTED]),
        (EDIT, [Fate.AGAIN, Fate.PLAINER, Fate.PLAINER, Fate.REJECTED]),
        (DELETE, [Fate.AGAIN, Fate.REJECTED]),
        ("setMyCommands", [Fate.AGAIN, Fate.REJECTED]),
        ("sendDocument", [Fate.AGAIN, Fate.REJECTED]),
    ],
)
def test_a_refusal_in_unknown_words_is_tried_again_then_plainer_and_only_then_given_up(
    code: int, words: str, method: str, steps: list[Fate]
):
    answer = json.dumps({"ok": False, "error_code": code, "description": words}).encode()
    message = replace(LEASED, method=method, payload=PAYLOADS.get(method, {"document": {}, "caption": "导出"}))
    found = []
    while (failure := failure_of(refusal_of(code, answer), message)).fate in (Fate.AGAIN, Fate.PLAINER):
        found.append(failure.fate)
        message = replace(message, refusals=message.refusals + 1)
        if failure.plainer is not None:
            message = replace(message, method=failure.plainer.method, payload=dict(failure.plainer.payload))
    assert [*found, failure.fate] == steps
    if method in (SEND, PHOTO, EDIT):
        assert message.method == SEND
        assert set(message.payload) == {"text"}
        assert "<" not in message.payload["text"]


def test_a_part_that_is_refused_and_not_there_is_a_refusal_in_unknown_words():
    message = replace(LEASED, payload={"text": "好"})
    answer = json.dumps({"ok": False, "error_code": 400, "description": "Bad Request: TOPIC_CLOSED"}).encode()
    failures = [failure_of(refusal_of(400, answer), replace(message, refusals=count)) for count in (0, 1)]
    assert [one.fate for one in failures] == [Fate.AGAIN, Fate.REJECTED]
    assert failures[0].wait_s > 0
