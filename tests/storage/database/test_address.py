"""The address of a database, as people write it."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest

from storage.database import address


def told(url: str) -> list[dict[str, str]]:
    """What asyncpg is told of each host."""
    return [dict(parse_qsl(urlsplit(dsn).query)) for dsn, _ in address.read(url).hosts]


ONE: Mapping[str, tuple[str, list[dict[str, str]]]] = {
    "everything": (
        "postgres://u:p%40w@h:5433/d?sslmode=require",
        [{"user": "u", "password": "p@w", "dbname": "d", "host": "h", "port": "5433", "sslmode": "require"}],
    ),
    "signs in the password": (
        "postgres://u:p/s#s?x@h/d",
        [{"user": "u", "password": "p/s#s?x", "dbname": "d", "host": "h"}],
    ),
    "a socket": ("postgresql:///d?host=/run/postgresql", [{"dbname": "d", "host": "/run/postgresql"}]),
    "two hosts": (
        "postgresql://h1:1,h2/d?target_session_attrs=read-write",
        [
            {"dbname": "d", "host": "h1", "port": "1", "target_session_attrs": "read-write"},
            {"dbname": "d", "host": "h2", "target_session_attrs": "read-write"},
        ],
    ),
    "hosts as an option": (
        "postgresql+asyncpg:///d?host=h1&host=h2:6&port=5",
        [{"dbname": "d", "host": "h1", "port": "5"}, {"dbname": "d", "host": "h2", "port": "6"}],
    ),
    "IPv6": ("postgresql+asyncpg://[::1]:5/d", [{"dbname": "d", "host": "[::1]", "port": "5"}]),
    "bare IPv6": ("postgresql+asyncpg:///d?host=::1&port=5", [{"dbname": "d", "host": "[::1]", "port": "5"}]),
    "the old name of TLS": ("postgresql+asyncpg://h/d?ssl=true", [{"dbname": "d", "host": "h", "sslmode": "require"}]),
    "nothing but usual values": (
        "postgres://h/d?channel_binding=prefer&gssencmode=disable&client_encoding=UTF8",
        [{"dbname": "d", "host": "h"}],
    ),
    "a name": ("postgres://h/d?application_name=bot", [{"dbname": "d", "host": "h", "application_name": "bot"}]),
    "no host": ("postgres:///d", [{"dbname": "d"}]),
}


@pytest.mark.parametrize("url, hosts", ONE.values(), ids=ONE)
def test_an_address_says_what_libpq_would_read(url: str, hosts: list[dict[str, str]]) -> None:
    assert told(address.normal(url)) == hosts


REFUSED = {
    "postgres://h/d?channel_binding=require": "channel_binding=prefer or disable, or none; with sslmode=verify-full",
    "postgres://h/d?sslmode=yes": "sslmode=disable or allow",
    "postgres://h/d?target_session_attrs=master": "target_session_attrs=any or",
    "postgres://h/d?fast=1": "an address without the option 'fast'",
    "postgres://h/d?connect_timeout=soon": "connect_timeout: whole seconds",
    "postgres://h:70000/d": "port: a number from 1 to 65535",
    "postgres://h1,h2,h3/d?port=1,2": "port: a number, or as many as there are hosts",
    "mysql://h/d": "sqlite.*FILE or postgresql",
    "sqlite:///:memory:": "sqlite.*FILE or postgresql",
    "sqlite:///": "sqlite.*FILE or postgresql",
    "sqlite:///a.db?mode=ro": "a file without options",
}


@pytest.mark.parametrize("url", REFUSED)
def test_what_can_not_be_had_is_named(url: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[url]):
        address.normal(url)


@pytest.mark.parametrize(("written", "seconds"), [("", 5.0), ("?connect_timeout=3", 3.0), ("?connect_timeout=0", None)])
def test_a_server_is_waited_for_as_long_as_is_written(written: str, seconds: float | None) -> None:
    assert address.read(f"postgresql+asyncpg://h/d{written}").connect_s == seconds


@pytest.mark.parametrize("written", ["pgbouncer=true", "prepared_statement_cache_size=0", "statement_cache_size=0"])
def test_a_pooler_can_be_named(written: str) -> None:
    assert address.read(f"postgresql+asyncpg://h/d?{written}").is_pooled
    assert not address.read("postgresql+asyncpg://h/d?pgbouncer=false").is_pooled


def test_other_schemes_are_the_same_database() -> None:
    assert address.normal("sqlite:////data/a.db") == "sqlite+aiosqlite:////data/a.db"
    assert address.normal("postgres://h/d") == address.normal("postgresql://h/d") == "postgresql+asyncpg://h/d"
