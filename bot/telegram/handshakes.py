"""What a proxy is told first, and what the proxy's answer means: HTTP CONNECT (RFC 9110) and SOCKS 5 (RFC 1928, 1929).

Each function returns when whatever is written next reaches the server. Nothing of a call has been written before.
"""

import re
from asyncio import StreamReader, Transport
from ipaddress import ip_address
from typing import Final

from bot.proxies import Proxy

_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3})\b")
_NO_USER, _BY_PASSWORD, _GRANTED = 0, 2, 0
_IPV4, _NAME, _IPV6 = 1, 3, 4
_LENGTHS: Final = {_IPV4: 4, _IPV6: 16}
_REPLIES: Final = {
    1: "general failure",
    2: "not allowed",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "timed out",
    8: "no such kind of address",
}


class RefusedByProxyError(Exception):
    """The proxy does not take us to the server; the message says why, without user and password."""


async def http_connect(proxy: Proxy, reader: StreamReader, writer: Transport, host: str, port: int) -> None:
    """Ask an HTTP proxy for the way to the server. Raises RefusedByProxyError."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    head = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n"
    if proxy.user or proxy.password:
        head += f"Proxy-Authorization: {proxy.basic}\r\n"
    writer.write(f"{head}\r\n".encode())
    found = _STATUS.match(await reader.readuntil(b"\r\n\r\n"))
    if found is None:
        raise RefusedByProxyError("what answers there is no HTTP proxy")
    if (status := int(found[1])) in (401, 407):
        raise RefusedByProxyError(_password_trouble(proxy))
    if status != 200:
        raise RefusedByProxyError(f"the proxy can't reach {place} (it answered {status})")


async def socks5(proxy: Proxy, reader: StreamReader, writer: Transport, host: str, port: int) -> None:
    """Ask a SOCKS 5 proxy for the way to the server. Raises RefusedByProxyError."""
    methods = bytes([_NO_USER, _BY_PASSWORD] if proxy.user else [_NO_USER])
    writer.write(bytes([5, len(methods)]) + methods)
    version, method = await reader.readexactly(2)
    if version != 5:
        raise RefusedByProxyError("what answers there is no SOCKS 5 proxy")
    if method not in methods:
        raise RefusedByProxyError(_password_trouble(proxy))
    if method == _BY_PASSWORD:
        writer.write(b"\x01" + _counted(proxy.user.encode()) + _counted(proxy.password.encode()))
        if (await reader.readexactly(2))[1] != _GRANTED:
            raise RefusedByProxyError(_password_trouble(proxy))
    writer.write(bytes([5, 1, 0]) + _address(host) + port.to_bytes(2, "big"))
    _, reply, _, kind = await reader.readexactly(4)
    if reply != _GRANTED:
        raise RefusedByProxyError(f"the proxy can't reach {host}:{port} ({_REPLIES.get(reply, f'reply {reply}')})")
    await reader.readexactly(2 + (_LENGTHS.get(kind) or (await reader.readexactly(1))[0]))


def _counted(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def _address(host: str) -> bytes:
    """The kind of the host's address, and the address."""
    try:
        address = ip_address(host)
    except ValueError:
        return bytes([_NAME]) + _counted(host.encode())
    return bytes([_IPV4 if address.version == 4 else _IPV6]) + address.packed


def _password_trouble(proxy: Proxy) -> str:
    known = proxy.user or proxy.password
    return "the proxy refused the user or the password" if known else "the proxy wants a user and a password"
