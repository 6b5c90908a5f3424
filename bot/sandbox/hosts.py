"""Addresses and names: what only this machine reaches, and by which names a sandbox may be called.

A page of another site can reach a server on this machine by a name whose address changes meanwhile (DNS rebinding).
The request then has that name in `Host`, so a sandbox answers only to addresses and to names that nobody else owns.
"""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

_AUTHORITY: Final = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?", re.ASCII)
LOCALHOST: Final = "localhost"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens on `host`; False for a name that has no address."""
    try:
        found = socket.getaddrinfo(host or "0.0.0.0", None, type=socket.SOCK_STREAM)  # noqa: S104  (nothing listens here)
        return all(ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)
    except (OSError, ValueError):
        return False


def place(host: str, port: int) -> str:
    """Host and port as in an address, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reachable(host: str) -> str:
    """The host by which this machine reaches a server that listens on `host`."""
    address = _address(host)
    if host and (address is None or not address.is_unspecified):
        return host
    return "::1" if isinstance(address, IPv6Address) else "127.0.0.1"


def is_own_name(called: str, listened: str) -> bool:
    """Whether the `Host` header `called` means a server that listens on the host `listened`.

    A server on all addresses is meant by any address, a server on one by that one; each by `localhost` and by loopback.
    """
    found = _AUTHORITY.fullmatch(called.lower())
    if found is None:
        return False
    name = found[1] or found[2]
    if name in (LOCALHOST, listened.lower()):
        return True
    address, own = _address(name), _address(listened)
    return address is not None and (address.is_loopback or (own is not None and own.is_unspecified))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address that `text` is; None for a name."""
    try:
        return ip_address(text)
    except ValueError:
        return None
