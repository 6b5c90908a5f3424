"""The fate of a failed call of the Bot API: the only place that decides to wait, repeat, give up or fall silent.

Pure. The fates are described in `bot.delivery.channel`; the words of refusals with their fates stand in `refusals`. A
refusal in words that are not known is never the end of a message: the same call again, then plainer forms, and only
then REJECTED. For how long a message is tried is decided by the delivery.
"""

from dataclasses import replace
from typing import Final

from bot.delivery.channel import Failure, Fate
from bot.telegram.answers import plain
from bot.telegram.errors import (
    AnswerLostError,
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RefusedError,
    StrangerError,
    TelegramError,
    TooManyRequestsError,
    UnreachableError,
)
from bot.telegram.plainer import Part, plainer
from bot.telegram.refusals import refusal
from storage.sending import LeasedMessage

AGAIN_S: Final = 10.0
"""How long the chat waits before a message that was refused in unknown words is sent once more."""

PAUSE_S: Final = 60.0
"""How long a chat waits that is told to wait, and not how long."""

LONGEST_LOST_S: Final = 300.0
"""Between two calls without an answer: each may have put one more copy into the chat."""

LONGEST_WAIT_S: Final = 30.0
"""Between two calls to a server that is in trouble or not reached."""

WAITING: Final = (Fate.PAUSED, Fate.UNREACHED, Fate.UNKNOWN)
UPLOADS: Final = ("sendPhoto", "sendDocument")
FOR_A_MOMENT: Final = "answerCallbackQuery"
_TOO_LARGE: Final = 413
_NOT_ACCEPTABLE: Final = 406


def classify(error: Exception, method: str, refusals: int, tries: int = 1) -> Failure:
    """The failure for an error of a call of `method`; a plainer form is not looked for.

    `refusals`: how often the message was refused before; `tries`: its calls so far, this one included.
    """
    why = _reason(error)
    failure = _in_unknown_words(why, method, refusals)
    match error:
        case ChatMigrated():
            failure = Failure(Fate.MOVED, why, new_id=error.new_chat_id)
        case TooManyRequestsError():
            failure = Failure(Fate.PAUSED, why, wait_s=error.seconds)
        case InvalidToken() | Conflict() | UnreachableError():
            failure = Failure(Fate.UNREACHED, why, wait_s=_doubled(tries))
        case AnswerLostError():
            failure = Failure(Fate.UNKNOWN, why, wait_s=min(LONGEST_LOST_S, 4.0 ** min(tries - 1, 10)))
        case NetworkError() if not _is_too_large(error, method):
            failure = Failure(Fate.UNKNOWN, why, wait_s=_doubled(tries))
        case BadRequest() | Forbidden() | RefusedError():
            failure = _known(error, why, method, tries) or failure
    return failure


def failure_of(error: Exception, message: LeasedMessage) -> Failure:
    """The failure for an error of the message's call, with the plainer form where there is one to send."""
    failure = classify(error, message.method, message.refusals, message.tries)
    if failure.fate is Fate.MOVED and failure.new_id == message.chat_id:
        failure = _in_unknown_words(failure.why, message.method, message.refusals)
    return _made_plainer(failure, _refused_part(error, message.method), message)


def _made_plainer(failure: Failure, part: Part | None, message: LeasedMessage) -> Failure:
    """The failure with the plainer form; REJECTED where there is none."""
    if failure.fate is not Fate.PLAINER:
        return failure
    form = plainer(message.method, message.payload, part)
    if form is None and part is not None:  # the message has no such part: the words mean something that is not known
        return _made_plainer(_in_unknown_words(failure.why, message.method, message.refusals), None, message)
    return replace(failure, plainer=form) if form else Failure(Fate.REJECTED, failure.why)


def _refused_part(error: Exception, method: str) -> Part | None:
    row = refusal(str(error), method) if isinstance(error, TelegramError) else None
    return row.part if row else None


def _known(error: BadRequest | Forbidden | RefusedError, why: str, method: str, tries: int) -> Failure | None:
    """The failure by the table of refusals; None for words that are not in the table, or to be treated as such."""
    row = refusal(error.message, method)
    if row is not None and row.fate is not Fate.AGAIN:
        wait_s = PAUSE_S if row.fate is Fate.PAUSED else _doubled(tries)
        return Failure(row.fate, why, wait_s=wait_s if row.fate in WAITING else 0.0)
    is_wait = isinstance(error, RefusedError) and error.code == _NOT_ACCEPTABLE
    return Failure(Fate.PAUSED, why, wait_s=PAUSE_S) if is_wait else None


def _is_too_large(error: NetworkError, method: str) -> bool:
    """Whether a proxy, or Telegram's own, takes no upload of this size: no effect, and never any."""
    return isinstance(error, StrangerError) and error.status == _TOO_LARGE and method in UPLOADS


def _in_unknown_words(why: str, method: str, refusals: int) -> Failure:
    """Once more; after that in a plainer form. What shows for a moment only is not worth the chat's wait."""
    if method == FOR_A_MOMENT:
        return Failure(Fate.DROPPED, why)
    return Failure(Fate.PLAINER, why) if refusals else Failure(Fate.AGAIN, why, wait_s=AGAIN_S)


def _doubled(tries: int) -> float:
    return min(LONGEST_WAIT_S, 2.0 ** min(tries - 1, 10))


def _reason(error: Exception) -> str:
    """The error's class, and the words of an error of the Bot API: those of any other may hold a merchant's text."""
    kind = type(error).__name__
    return plain(f"{kind}: {error}") if isinstance(error, TelegramError) else kind
