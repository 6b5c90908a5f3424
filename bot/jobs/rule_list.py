"""The bytes of a list of rule notices, from a file or over HTTP."""

import asyncio
import ssl
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import hdrs
from yarl import URL

from bot.proxies import Proxy
from bot.telegram.proxy import ProxyConnector, ProxyError
from bot.telegram.session import trusting

ANSWER_S: Final = 10.0
"""Seconds for the whole of it."""

MOST_BYTES: Final = 2_000_000
ADDRESSES: Final = ("http://", "https://")
_CHUNK: Final = 65_536
_TOO_LONG: Final = f"more than {MOST_BYTES // 1_000_000} MB"


class UnreadableError(Exception):
    """The list can't be had; the message says why, without the address, which may hold a password."""


async def fetched(place: str, proxy: Proxy | None = None, ca: Path | None = None) -> bytes:
    """The list at `place`, a file or an address; the address is reached through `proxy`.

    `ca`: a file of certificates that are trusted besides those of the system. Raises UnreadableError.
    """
    if place.lower().startswith(ADDRESSES):
        return await _over_http(place, proxy, ca)
    return await asyncio.to_thread(_of_file, Path(place))


async def _over_http(url: str, proxy: Proxy | None, ca: Path | None) -> bytes:
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    try:
        async with (
            aiohttp.ClientSession(connector=_connector(proxy, trusting(ca)), timeout=timeout) as client,
            client.get(url, **_asking(proxy)) as answer,
        ):
            if answer.status != 200:
                raise UnreadableError(f"answered with status {answer.status}")
            return await _body(answer.content)
    except ProxyError as error:
        raise UnreadableError(f"not reached: {error}") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:  # a timeout is an OSError
        raise UnreadableError(f"not reached: {type(error).__name__}") from None


def _connector(proxy: Proxy | None, tls: ssl.SSLContext) -> aiohttp.BaseConnector:
    return ProxyConnector(proxy, tls) if proxy and proxy.is_socks else aiohttp.TCPConnector(ssl=tls)


def _asking(proxy: Proxy | None) -> dict[str, Any]:
    """How aiohttp asks an HTTP proxy, which passes on also what is not encrypted."""
    if proxy is None or proxy.is_socks:
        return {}
    place = URL.build(scheme=proxy.kind, host=proxy.host, port=proxy.port)
    known = {hdrs.PROXY_AUTHORIZATION: proxy.basic} if proxy.user or proxy.password else None
    return {"proxy": place, "proxy_headers": known}


async def _body(content: aiohttp.StreamReader) -> bytes:
    read = bytearray()
    async for chunk in content.iter_chunked(_CHUNK):
        read += chunk
        if len(read) > MOST_BYTES:
            raise UnreadableError(_TOO_LONG)
    return bytes(read)


def _of_file(file: Path) -> bytes:
    try:
        if file.exists() and not file.is_file() and not file.is_dir():  # to open a pipe would wait for its writer
            raise UnreadableError("no plain file")
        with file.open("rb") as opened:
            read = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UnreadableError(getattr(error, "strerror", None) or "no file") from None
    if len(read) > MOST_BYTES:
        raise UnreadableError(_TOO_LONG)
    return read
