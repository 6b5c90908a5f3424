"""What each failure of a call means."""

import pytest

from bot.delivery.channel import Fate
from bot.telegram.errors import (
    AnswerLostError,
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RefusedError,
    ServerFaultError,
    TooManyRequestsError,
    UnreachableError,
)
from bot.telegram.failures import MOST_LOST_ANSWERS, classify

SEND, EDIT, DELETE, ANSWER = "sendMessage", "editMessageText", "deleteMessage", "answerCallbackQuery"


@pytest.mark.parametrize(
    ("error", "method", "fate"),
    [
        (TooManyRequestsError(7), SEND, Fate.PAUSED),
        (UnreachableError("refused"), SEND, Fate.UNREACHED),
        (InvalidToken("Unauthorized"), SEND, Fate.UNREACHED),
        (AnswerLostError("timeout"), SEND, Fate.UNKNOWN),
        (ServerFaultError("502"), SEND, Fate.UNKNOWN),
        (Forbidden("Forbidden: bot was blocked by the user"), SEND, Fate.GONE),
        (Forbidden("Forbidden: user is deactivated"), SEND, Fate.GONE),
        (Forbidden("Forbidden: bot was kicked from the group chat"), SEND, Fate.GONE),
        (BadRequest("Bad Request: chat not found"), SEND, Fate.GONE),
        (BadRequest("Bad Request: have no rights to send a message"), SEND, Fate.GONE),
        (ChatMigrated(-100123), SEND, Fate.MOVED),
        (BadRequest("Bad Request: can't parse entities: Unsupported start tag"), SEND, Fate.REJECTED),
        (BadRequest("Bad Request: message is too long"), SEND, Fate.REJECTED),
        (RefusedError("413"), SEND, Fate.REJECTED),
        (KeyError("text"), SEND, Fate.REJECTED),
        (BadRequest("Bad Request: message is not modified: specified new message content"), EDIT, Fate.DONE),
        (BadRequest("Bad Request: message to edit not found"), EDIT, Fate.AS_NEW),
        (BadRequest("Bad Request: message can't be edited"), EDIT, Fate.AS_NEW),
        (BadRequest("Bad Request: message to edit not found"), "editMessageReplyMarkup", Fate.DROPPED),
        (BadRequest("Bad Request: message to delete not found"), DELETE, Fate.DONE),
        (BadRequest("Bad Request: query is too old and response timeout expired"), ANSWER, Fate.DROPPED),
    ],
)
def test_each_failure_has_its_fate(error: Exception, method: str, fate: Fate):
    assert classify(error, method, tries=1).fate is fate


def test_telegram_says_how_long_to_wait_and_where_a_group_went():
    assert classify(TooManyRequestsError(7), SEND, 3).wait_s == 7
    assert classify(ChatMigrated(-100123), SEND, 1).new_id == -100123


def test_a_server_in_trouble_is_tried_again_ever_slower_but_never_given_up():
    failures = [classify(ServerFaultError("502"), SEND, tries) for tries in (1, 2, 5, 6, 500)]
    assert [one.wait_s for one in failures] == [1, 2, 16, 30, 30]
    assert {one.fate for one in failures} == {Fate.UNKNOWN}


def test_a_message_whose_answers_get_lost_is_not_sent_for_ever():
    failures = [classify(AnswerLostError("timeout"), SEND, tries) for tries in range(1, MOST_LOST_ANSWERS + 1)]
    assert [one.fate for one in failures] == [Fate.UNKNOWN] * (MOST_LOST_ANSWERS - 1) + [Fate.REJECTED]
    waits = [one.wait_s for one in failures[:-1]]
    assert waits == sorted(waits)
