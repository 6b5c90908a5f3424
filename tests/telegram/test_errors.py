"""Which error each answer stands for that is no result."""

import pytest

from bot.telegram.errors import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RefusedError,
    ServerFaultError,
    TooManyRequestsError,
    failure,
)


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (400, {"parameters": {"migrate_to_chat_id": -100}}, ChatMigrated),
        (400, {"description": "Bad Request: x"}, BadRequest),
        (401, {}, InvalidToken),
        (404, {}, InvalidToken),
        (403, {}, Forbidden),
        (502, {}, ServerFaultError),
        (200, {}, ServerFaultError),
        (413, {}, RefusedError),
        (400, {"parameters": "nonsense"}, BadRequest),
    ],
)
def test_each_answer_that_is_no_result_has_its_error(status: int, answer: dict, kind: type[Exception]):
    assert type(failure(status, answer)) is kind


def test_a_flood_says_how_long_to_wait_and_five_seconds_if_telegram_does_not():
    told, untold = failure(429, {"parameters": {"retry_after": 3}}), failure(429, {})
    assert isinstance(told, TooManyRequestsError)
    assert isinstance(untold, TooManyRequestsError)
    assert (told.seconds, untold.seconds) == (3, 5)
