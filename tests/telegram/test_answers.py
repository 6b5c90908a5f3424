"""Which answers are Telegram's word, and that each field is read strictly, whatever stands in the answer."""

import asyncio
import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.delivery.channel import CallResult
from bot.telegram import answers
from bot.telegram.answers import (
    LONGEST_BODY,
    LONGEST_RETRY_AFTER_S,
    LONGEST_WORDS,
    RETRY_AFTER_S,
    refusal_of,
    result_of,
)
from bot.telegram.api import Api
from bot.telegram.errors import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RefusedError,
    ServerFaultError,
    StrangerError,
    TelegramError,
    TooManyRequestsError,
)
from bot.telegram.session import Session
from bot.telegram.telegram_channel import TelegramChannel
from tests.telegram.test_telegram_channel import LEASED, mark

IN_A_DATABASE = range(-(2**63), 2**63)
HTML = b"<html><body>Please log in to the network</body></html>"


def refused(code: int, words: object, **parameters: object) -> bytes:
    more = {"parameters": parameters} if parameters else {}
    return json.dumps({"ok": False, "error_code": code, "description": words, **more}).encode()


def error(status: int, body: bytes) -> TelegramError:
    """The error that the answer stands for."""
    with pytest.raises(TelegramError) as raised:
        result_of(status, body)
    assert type(refusal_of(status, body)) is type(raised.value)
    return raised.value


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        (400, "Bad Request: chat not found", BadRequest),
        (401, "Unauthorized", InvalidToken),
        (403, "Forbidden: bot was blocked by the user", Forbidden),
        (404, "Not Found", InvalidToken),
        (404, "Not Found: method not found", RefusedError),
        (406, "Not Acceptable", RefusedError),
        (409, "Conflict: terminated by other getUpdates request", Conflict),
        (413, "Request Entity Too Large", RefusedError),
        (420, "FLOOD_WAIT_7", TooManyRequestsError),
        (421, "Misdirected Request: unallowed token specified", InvalidToken),
        (429, "Too Many Requests: retry after 7", TooManyRequestsError),
        (400, "Bad Request: SLOWMODE_WAIT_30", TooManyRequestsError),
        (400, "Bad Request: FLOOD_PREMIUM_WAIT_3", TooManyRequestsError),
        (500, "Internal Server Error", ServerFaultError),
        (500, "Internal Server Error: sent message was immediately deleted", RefusedError),
        (502, "Bad Gateway", ServerFaultError),
    ],
)
@pytest.mark.parametrize("status", ["the code", 200])
def test_an_error_of_the_bot_api_is_told_by_its_code(code: int, words: str, kind: type[Exception], status: Any):
    assert type(error(code if status == "the code" else 200, refused(code, words))) is kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (HTML, "html"),
        (b"\xef\xbb\xbf \r\n<!DOCTYPE html>", "html"),
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"Forbidden", "other"),
        (b"\x1f\x8b\x08\x00", "other"),
        (b"null", "other"),
        (b"[]", "json"),
        (b"{}", "json"),
        (b'{"error": "forbidden"}', "json"),
        (b'{"ok": true}', "json"),
        (b'{"ok": 1, "result": {}}', "json"),
        (b'{"ok": "true", "result": {}}', "json"),
        (b'{"ok": false, "description": "Forbidden"}', "json"),
        (b'{"ok": false, "error_code": 403}', "json"),
        (b'{"ok": false, "error_code": "403", "description": "Forbidden"}', "json"),
        (b'{"ok": false, "error_code": true, "description": "Forbidden"}', "json"),
        (b'{"ok": false, "error_code": 4.03e2, "description": "Forbidden"}', "json"),
        (b'{"ok": false, "error_code": 0, "description": "Forbidden"}', "json"),
        (b'{"ok": false, "error_code": ' + b"9" * 400 + b', "description": "Forbidden"}', "json"),
        (b'{"ok": false, "error_code": 403, "description": null}', "json"),
        (b'{"ok": false, "error_code": 403, "description": ["Forbidden"]}', "json"),
        (b'{"ok": 0, "error_code": 403, "description": "Forbidden"}', "json"),
        (b'{"ok": true, "result":', "broken json"),
        (b"[" * (LONGEST_BODY + 1), "endless"),
    ],
    ids=lambda part: str(part[:60]),
)
@pytest.mark.parametrize("status", [200, 301, 302, 307, 400, 401, 403, 404, 407, 408, 409, 413, 429, 451, 502])
def test_all_else_is_a_strangers_answer_whatever_the_status(body: bytes, kind: str, status: int):
    found = error(status, body)
    assert isinstance(found, StrangerError)
    assert (found.status, found.kind) == (status, kind)
    assert str(found) == f"answered by something other than the Bot API: {status}, {kind}"


@pytest.mark.parametrize("status", [201, 302, 403, 404, 502])
def test_an_error_or_a_result_with_another_status_is_a_strangers(status: int):
    assert isinstance(error(status, refused(400, "Bad Request: chat not found")), StrangerError)
    assert isinstance(error(status, b'{"ok": true, "result": {"message_id": 1}}'), StrangerError)


def test_the_result_is_given_whatever_it_is():
    for result in ({"message_id": 1}, True, None, [], "yes", 1e300):
        assert result_of(200, json.dumps({"ok": True, "result": result}).encode()) == result


def test_of_a_name_that_stands_twice_the_last_counts():
    assert result_of(200, b'{"ok": false, "ok": true, "result": 1, "result": 2}') == 2


ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    2**63,
    10**30,
    -(10**30),
    10**400,
    1.5,
    math.nan,
    math.inf,
    -math.inf,
    "7",
    "",
    "\ud800\0",
    [],
    [7],
    {},
]
"""Values that no field of a number should have."""


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (3, 3.0),
        (0.5, 0.5),
        (LONGEST_RETRY_AFTER_S, LONGEST_RETRY_AFTER_S),
        (LONGEST_RETRY_AFTER_S + 1, LONGEST_RETRY_AFTER_S),
        (10**30, LONGEST_RETRY_AFTER_S),
        (10**399, LONGEST_RETRY_AFTER_S),
        (math.inf, LONGEST_RETRY_AFTER_S),
        *((odd, RETRY_AFTER_S) for odd in (None, True, False, 0, -1, -(10**30), math.nan, -math.inf, "7", [7], {})),
    ],
)
def test_a_flood_says_how_long_to_wait_within_reason_and_else_five_seconds(told: object, seconds: float):
    for code in (420, 429):
        found = error(code, refused(code, "Too Many Requests", retry_after=told))
        assert isinstance(found, TooManyRequestsError)
        assert found.seconds == seconds


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Too Many Requests: retry after 35", 35.0),
        ("FLOOD_WAIT_12", 12.0),
        ("FLOOD_PREMIUM_WAIT_3", 3.0),
        ("Too Many Requests: retry after 999999999", LONGEST_RETRY_AFTER_S),
        ("Too Many Requests: retry after -3", RETRY_AFTER_S),
        (f"Too Many Requests: retry after {'9' * 150}", RETRY_AFTER_S),
        ("Too Many Requests: retry after ٣", RETRY_AFTER_S),
    ],
)
def test_without_parameters_the_wait_is_read_in_the_words(words: str, seconds: float):
    found = error(429, refused(429, words))
    assert isinstance(found, TooManyRequestsError)
    assert found.seconds == seconds


@pytest.mark.parametrize("new_id", [-1, -1001234567890, -(2**63)])
def test_a_group_that_moved_has_its_new_id(new_id: int):
    found = error(400, refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=new_id))
    assert isinstance(found, ChatMigrated)
    assert found.new_chat_id == new_id


@pytest.mark.parametrize("new_id", [odd for odd in ODD if odd != -1])
def test_an_id_that_no_group_can_have_is_no_move(new_id: object):
    assert type(error(400, refused(400, "Bad Request: upgraded", migrate_to_chat_id=new_id))) is BadRequest


@pytest.mark.parametrize("parameters", ["nonsense", [], 7, None, {}, {"x": {"y": 1}}])
def test_parameters_of_another_type_are_none(parameters: object):
    body = {"ok": False, "error_code": 400, "description": "Bad Request: x", "parameters": parameters}
    assert type(error(400, json.dumps(body).encode())) is BadRequest


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        ("Bad Request: chat not found", "Chat not found"),
        ("Bad Request: a\0b\x1b[31mc\r\nd\u2028e\ud800f\udfff", "A b [31mc d e f"),
        ("x" * 10_000_000, "x" * LONGEST_WORDS),
        ("", "error 400"),
        ("\0\ud800", "error 400"),
    ],
    ids=["usual", "controls and halves", "megabytes", "empty", "nothing readable"],
)
def test_words_are_a_short_line_that_can_be_stored(words: str, stored: str):
    assert error(400, refused(400, words)).message == stored


@pytest.mark.parametrize("found", [*ODD, 2**64])
def test_a_message_id_is_a_number_that_can_be_stored_or_none(found: object):
    assert answers.message_id({"message_id": found}) is None
    assert answers.message_id({"message_id": 2**63 - 1}) == 2**63 - 1


@pytest.mark.parametrize("result", [None, True, 7, "yes", [], [{"message_id": 7}], {}, {"message": 7}])
def test_a_result_that_is_no_message_has_no_id(result: object):
    assert answers.message_id(result) is None
    assert answers.me(result) is None
    assert answers.file(result) == ("", None)


@pytest.mark.parametrize("odd", [one for one in ODD if one != 0])
def test_a_file_has_a_size_and_a_path_or_none(odd: object):
    assert answers.file({"file_path": "documents/f.csv", "file_size": odd}) == ("documents/f.csv", None)
    path = answers.file({"file_path": odd, "file_size": 0})
    assert path == (odd if odd == "7" else "", 0)


@pytest.mark.parametrize("path", ["a\0b", "a\nb", "x" * 501, "\ud800"])
def test_a_path_that_no_file_has_is_none(path: str):
    assert answers.file({"file_path": path}).path == ""


@pytest.mark.parametrize("odd", [odd for odd in ODD if odd != "7"])
def test_the_bot_has_an_id_and_a_name_or_none(odd: object):
    assert answers.me({"id": odd, "username": "alliance_bot"}) is None
    assert answers.me({"id": 7, "username": odd}) == (7, "")
    assert answers.me({"id": 7, "username": "alliance_bot"}) == (7, "alliance_bot")


class Answered(Session):
    """A session in which one answer is given to each call."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(1)
        self._answer = status, body

    async def post(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return self._answer


def sent(status: int, body: bytes, method: str = "sendMessage") -> CallResult:
    """What becomes of a message when this is the answer to its call."""
    channel = TelegramChannel(Api("1:secret", "http://127.0.0.1", Answered(status, body)), mark)
    return asyncio.run(channel.send(replace(LEASED, method=method, target=7)))


def assert_storable(result: CallResult) -> None:
    assert result.message_id is None or result.message_id in IN_A_DATABASE
    failure = result.failure
    if failure is not None:
        assert len(failure.why) <= LONGEST_WORDS
        assert "\0" not in failure.why
        failure.why.encode()
        assert 0 <= failure.wait_s <= LONGEST_RETRY_AFTER_S
        assert failure.new_id in IN_A_DATABASE


NUMBERS = st.one_of(st.sampled_from([one for one in ODD if not isinstance(one, dict)]), st.integers(), st.floats())
TEXTS = st.text(st.characters(exclude_categories=()), max_size=300)
VALUES = st.recursive(
    st.one_of(NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "ok": st.one_of(st.booleans(), VALUES),
        "result": st.one_of(st.fixed_dictionaries({"message_id": VALUES}), VALUES),
        "error_code": st.one_of(st.sampled_from([400, 401, 403, 404, 406, 409, 413, 420, 421, 429, 500]), VALUES),
        "description": st.one_of(TEXTS, VALUES),
        "parameters": st.one_of(
            st.fixed_dictionaries({}, optional={"retry_after": VALUES, "migrate_to_chat_id": VALUES}), VALUES
        ),
    },
)
LOADED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
METHODS = st.sampled_from(["sendMessage", "editMessageText", "deleteMessage", "answerCallbackQuery", "setMyCommands"])


@LOADED
@given(st.sampled_from([200, 302, 400, 403, 420, 429, 500]), FIELDS, METHODS)
@example(429, {"ok": False, "error_code": 429, "description": "", "parameters": {"retry_after": math.nan}}, "sendPhoto")
@example(400, {"ok": False, "error_code": 400, "description": "\ud800"}, "sendMessage")
def test_what_becomes_of_a_message_can_be_stored_whatever_the_answer(status: int, fields: dict[str, Any], method: str):
    assert_storable(sent(status, json.dumps(fields).encode(), method))


@LOADED
@given(st.integers(200, 599), st.binary(max_size=200))
@example(200, b"[" * 5000)
@example(200, b'{"ok":true,"result":' + b"1" * 5000 + b"}")
@example(200, b'{"ok":true,"result":{"message_id":1},"x":' + b"[" * 5000 + b"]" * 5000 + b"}")
@example(200, b'\xff\xfe{"ok":true}')
def test_no_bytes_raise_anything_but_an_error_of_a_call(status: int, body: bytes):
    assert_storable(sent(status, body))
