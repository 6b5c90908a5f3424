"""What an answer of the Bot API says: the only place that looks into an answer (pure).

Only JSON of the Bot API's own shape is Telegram's word: `{"ok": true, "result": …}` with status 200, and
`{"ok": false, "error_code": 400 to 599, "description": "…"}`. The server sends the error's code as the status too; a
status of 200 is taken as well, any other belongs to something in between. All else is a StrangerError: a proxy's page,
another program's JSON, a redirect, nothing at all. What it was is told by status and kind of body, never by its text.

Each field is read by a reader with bounds; what leaves this module can be stored in every database.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from bot.telegram import lenient
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

RETRY_AFTER_S: Final = 5.0
"""How long to wait when told to wait, and the time is not named or makes no sense."""

LONGEST_RETRY_AFTER_S: Final = 4 * 3600.0
"""How long to wait at most: a call too early costs another refusal, one that is never made costs a closing."""

LONGEST_BODY: Final = 16 * 1024 * 1024
"""In bytes. A hundred updates are 10 MB at most; no more of a body is read, and a longer one is no answer."""

LONGEST_WORDS: Final = 200
_HTTP_OK: Final = 200
_IDS: Final = range(1, 2**63)
_GROUPS: Final = range(-(2**63), 0)
_CODES: Final = range(400, 600)
_FLOODS: Final = (420, 429)
_SERVER_FAULT: Final = 500
_DELETED: Final = "sent message was immediately deleted"
"""Told with 500, of a server that works: somebody in the group took the message away."""

_NO_METHOD: Final = "method not found"
"""Told with 404, by an older server that knows the bot and not the method."""

_NAMED_WAIT: Final = re.compile(r"(?:retry after |_wait_)(\d{1,9})\b", re.ASCII)
_UNREADABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_PATH: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,500}")
_USERNAME: Final = re.compile(r"\w{1,64}", re.ASCII)


class File(NamedTuple):
    """A file on the server. `path`: "" where the server names none; `size` in bytes, None where not told."""

    path: str
    size: int | None


class Me(NamedTuple):
    """The bot itself: the name is "" where the server names none."""

    id: int
    username: str


def result_of(status: int, body: bytes) -> Any:
    """The `result` of an answer, of any type. Raises the errors of `bot.telegram.errors`."""
    answer = _parsed(body)
    if isinstance(answer, dict):
        if status == _HTTP_OK and answer.get("ok") is True and "result" in answer:
            return answer["result"]
        if (refusal := _refusal(status, answer)) is not None:
            raise refusal
    raise StrangerError(status, _kind(body, answer))


def refusal_of(status: int, body: bytes) -> TelegramError:
    """The error of an answer to the call for a file's content that is not the content."""
    answer = _parsed(body)
    found = _refusal(status, answer) if isinstance(answer, dict) else None
    return found or StrangerError(status, _kind(body, answer))


def message_id(result: object) -> int | None:
    """The id of the message that a call put into the chat; None where the result has none."""
    return _whole(result.get("message_id"), _IDS) if isinstance(result, dict) else None


def file(result: object) -> File:
    """The file that `getFile` has found."""
    told = result if isinstance(result, dict) else {}
    return File(_line(told.get("file_path"), _PATH), _whole(told.get("file_size"), range(2**63)))


def me(result: object) -> Me | None:
    """The bot of which `getMe` tells; None where the result is about no bot."""
    told = result if isinstance(result, dict) else {}
    number = _whole(told.get("id"), _IDS)
    return None if number is None else Me(number, _line(told.get("username"), _USERNAME))


def plain(words: str) -> str:
    """Words of a server as they can be logged and stored: a line, cut, without what is no character."""
    return _UNREADABLE.sub(" ", words[:LONGEST_WORDS]).strip()


def _parsed(body: bytes) -> Any:
    """The value of the body, None for one that is no JSON or has no end."""
    try:
        return lenient.loads(body) if len(body) <= LONGEST_BODY else None
    except ValueError:
        return None


def _whole(value: object, within: range) -> int | None:
    """The whole number, None for anything else; True is no number."""
    return value if type(value) is int and value in within else None


def _line(value: object, pattern: re.Pattern[str]) -> str:
    """The text, "" for anything that is no such text."""
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def _refusal(status: int, answer: Mapping[str, Any]) -> TelegramError | None:
    """The error that the Bot API tells; None where this is not the Bot API's word."""
    code, words = _whole(answer.get("error_code"), _CODES), answer.get("description")
    if answer.get("ok") is not False or code is None or not isinstance(words, str) or status not in (code, _HTTP_OK):
        return None
    parameters = answer.get("parameters")
    return _error(code, plain(words) or f"error {code}", parameters if isinstance(parameters, dict) else {})


def _error(code: int, words: str, parameters: Mapping[str, Any]) -> TelegramError:
    if (new_id := _whole(parameters.get("migrate_to_chat_id"), _GROUPS)) is not None:
        return ChatMigrated(new_id)
    named = _NAMED_WAIT.search(words.lower())
    if code in _FLOODS or (named and code < _SERVER_FAULT):
        return TooManyRequestsError(_wait_s(parameters.get("retry_after"), named))
    if code >= _SERVER_FAULT and _DELETED not in words:
        return ServerFaultError(words)
    if code in _KINDS and _NO_METHOD not in words.lower():
        return _KINDS[code](words)
    return RefusedError(words, code)


def _wait_s(told: object, named: re.Match[str] | None) -> float:
    """The seconds to wait: as the parameters tell, else as the words name, within reason."""
    if isinstance(told, int | float) and not isinstance(told, bool):
        seconds = min(told, LONGEST_RETRY_AFTER_S)
        if seconds > 0:  # False for "not a number"
            return float(seconds)
    return min(float(named[1]), LONGEST_RETRY_AFTER_S) if named else RETRY_AFTER_S


def _kind(body: bytes, answer: object) -> str:
    """What a body is, in a word that never has anything of its text."""
    if not body.strip():
        return "empty"
    if len(body) > LONGEST_BODY:
        return "endless"
    if answer is not None:
        return "json"
    begins = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"<": "html", b"{": "broken json", b"[": "broken json"}.get(begins, "other")


_KINDS: Final[Mapping[int, type[TelegramError]]] = {
    400: BadRequest,
    401: InvalidToken,
    403: Forbidden,
    404: InvalidToken,
    409: Conflict,
    421: InvalidToken,
}
