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
from typing import Any, Final

import aiohttp
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
from yarl import URL

CONNECT_S: Final = 5.0
ANSWER_S: Final = 20.0
IDLE_S: Final = 15.0
"""A kept connection is closed after so long: sooner than the server would, for that would lose an answer."""

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


class Connections:
    """The pool. `post` and `get` give status and body, or raise UnreachableError or AnswerLostError."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the pool; a second call does nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._limit, keepalive_timeout=IDLE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent",),
            )

    async def close(self) -> None:
        """Close every connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def post(self, url: URL, body: Any, headers: Mapping[str, str], answer_s: float) -> tuple[int, bytes]:
        """One POST; `answer_s` is the longest silence of the server that is borne."""
        return await self._request("POST", url, body, headers, answer_s)

    async def get(self, url: URL, answer_s: float) -> tuple[int, bytes]:
        """One GET."""
        return await self._request("GET", url, None, {}, answer_s)

    async def _request(
        self, method: str, url: URL, body: Any, headers: Mapping[str, str], answer_s: float
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise UnreachableError("the connections to the Bot API are closed")
        timeout = aiohttp.ClientTimeout(sock_connect=CONNECT_S, total=CONNECT_S + answer_s)
        try:
            async with self._session.request(method, url, data=body, headers=headers, timeout=timeout) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise UnreachableError(f"no connection to the Bot API: {type(error).__name__}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AnswerLostError(f"no answer from the Bot API: {type(error).__name__}") from None


class Api:
    """Calls of one bot's methods."""

    def __init__(self, token: str, root: str, connections: Connections) -> None:
        self._root = f"{root}/bot{token}/"
        self._connections = connections
        self._urls: dict[str, URL] = {}

    def __repr__(self) -> str:
        return "Api(…)"

    async def call(self, method: str, payload: Mapping[str, Any], answer_s: float = ANSWER_S) -> Any:
        """The `result` of one call. Raises the errors of `telegram.error` and those above."""
        url = self._urls.get(method) or self._urls.setdefault(method, URL(self._root + method, encoded=True))
        status, body = await self._connections.post(url, json.dumps(payload).encode(), _JSON, answer_s)
        answer = _parsed(body)
        if status == 200 and answer.get("ok") is True:
            return answer.get("result")
        raise failure(status, answer)


_JSON = {"Content-Type": "application/json"}


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
        if method == "GET":
            return await self._connections.get(URL(url), ANSWER_S)
        if request_data is None:
            return await self._connections.post(URL(url), b"{}", _JSON, ANSWER_S)
        if request_data.contains_files:
            return await self._connections.post(URL(url), _form(request_data), {}, ANSWER_S)
        return await self._connections.post(URL(url), request_data.json_payload, _JSON, ANSWER_S)


def _form(data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def client(token: str, root: str, connections: Connections) -> Bot:
    """The stock client over these connections."""
    request = AiohttpRequest(connections)
    return Bot(
        token, f"{root}/bot", f"{root}/file/bot", request=request, get_updates_request=AiohttpRequest(connections)
    )
