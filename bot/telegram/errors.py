"""Errors of a call of the Bot API. No error's message holds the address of a call, which has the token.

Which answer stands for which error is decided in `bot.telegram.answers`. The words of each can be stored anywhere.

TelegramError
  ├─ BadRequest             400
  ├─ InvalidToken           401, 404, 421: the server knows no bot of this token
  ├─ Forbidden              403
  ├─ Conflict               409: somebody else polls with this token, or a webhook is set
  ├─ ChatMigrated           the group is a supergroup now, with another id
  ├─ TooManyRequestsError   429, 420 and all that names a time to wait, with the seconds
  ├─ RefusedError           an error of the Bot API that fits nothing else
  ├─ NotMadeError           the bot could not make the call out of the message
  └─ NetworkError           nobody knows of an answer of the Bot API
       ├─ UnreachableError   the call was never written (refused, no such host): the call certainly took no effect
       ├─ AnswerLostError    the call was written, no whole answer came (timeout, connection dropped): nobody knows
       ├─ ServerFaultError   an answer of a server in trouble (5xx): nobody knows
       └─ StrangerError      something other than the Bot API answered (a proxy's page, foreign JSON): nobody knows
"""


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


class TooManyRequestsError(TelegramError):
    """Telegram takes no such call before `seconds` are over."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many requests: wait {seconds:g} s")
        self.seconds = seconds


class RefusedError(TelegramError):
    """The call was refused in a way that the Bot API's description does not know; `code` as the answer tells it."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


class NotMadeError(TelegramError):
    """The message can't be made into a call: a picture that can't be drawn, a part that is missing."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"the call can't be made: {type(error).__name__}")


class NetworkError(TelegramError):
    """No answer tells the fate of the call."""


class UnreachableError(NetworkError):
    """The call was never written."""


class AnswerLostError(NetworkError):
    """The call was written, and no whole answer came."""


class ServerFaultError(NetworkError):
    """The server is in trouble, and says so."""


class StrangerError(NetworkError):
    """Something in between answered, not the Bot API. `status` of HTTP; `kind` of the body: html, json, empty …"""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(f"answered by something other than the Bot API: {status}, {kind}")
        self.status = status
        self.kind = kind
