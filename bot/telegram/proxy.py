"""Connections through a proxy, for a session of aiohttp; a failed one is known never to have reached the server.

aiohttp itself knows no SOCKS, and asks an HTTP proxy to pass on calls of an http:// server; whether a call that failed
there was ever written, nobody could say. Here every server is reached through a tunnel that the proxy opens first.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable
from typing import Any, Final

import aiohttp
from aiohttp.client_proto import ResponseHandler

from bot.proxies import Proxy
from bot.telegram.handshakes import RefusedByProxyError, http_connect, socks5

TUNNEL_S: Final = 4.5
"""How long reaching the proxy and the proxy's answer may take; less than `session.CONNECT_S`, so the reason is told."""

NEXT_ADDRESS_S: Final = 0.25
"""After this the next address of the proxy's name is tried beside the first (RFC 8305)."""

_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (socket.gaierror, "no such host"),
    (ConnectionRefusedError, "connection refused"),
    (TimeoutError, "no answer in time"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (ssl.SSLError, "no TLS there"),
)


class ProxyError(aiohttp.ClientError):
    """No way to the server through the proxy: nothing was written to the server. The message has no password."""


class ProxyConnector(aiohttp.BaseConnector):
    """Connections through `proxy`; `tls` is for servers and for the proxy itself. A failure is an aiohttp error."""

    def __init__(self, proxy: Proxy, tls: ssl.SSLContext, **kept: Any) -> None:
        super().__init__(**kept)
        self._proxy = proxy
        self._tls = tls

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],  # noqa: ARG002
        timeout: aiohttp.ClientTimeout,  # noqa: ARG002, ASYNC109  (aiohttp calls it so)
    ) -> ResponseHandler:
        host, port = req.url.raw_host or "", req.url.port or 0
        transport = await tunnel(self._proxy, host, port, self._tls)
        protocol = self._factory()
        try:
            if req.is_ssl():
                transport = await _over_tls(transport, protocol, self._tls, host)
            else:
                transport.set_protocol(protocol)
        except OSError as error:
            raise aiohttp.ClientConnectorError(req.connection_key, error) from error
        protocol.connection_made(transport)
        return protocol

    def close(self, *, abort_ssl: bool = True) -> Awaitable[None]:
        """Close all connections, without waiting for the server's end of TLS, as aiohttp does without a proxy."""
        return super().close(abort_ssl=abort_ssl)


async def _over_tls(
    transport: asyncio.Transport, protocol: asyncio.Protocol, tls: ssl.SSLContext, host: str
) -> asyncio.Transport:
    """A transport of TLS with the server, through the tunnel. Raises OSError."""
    try:
        made = await asyncio.get_running_loop().start_tls(transport, protocol, tls, server_hostname=host)
    except BaseException:
        transport.abort()
        raise
    if made is None:
        raise ConnectionResetError("closed meanwhile")
    return made


async def tunnel(proxy: Proxy, host: str, port: int, tls: ssl.SSLContext) -> asyncio.Transport:
    """A transport to the server at `host` and `port`, through the proxy. Raises ProxyError."""
    deadline = asyncio.get_running_loop().time() + TUNNEL_S
    reader, transport = await _proxy_reached(proxy, tls, deadline)
    try:
        async with asyncio.timeout_at(deadline):
            await _asked(proxy, reader, transport, host, port)
    except TimeoutError:
        transport.abort()
        raise ProxyError(f"the proxy did not reach {host}:{port} in time") from None
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
        transport.abort()
        raise ProxyError(f"the proxy hung up; is {proxy.kind}:// the right kind?") from None
    except RefusedByProxyError as error:
        transport.abort()
        raise ProxyError(str(error)) from None
    except BaseException:
        transport.abort()
        raise
    return transport


async def _proxy_reached(
    proxy: Proxy, tls: ssl.SSLContext, deadline: float
) -> tuple[asyncio.StreamReader, asyncio.Transport]:
    """A connection to the proxy itself. All addresses of its name are tried, each a little after the one before."""
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    try:
        async with asyncio.timeout_at(deadline):
            transport, _ = await loop.create_connection(
                lambda: asyncio.StreamReaderProtocol(reader),
                proxy.host,
                proxy.port,
                ssl=tls if proxy.kind == "https" else None,
                happy_eyeballs_delay=NEXT_ADDRESS_S,
            )
    except (OSError, UnicodeError) as error:  # a timeout is an OSError
        reason = next((words for kind, words in _REASONS if isinstance(error, kind)), type(error).__name__)
        raise ProxyError(f"the proxy can't be reached ({reason})") from None
    return reader, transport


async def _asked(proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.Transport, host: str, port: int) -> None:
    if not proxy.is_socks:
        await http_connect(proxy, reader, writer, host, port)
        return
    await socks5(proxy, reader, writer, await _looked_up(host) if proxy.kind == "socks5" else host, port)


async def _looked_up(host: str) -> str:
    """An address of the host, IPv4 if there is one: many a SOCKS proxy has no IPv6. Raises RefusedByProxyError."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        raise RefusedByProxyError(
            f"no address of {host} is known here; socks5h:// lets the proxy look names up"
        ) from None
    return str(min(found, key=lambda info: info[0] != socket.AF_INET)[4][0])
