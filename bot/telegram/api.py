"""The Bot API over HTTP: one pool of kept connections, raw JSON in and out, the errors of python-telegram-bot.

`Api` is the path that every update and every message takes. `client` gives the stock `telegram.Bot` over the same
connections, for everything else. What is said of a failure never holds the address of a call: the token is in it.

    TelegramError
      └─ TooManyRequestsError   429, with the seconds to wait (the stock one warns of itself when it is made)
    NetworkError
      ├─ UnreachableError   the call was not made (refused, no such host): it certainly took no effect
      ├─ AnswerLostError    the call was made, no answer came (timeout, connection dropped): nobody knows
      ├─ ServerFaultError   an answer of a server in trouble (5xx): nobody knows
      └─ RefusedError       an answer that fits nothing else (413, 3xx): trying again helps nobody
"""

import json
from collections.abc import Mapping
from secrets import token_hex
from typing import Any, Final
from urllib.parse import quote

from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)
from telegram.request import BaseRequest, RequestData

from bot.telegram.connections import Address, Connections, NotAnsweredError, NotSentError, address

ANSWER_S: Final = 20.0
RETRY_AFTER_S: Final = 5
"""How long to wait after a 429 that does not say."""


class TooManyRequestsError(TelegramError):
    """Not before `seconds` are over."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many requests: wait {seconds:g} s")
        self.seconds = seconds


class UnreachableError(NetworkError):
    """The call was not made."""


class AnswerLostError(NetworkError):
    """The call was made, and no answer came."""


class ServerFaultError(NetworkError):
    """The server, or what stands before it, is in trouble."""


class RefusedError(NetworkError):
    """The call was refused in a way that the Bot API does not describe."""


class Api:
    """Calls of one bot's methods."""

    def __init__(self, token: str, root: str, connections: Connections) -> None:
        self._root = f"{root}/bot{token}/"
        self._connections = connections
        self._addresses: dict[str, Address] = {}

    def __repr__(self) -> str:
        return "Api(…)"

    async def call(self, method: str, payload: Mapping[str, Any], answer_s: float = ANSWER_S) -> Any:
        """The `result` of one call. Raises the errors of `telegram.error` and those above."""
        to = self._addresses.get(method)
        if to is None:
            to = self._addresses[method] = address(self._root + method)
        status, body = await _exchange(
            self._connections, "POST", to, _JSON, json.dumps(payload).encode(), answer_s=answer_s
        )
        answer = _parsed(body)
        if status == 200 and answer.get("ok") is True:
            return answer.get("result")
        raise failure(status, answer)


_JSON = {"Content-Type": "application/json"}


async def _exchange(
    connections: Connections, method: str, to: Address, headers: Mapping[str, str], body: bytes, *, answer_s: float
) -> tuple[int, bytes]:
    """One request; its failures in the words of `telegram.error`."""
    try:
        return await connections.request(method, to, headers, body, answer_s)
    except NotSentError as error:
        raise UnreachableError(f"no connection to the Bot API: {error}") from None
    except NotAnsweredError as error:
        raise AnswerLostError(f"no answer from the Bot API: {error}") from None


def _parsed(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; empty when it is anything else, like a proxy's HTML page."""
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def failure(status: int, answer: Mapping[str, Any]) -> TelegramError:
    """The error that this answer stands for."""
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


class AiohttpRequest(BaseRequest):
    """What lets the stock `telegram.Bot` use our connections in place of its HTTP library."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @property
    def read_timeout(self) -> float | None:
        return ANSWER_S

    async def initialize(self) -> None:
        await self._connections.open()

    async def shutdown(self) -> None:
        """Nothing: whoever opened the connections closes them."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_timeouts: Any, **_more: Any
    ) -> tuple[int, bytes]:
        """Status and body of one request of the stock client."""
        headers, body = _JSON, b"{}"
        if method == "GET":
            headers, body = {}, b""
        elif request_data is not None:
            headers, body = _form(request_data) if request_data.contains_files else (_JSON, request_data.json_payload)
        return await _exchange(self._connections, method, address(url), headers, body, answer_s=ANSWER_S)


def _form(data: RequestData) -> tuple[dict[str, str], bytes]:
    """Headers and body of a multipart/form-data request."""
    boundary = token_hex(16)
    parts = [_part(boundary, f'name="{name}"', "", value.encode()) for name, value in data.json_parameters.items()]
    for name, (filename, content, kind) in data.multipart_data.items():
        named = f'name="{name}"; filename="{quote(filename)}"'
        raw = content if isinstance(content, bytes) else content.read()
        parts.append(_part(boundary, named, f"Content-Type: {kind}\r\n", raw))
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body


def _part(boundary: str, named: str, more: str, content: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {named}\r\n{more}\r\n".encode() + content + b"\r\n"


def client(token: str, root: str, connections: Connections) -> Bot:
    """The stock client over these connections."""
    request = AiohttpRequest(connections)
    return Bot(
        token, f"{root}/bot", f"{root}/file/bot", request=request, get_updates_request=AiohttpRequest(connections)
    )
