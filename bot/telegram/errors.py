"""Errors of a call of the Bot API. No error's message holds the address of a call, which has the token.

TelegramError
  ├─ BadRequest             400
  ├─ InvalidToken           401, 404
  ├─ Forbidden              403
  ├─ Conflict               409: somebody else polls with this token, or a webhook is set
  ├─ ChatMigrated           the group is a supergroup now, with another id
  ├─ TooManyRequestsError   429, with the seconds to wait
  └─ NetworkError
       ├─ UnreachableError   the call was never written (refused, no such host): the call certainly took no effect
       ├─ AnswerLostError    the call was written, no whole answer came (timeout, connection dropped): nobody knows
       ├─ ServerFaultError   an answer of a server in trouble (5xx): nobody knows
       └─ RefusedError       an answer that fits nothing else (413, 3xx): trying again helps nobody
"""

from collections.abc import Mapping
from typing import Any, Final

RETRY_AFTER_S: Final = 5
"""How long to wait after a 429 that does not say."""


class TelegramError(Exception):
    """`message`: the server's words about the call, without a leading `Bad Request`."""

    def __init__(self, message: str) -> None:
        bare = message.removeprefix("Bad Request: ")
        self.message = bare[:1].upper() + bare[1:] if bare != message else message
        super().__init__(self.message)


class BadRequest(TelegramError):
    """The call is wrong for the chat, message or moment."""


class InvalidToken(TelegramError):
    """No bot has the token."""


class Forbidden(TelegramError):
    """The person has blocked the bot, or the bot is not in the group."""


class Conflict(TelegramError):
    """Updates are taken elsewhere."""


class ChatMigrated(TelegramError):
    """The group goes on under another id."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(f"the group goes on as chat {new_chat_id}")
        self.new_chat_id = new_chat_id


class NetworkError(TelegramError):
    """No answer tells the fate of the call."""


class TooManyRequestsError(TelegramError):
    """Telegram takes no such call before `seconds` are over."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many requests: wait {seconds:g} s")
        self.seconds = seconds


class UnreachableError(NetworkError):
    """The call was never written."""


class AnswerLostError(NetworkError):
    """The call was written, and no whole answer came."""


class ServerFaultError(NetworkError):
    """The server, or a proxy before the server, is in trouble."""


class RefusedError(NetworkError):
    """The call was refused in a way unknown to the Bot API's description."""


def failure(status: int, answer: Mapping[str, Any]) -> TelegramError:
    """The error of an answer without a result; `answer` is the JSON object, empty if the body was none."""
    parameters = answer.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    if new_id := parameters.get("migrate_to_chat_id"):
        return ChatMigrated(int(new_id))
    if status == 429:
        return TooManyRequestsError(float(parameters.get("retry_after") or RETRY_AFTER_S))
    if status >= 500 or status == 200:
        return ServerFaultError(f"the Bot API answered {status} without a result")
    kind = _KINDS.get(status, RefusedError)
    return kind(str(answer.get("description") or f"the Bot API answered {status}"))


_KINDS: Final[Mapping[int, type[TelegramError]]] = {
    400: BadRequest,
    401: InvalidToken,
    403: Forbidden,
    404: InvalidToken,
    409: Conflict,
}
