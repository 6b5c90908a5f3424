"""The address of a database as people write it: the file of SQLite, or PostgreSQL's with the options of libpq.

asyncpg understands most of libpq's options. Here the others are translated, or refused by name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode

SQLITE: Final = "sqlite+aiosqlite:///"
POSTGRESQL: Final = "postgresql+asyncpg://"

CONNECT_S: Final = 5.0
"""Seconds after which a silent server counts as away: asyncpg would wait a minute."""

FILES: Final = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")
"""Options that name a file."""

_OTHER_SCHEMES: Final = {
    "sqlite:///": SQLITE,
    "postgres://": POSTGRESQL,
    "postgresql://": POSTGRESQL,
}
_POOLED: Final = {"pgbouncer": "true", "prepared_statement_cache_size": "0", "statement_cache_size": "0"}
"""What people write when a pooler stands before the server, as other libraries ask for it."""

_AS_THEY_ARE: Final = frozenset(
    {*FILES, "host", "port", "user", "password", "dbname", "sslmode", "sslpassword", "sslnegotiation"}
    | {"ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs", "krbsrvname", "gsslib"}
    | {"application_name", "options"}
)
_RENAMED: Final = {"ssl": "sslmode", "database": "dbname"}
_MODES: Final = {"true": "require", "1": "require", "false": "disable", "0": "disable"}
_VALUES: Final = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "target_session_attrs": ("any", "primary", "standby", "read-write", "read-only", "prefer-standby"),
}
_AS_IT_IS_ANYWAY: Final = {
    "channel_binding": ("prefer", "disable"),
    "gssencmode": ("prefer", "disable"),
    "sslcompression": ("0",),
    "sslsni": ("1",),
    "client_encoding": ("utf8", "utf-8", "auto"),
    "load_balance_hosts": ("disable",),
}
"""Options whose named values ask for what is done without the option; other values can't be had."""

_MENDS: Final = {
    "channel_binding": "; with sslmode=verify-full nobody can stand between either",
}
_FORM: Final = re.compile(
    r"(?:(?P<user>[^:/@]*)(?::(?P<password>[^@]*))?@)?(?P<hosts>[^/?]*)(?:/(?P<dbname>[^?]*))?(?:\?(?P<query>.*))?",
    re.DOTALL,
)
_HOST: Final = re.compile(r"(?P<name>\[[^\]]*\]|[^:]*)(?::(?P<port>[0-9]*))?")


@dataclass(frozen=True)
class PostgreSQL:
    """A PostgreSQL database. `hosts`: an address for asyncpg each, in the order of trying, and the name to show.

    `connect_s`: seconds for each of them, None for no limit. `is_pooled`: a pooler is said to stand before the server.
    """

    hosts: tuple[tuple[str, str], ...]
    connect_s: float | None
    is_pooled: bool


def is_sqlite(url: str) -> bool:
    """Whether the database is a SQLite file."""
    return url.startswith("sqlite")


def file_in(url: str) -> str:
    """The path of SQLite's file as written, relative to the working folder or absolute."""
    return url.partition(":///")[2].partition("?")[0]


def normal(url: str) -> str:
    """The address in the form used everywhere. Raises ValueError with what is wanted, never with what was given."""
    for written, meant in _OTHER_SCHEMES.items():
        if url.startswith(written):
            url = meant + url.removeprefix(written)
    if url.startswith(POSTGRESQL):
        read(url)
        return url
    if not url.startswith(SQLITE) or not file_in(url) or ":memory:" in url:
        raise ValueError(f"{SQLITE}FILE or {POSTGRESQL}USER:PASSWORD@HOST/NAME")
    if "?" in url:
        raise ValueError("a file without options: what follows the ? is none of SQLite's here")
    return url


def options_in(url: str) -> dict[str, str]:
    """The options after the question mark; of an option written twice the hosts together, else the last."""
    found: dict[str, str] = {}
    form = _FORM.fullmatch(url.partition("://")[2])
    for name, value in parse_qsl((form and form["query"]) or "", keep_blank_values=True):
        renamed = _RENAMED.get(name, name)
        found[renamed] = f"{found[renamed]},{value}" if name == "host" and renamed in found else value
    return found


def read(url: str) -> PostgreSQL:
    """What the address of a PostgreSQL database says. Raises ValueError with what is wanted, never what was given."""
    form = _FORM.fullmatch(url.partition("://")[2])
    assert form is not None  # noqa: S101  (the form takes anything)
    options = options_in(url)
    connect_s = _seconds(options.pop("connect_timeout", ""))
    is_pooled = [_is_pooled(name, options.pop(name)) for name in _POOLED if name in options]
    kept = {name: value for name, value in _checked(options).items() if value}
    for name in ("user", "password", "dbname"):
        if form[name]:
            kept[name] = unquote(form[name])
    hosts = [host for host in (unquote(form["hosts"]) or kept.pop("host", "")).split(",") if host]
    ports = [port for port in kept.pop("port", "").split(",") if port]
    places = [_place(kept, host, port) for host, port in _with_ports(hosts, ports)]
    return PostgreSQL(tuple(places or [_place(kept, "", "")]), connect_s, any(is_pooled))


def _place(kept: Mapping[str, str], host: str, port: str) -> tuple[str, str]:
    there = {name: value for name, value in (("host", host), ("port", port)) if value}
    return "postgresql://?" + urlencode(dict(kept) | there), ":".join(there.values())


def _with_ports(hosts: list[str], ports: list[str]) -> list[tuple[str, str]]:
    """Each host with its port, "" for the usual one. Raises ValueError."""
    if len(ports) not in (0, 1, len(hosts)) or not all(port.isdecimal() for port in ports):
        raise ValueError("port: a number, or as many as there are hosts")
    after = ports * (len(hosts) if len(ports) == 1 else 1) or [""] * len(hosts)
    return [_host(host, port) for host, port in zip(hosts, after, strict=True)]


def _host(host: str, port: str) -> tuple[str, str]:
    found = None if host.startswith("/") else _HOST.fullmatch(host)
    name, port = (found["name"], found["port"] or port) if found else (host, port)
    if port and not 0 < int(port) < 65_536:
        raise ValueError("port: a number from 1 to 65535")
    is_bare_ipv6 = found is None and ":" in name and not name.startswith("/")
    return f"[{name}]" if is_bare_ipv6 else name, port


def _checked(options: Mapping[str, str]) -> dict[str, str]:
    """The options for asyncpg. Raises ValueError for one that can't be had."""
    kept = {}
    for name, written in options.items():
        value = _MODES.get(written.lower(), written) if name == "sslmode" else written
        if name in _AS_IT_IS_ANYWAY:
            _refuse_unless(name, value.lower(), _AS_IT_IS_ANYWAY[name])
        elif name not in _AS_THEY_ARE:
            raise ValueError(f"an address without the option {name!r}, which is not known here")
        else:
            _refuse_unless(name, value, _VALUES.get(name, (value,)))
            kept[name] = value
    return kept


def _refuse_unless(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name}={' or '.join(known)}, or none{_MENDS.get(name, '')}")


def _is_pooled(name: str, value: str) -> bool:
    """Whether the option says that a pooler is there; any size of a cache but 0 says nothing."""
    return value.lower() == _POOLED[name]


def _seconds(written: str) -> float | None:
    """Seconds to wait for a server; 0 is no limit, as libpq has it. Raises ValueError."""
    if not written:
        return CONNECT_S
    if not written.isdecimal():
        raise ValueError("connect_timeout: whole seconds")
    return float(written) or None
