"""HTTP to the Bot API over a session of aiohttp, with the knowledge whether a failed call was ever written.

A message of the Bot API has no idempotency key. So the sender must know whether a call that failed had been written:
a call that was never written certainly took no effect, a call that was written and not answered may have. The tracing
of aiohttp calls `on_request_headers_sent` when a request goes to a connection, and never before a connection is made.
aiohttp writes a POST once, however the connection ends; only a GET is tried again.
"""

from functools import cache
from types import SimpleNamespace, TracebackType
from typing import Any, Final, Self

import aiohttp
from yarl import URL

from bot.telegram.errors import AnswerLostError, UnreachableError

CONNECT_S: Final = 5.0
"""How long making a connection may take: waiting for a free one, name, TCP and TLS together."""

IDLE_S: Final = 15.0
"""After this the server may be closing an idle connection, and the answer to a call on it would be lost."""

JSON: Final = {"Content-Type": "application/json"}
_LEFT_OUT: Final = ("Accept", "Accept-Encoding", "User-Agent")
"""Headers that aiohttp would add to each request and that change nothing for the Bot API."""


class Session:
    """Requests to any server, on at most `limit` connections at a time; open within an `async with` block.

    A connection idle for longer than `idle_s` seconds is not used again.
    """

    def __init__(self, limit: int, idle_s: float = IDLE_S) -> None:
        self._limit = limit
        self._idle_s = idle_s
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._client = _client(self._limit, self._idle_s)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.close()

    async def post(self, url: URL, body: bytes | aiohttp.FormData, answer_s: float) -> tuple[int, bytes]:
        """Status and body of the answer to a POST of JSON or of a form, within `answer_s` seconds in all.

        Raises UnreachableError or AnswerLostError.
        """
        return await self._exchange("POST", url, answer_s, data=body, headers=JSON if isinstance(body, bytes) else None)

    async def get(self, url: URL, answer_s: float) -> tuple[int, bytes]:
        """Status and body of the answer to a GET, within `answer_s` seconds in all. Raises as `post`."""
        return await self._exchange("GET", url, answer_s)

    async def _exchange(self, method: str, url: URL, answer_s: float, **request: Any) -> tuple[int, bytes]:
        client, trace = self._client, _Trace()
        if client is None or client.closed:
            raise UnreachableError("no connection to the Bot API: closed")
        timeout = _timeout(answer_s)
        try:
            async with client.request(
                method, url, timeout=timeout, allow_redirects=False, trace_request_ctx=trace, **request
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _lost(trace, error) from None


class _Trace:
    """Findings of aiohttp's tracing about a request."""

    is_written = False


async def _written(_client: aiohttp.ClientSession, context: SimpleNamespace, _headers: object) -> None:
    context.trace_request_ctx.is_written = True


def _client(limit: int, idle_s: float) -> aiohttp.ClientSession:
    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(_written)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=limit, keepalive_timeout=idle_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=_LEFT_OUT,
        trace_configs=[tracing],
    )


@cache
def _timeout(answer_s: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=answer_s, connect=CONNECT_S)


def _lost(trace: _Trace, error: Exception) -> UnreachableError | AnswerLostError:
    """The meaning of aiohttp's error, with the class alone: the error's text may hold the call's address."""
    cause = type(getattr(error, "os_error", error)).__name__
    if trace.is_written:
        return AnswerLostError(f"no answer from the Bot API: {cause}")
    return UnreachableError(f"no connection to the Bot API: {cause}")
