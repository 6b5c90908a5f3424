"""The fate of a failed call of the Bot API: the only place that decides to wait, repeat, give up or fall silent.

Pure. The fates are described in `bot.delivery.channel`.
"""

from typing import Final

from bot.delivery.channel import Failure, Fate
from bot.telegram.errors import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RefusedError,
    ServerFaultError,
    TooManyRequestsError,
    UnreachableError,
)

MOST_LOST_ANSWERS: Final = 6
"""Tries of a message whose answers get lost: each may have put one more copy into the chat."""

_LOST_ANSWER_WAITS_S: Final = (1.0, 5.0, 30.0, 120.0, 300.0)
_LONGEST_WAIT_S: Final = 30.0

_GONE: Final = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "group chat was deactivated",
    "have no rights to send",
    "not enough rights",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_send_",
)
_NOTHING_TO_EDIT: Final = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NOTHING_TO_DELETE: Final = ("message to delete not found", "message can't be deleted", "message_id_invalid")
_TOO_LATE: Final = ("query is too old", "query id is invalid", "query_id_invalid")


def classify(error: Exception, method: str, tries: int) -> Failure:
    """The failure for an error of the `tries`-th call (from 1) of `method`."""
    why = _reason(error)
    failure = Failure(Fate.REJECTED, why)
    match error:
        case ChatMigrated():
            failure = Failure(Fate.MOVED, why, new_id=error.new_chat_id)
        case TooManyRequestsError():
            failure = Failure(Fate.PAUSED, why, wait_s=error.seconds)
        case BadRequest():
            failure = Failure(_of_bad_request(str(error).lower(), method), why)
        case Forbidden():
            failure = Failure(Fate.GONE, why)
        case InvalidToken() | Conflict() | UnreachableError():
            failure = Failure(Fate.UNREACHED, why, wait_s=_doubled(tries))
        case NetworkError() if not isinstance(error, RefusedError):
            failure = _unknown(error, why, tries)
    return failure


def _unknown(error: NetworkError, why: str, tries: int) -> Failure:
    """UNKNOWN, without end for a server in trouble; REJECTED after too many lost answers: each may be a copy more."""
    if isinstance(error, ServerFaultError):
        return Failure(Fate.UNKNOWN, why, wait_s=_doubled(tries))
    if tries >= MOST_LOST_ANSWERS:
        return Failure(Fate.REJECTED, why)
    return Failure(Fate.UNKNOWN, why, wait_s=_LOST_ANSWER_WAITS_S[tries - 1])


def _doubled(tries: int) -> float:
    return min(_LONGEST_WAIT_S, 2.0 ** min(tries - 1, 10))


def _of_bad_request(words: str, method: str) -> Fate:
    if "message is not modified" in words:
        return Fate.DONE
    if method == "answerCallbackQuery" and _says(words, _TOO_LATE):
        return Fate.DROPPED
    if method == "deleteMessage" and _says(words, _NOTHING_TO_DELETE):
        return Fate.DONE
    if method.startswith("edit") and _says(words, _NOTHING_TO_EDIT):
        return Fate.AS_NEW if method == "editMessageText" else Fate.DROPPED
    return Fate.GONE if _says(words, _GONE) else Fate.REJECTED


def _says(words: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in words for phrase in phrases)


def _reason(error: Exception) -> str:
    """The error's class and text, cut to 200 characters."""
    return f"{type(error).__name__}: {error}"[:200]
