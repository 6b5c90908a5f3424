"""HTTP to the Bot API over a session of aiohttp, with the knowledge whether a failed call was ever written.

A message of the Bot API has no idempotency key. So the sender must know whether a call that failed had been written:
a call that was never written certainly took no effect, a call that was written and not answered may have. The tracing
of aiohttp calls `on_request_headers_sent` when a request goes to a connection, and never before a connection is made.
aiohttp writes a POST once, however the connection ends; only a GET is tried again.

Without a proxy, the addresses of a name are tried each a quarter of a second after the one before (RFC 8305), which is
how aiohttp connects unless told otherwise: an address that swallows packets costs that, and not the connection.
"""

import ssl
from functools import cache
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, Final, Self

import aiohttp
from yarl import URL

from bot.proxies import Proxy
from bot.telegram.answers import LONGEST_BODY
from bot.telegram.errors import AnswerLostError, UnreachableError
from bot.telegram.proxy import ProxyConnector, ProxyError

CONNECT_S: Final = 5.0
"""How long making a connection may take: waiting for a free one, name, TCP and TLS together."""

IDLE_S: Final = 15.0
"""After this the server may be closing an idle connection, and the answer to a call on it would be lost."""

JSON: Final = {"Content-Type": "application/json"}
_LEFT_OUT: Final = ("Accept", "Accept-Encoding", "User-Agent")
"""Headers that aiohttp would add to each request and that change nothing for the Bot API."""


class Session:
    """Requests to any server, on at most `limit` connections at a time; open within an `async with` block.

    A connection idle for longer than `idle_s` seconds is not used again. All go through `proxy` if there is one.
    `ca`: a file of certificates that are trusted besides those of the system.
    """

    def __init__(
        self, limit: int, idle_s: float = IDLE_S, *, proxy: Proxy | None = None, ca: Path | None = None
    ) -> None:
        self._limit = limit
        self._idle_s = idle_s
        self._proxy = proxy
        self._ca = ca
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._client = _client(self._connector())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.close()

    def _connector(self) -> aiohttp.BaseConnector:
        kept: dict[str, Any] = {"limit": self._limit, "keepalive_timeout": self._idle_s}
        if self._proxy is not None:
            return ProxyConnector(self._proxy, trusting(self._ca), **kept)
        if self._ca is not None:
            return aiohttp.TCPConnector(ssl=trusting(self._ca), **kept)
        return aiohttp.TCPConnector(**kept)

    async def post(
        self, url: URL, body: bytes | aiohttp.FormData, answer_s: float, most_bytes: int = LONGEST_BODY
    ) -> tuple[int, bytes]:
        """Status and body of the answer to a POST of JSON or of a form, within `answer_s` seconds in all.

        Of a body longer than `most_bytes` the beginning, longer than that. Raises UnreachableError or AnswerLostError.
        """
        headers = JSON if isinstance(body, bytes) else None
        return await self._exchange("POST", url, answer_s, most_bytes, data=body, headers=headers)

    async def get(self, url: URL, answer_s: float, most_bytes: int = LONGEST_BODY) -> tuple[int, bytes]:
        """Status and body of the answer to a GET, within `answer_s` seconds in all. As `post`."""
        return await self._exchange("GET", url, answer_s, most_bytes)

    async def _exchange(
        self, method: str, url: URL, answer_s: float, most_bytes: int, **request: Any
    ) -> tuple[int, bytes]:
        client, trace = self._client, _Trace()
        if client is None or client.closed:
            raise UnreachableError("no connection to the Bot API: closed")
        timeout = _timeout(answer_s)
        try:
            async with client.request(
                method, url, timeout=timeout, allow_redirects=False, trace_request_ctx=trace, **request
            ) as answer:
                return answer.status, await _body(answer, most_bytes)
        except Exception as error:  # what else than aiohttp's own errors comes here is no more of an answer
            raise _lost(trace, error) from None


async def _body(answer: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    """The body; of a body longer than `most_bytes` as much as has come when that is seen, and the connection ends."""
    pieces: list[bytes] = []
    room = most_bytes
    async for piece in answer.content.iter_any():
        pieces.append(piece)
        room -= len(piece)
        if room < 0:
            break
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class _Trace:
    """Findings of aiohttp's tracing about a request."""

    is_written = False


async def _written(_client: aiohttp.ClientSession, context: SimpleNamespace, _headers: object) -> None:
    context.trace_request_ctx.is_written = True


def trusting(ca: Path | None) -> ssl.SSLContext:
    """Trust in the system's certificates (with SSL_CERT_FILE of the environment), and in those of the file `ca`."""
    context = ssl.create_default_context()
    if ca is not None:
        context.load_verify_locations(ca)
    return context


def _client(connector: aiohttp.BaseConnector) -> aiohttp.ClientSession:
    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(_written)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=_LEFT_OUT,
        trace_configs=[tracing],
    )


@cache
def _timeout(answer_s: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=answer_s, connect=CONNECT_S)


def _lost(trace: _Trace, error: Exception) -> UnreachableError | AnswerLostError:
    """The meaning of aiohttp's error, with the class alone: the error's text may hold the call's address.

    An error of the proxy is our own and is told whole.
    """
    if isinstance(error, ProxyError):
        return UnreachableError(f"no connection to the Bot API: {error}")
    cause = type(getattr(error, "os_error", error)).__name__
    if trace.is_written:
        return AnswerLostError(f"no answer from the Bot API: {cause}")
    return UnreachableError(f"no connection to the Bot API: {cause}")
