"""Addresses of proxies: what a setting may say, and which of the usual settings is meant for an address.

`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` mean what they mean to curl.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import unquote, urlsplit

PORTS: Final = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
"""The kinds of proxy, each with the port of an address that names none."""

WANTED: Final = "an address like http://HOST:PORT, https://…, socks5://… or socks5h://USER:PASSWORD@HOST:PORT"
ENCODE: Final = (
    "an address in which the user and the password are percent-encoded: "
    "write @ as %40, : as %3A, / as %2F, # as %23, ? as %3F and % as %25"
)
_SOCKS_5: Final = "socks5h:// (the proxy looks names up) or socks5:// (names are looked up here)"
_OTHER_KINDS: Final = {
    "socks": f"{_SOCKS_5} instead of socks://",
    "socks4": f"{_SOCKS_5}; SOCKS 4 is not spoken",
    "socks4a": f"{_SOCKS_5}; SOCKS 4 is not spoken",
}
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LONGEST_BYTES: Final = 255
"""Of a user or a password; SOCKS 5 has a byte for their length."""


@dataclass(frozen=True)
class Proxy:
    """Where a proxy is; `setting` names the setting that says so. The text of a proxy has no password."""

    kind: str
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    setting: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        password = ":***" if self.password else ""
        return f"{self.kind}://{self.user}{password}{'@' if self.user or password else ''}{host}:{self.port}"

    @property
    def basic(self) -> str:
        """The header by which an HTTP proxy knows the user."""
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()

    @property
    def is_socks(self) -> bool:
        """True for SOCKS 5, whoever looks names up."""
        return self.kind.startswith("socks")


def proxy_at(address: str, setting: str = "") -> Proxy:
    """The proxy at the address. Raises ValueError with what is wanted, never with the address."""
    kind, mark, rest = address.strip().partition("://")
    kind = kind.lower() if mark else ""
    if kind not in PORTS:
        raise ValueError(_OTHER_KINDS.get(kind, WANTED))
    authority, path = _parts(rest)
    if authority.count("@") > 1 or "@" in path:
        raise ValueError(ENCODE)
    user, password = _person(authority.rpartition("@")[0], is_http=kind.startswith("http"))
    host, port = _place(authority.rpartition("@")[2])
    if path not in ("", "/"):
        raise ValueError(WANTED)
    return Proxy(kind, host, port or PORTS[kind], user, password, setting)


def _parts(rest: str) -> tuple[str, str]:
    """What stands before the first slash, question mark or number sign, and the rest from that mark on."""
    end = re.search(r"[/?#]", rest)
    return (rest[: end.start()], rest[end.start() :]) if end else (rest, "")


def _person(text: str, *, is_http: bool) -> tuple[str, str]:
    """User and password, decoded."""
    if _STRAY_PERCENT.search(text):
        raise ValueError(ENCODE)
    user, _, password = (unquote(part) for part in text.partition(":"))
    if is_http and ":" in user:
        raise ValueError("a user without a colon: HTTP can't send one")
    if any(len(part.encode()) > _LONGEST_BYTES for part in (user, password)):
        raise ValueError(f"a user and a password of at most {_LONGEST_BYTES} bytes")
    return user, password


def _place(text: str) -> tuple[str, int | None]:
    """Host and port; the port None when the text has none."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(WANTED) from None
    if not host or port == 0 or text.endswith(":") or re.search(r"[\s\\]", text):
        raise ValueError(WANTED)
    return host, port


def usual(address: str, settings: Mapping[str, str]) -> Proxy | None:
    """The proxy that the usual settings mean for an http or https address; None for none, and for a file.

    Raises ValueError that names the setting, never with the proxy's address.
    """
    own = {"http": "HTTP_PROXY", "https": "HTTPS_PROXY"}.get(address.partition("://")[0].lower())
    name = next((name for name in (own, "ALL_PROXY") if name and settings.get(name, "").strip()), None)
    if own is None or name is None or is_exempt(address, settings.get("NO_PROXY", "")):
        return None
    value = settings[name].strip()
    try:
        return proxy_at(value if "://" in value else f"http://{value}", name)
    except ValueError as error:
        raise ValueError(f"{name}: got (hidden); wants {error}") from None


def is_exempt(address: str, no_proxy: str) -> bool:
    """Whether `NO_PROXY` names the host of the address.

    An entry is `*`, a name with all names below, an address or a range of addresses, each with a port or without.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return False
    entries = filter(None, re.split(r"[,\s]+", no_proxy.lower()))
    return any(_covers(entry, host, port) for entry in entries)


def _covers(entry: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    if (network := _network(entry)) is not None:
        return _is_in(host, network)
    name, wanted = entry, ""
    if found := re.fullmatch(r"(.*):(\d+)", entry):
        name, wanted = found.groups()
    if wanted and wanted != str(port):
        return False
    if (network := _network(name)) is not None:
        return _is_in(host, network)
    name = name.removeprefix("*").lstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None


def _is_in(host: str, network: IPv4Network | IPv6Network) -> bool:
    try:
        return ip_address(host) in network
    except ValueError:
        return False
