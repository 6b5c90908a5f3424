"""What becomes of a message after each kind of failed call."""

from dataclasses import replace

import pytest

from bot.delivery.channel import Fate
from bot.telegram.errors import (
    AnswerLostError,
    ChatMigrated,
    Conflict,
    InvalidToken,
    NotMadeError,
    ServerFaultError,
    StrangerError,
    TooManyRequestsError,
    UnreachableError,
)
from bot.telegram.failures import LONGEST_WAIT_S, classify, failure_of
from tests.telegram.test_telegram_channel import LEASED

SEND, PHOTO = "sendMessage", "sendPhoto"
STRANGERS = [StrangerError(status, "html") for status in (200, 301, 302, 307, 400, 401, 403, 404, 407, 408, 409, 451)]


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (TooManyRequestsError(7), Fate.PAUSED),
        (UnreachableError("refused"), Fate.UNREACHED),
        (InvalidToken("Unauthorized"), Fate.UNREACHED),
        (Conflict("webhook"), Fate.UNREACHED),
        (AnswerLostError("timeout"), Fate.UNKNOWN),
        (ServerFaultError("502"), Fate.UNKNOWN),
        (ChatMigrated(-100123), Fate.MOVED),
        (NotMadeError(KeyError("text")), Fate.AGAIN),
        (KeyError("text"), Fate.AGAIN),
        *((error, Fate.UNKNOWN) for error in STRANGERS),
    ],
)
@pytest.mark.parametrize("method", [SEND, PHOTO, "editMessageText", "deleteMessage"])
def test_each_error_has_its_fate(error: Exception, method: str, fate: Fate):
    assert classify(error, method, 0).fate is fate


@pytest.mark.parametrize("refusals", [0, 1, 9])
@pytest.mark.parametrize("error", [*STRANGERS, StrangerError(413, "html"), ServerFaultError("500")])
def test_what_is_not_telegrams_word_never_ends_a_message(error: Exception, refusals: int):
    failure = classify(error, SEND, refusals, tries=500)
    assert failure.is_of_the_server
    assert 0 < failure.wait_s <= LONGEST_WAIT_S


def test_a_flood_and_a_move_carry_their_number():
    assert classify(TooManyRequestsError(7), SEND, 3).wait_s == 7
    assert classify(ChatMigrated(-100123), SEND, 1).new_id == -100123


def test_a_group_that_moved_to_itself_has_not_moved():
    message = replace(LEASED, chat_id=-100)
    assert failure_of(ChatMigrated(-101), message).fate is Fate.MOVED
    assert failure_of(ChatMigrated(-100), message).fate is Fate.AGAIN


def test_a_server_in_trouble_is_asked_again_each_half_minute_for_ever():
    waits = [classify(ServerFaultError("502"), SEND, 0, tries).wait_s for tries in (1, 2, 5, 6, 500)]
    assert waits == [1, 2, 16, 30, 30]


def test_no_lost_answer_is_the_last_and_each_is_waited_for_longer_than_a_5xx():
    failures = [classify(AnswerLostError("timeout"), SEND, 0, tries) for tries in (1, 2, 3, 5, 6, 500)]
    assert [one.fate for one in failures] == [Fate.UNKNOWN] * 6
    assert [one.wait_s for one in failures] == [1, 4, 16, 256, 300, 300]


def test_an_upload_that_a_proxy_finds_too_large_becomes_text():
    photo = replace(LEASED, method=PHOTO, payload={"photo": {}, "caption": "曲线"})
    failures = [failure_of(StrangerError(413, "html"), replace(photo, refusals=count)) for count in (0, 1)]
    assert [one.fate for one in failures] == [Fate.AGAIN, Fate.PLAINER]
    assert failures[1].plainer == (SEND, {"text": "曲线"})


def test_the_reason_has_nothing_of_what_a_merchant_wrote():
    assert classify(KeyError("我的店"), SEND, 0).why == "KeyError"
    assert (
        classify(NotMadeError(ValueError("我的店")), SEND, 0).why == "NotMadeError: the call can't be made: ValueError"
    )
