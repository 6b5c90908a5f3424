"""Files that somebody sent: fetched from the Bot API server, or read where a server of one's own keeps them."""

import os
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from bot.telegram.api import Api, NotHere, TooLarge
from bot.telegram.errors import (
    AnswerLostError,
    Forbidden,
    InvalidToken,
    RefusedError,
    ServerFaultError,
    StrangerError,
    TelegramError,
)
from bot.telegram.session import Session
from tests.blackhole import name_of
from tests.rule_lists import serving
from tests.telegram.test_session import BODY, HEAD, saying, server

TOKEN = "1:secret"


async def fetched(
    path: str,
    *,
    size: int | None = None,
    served: bytes = b"over HTTP",
    host: str = "127.0.0.1",
    status: int = 200,
    most: int = 10,
) -> bytes:
    """What is had of a file of at most `most` bytes that the server, called `host`, says to be at `path`."""
    told: dict[str, Any] = {"file_id": "x", "file_path": path} | ({} if size is None else {"file_size": size})

    async def over_http(request: web.Request) -> web.Response:
        assert request.path == f"/file/bot{TOKEN}/{path}"
        return web.Response(body=served, status=status)

    async def get_file(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": told})

    async with serving(over_http, get_file) as root, Session(2) as session:
        return await Api(TOKEN, root.replace("127.0.0.1", host), session).fetch("x", most)


async def test_a_file_is_fetched_over_http() -> None:
    assert await fetched("documents/file 1.csv") == b"over HTTP"


async def test_a_file_of_a_local_server_is_read_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_bytes(b"0123456789")
    assert await fetched(str(tmp_path / "file.csv")) == b"0123456789"


@pytest.mark.parametrize("size", [None, 11])
async def test_a_file_that_is_too_large_is_not_had(tmp_path: Path, size: int | None) -> None:
    (tmp_path / "file.csv").write_bytes(b"0123456789+")
    for path in (str(tmp_path / "file.csv"), "documents/file.csv"):
        with pytest.raises(TooLarge):
            await fetched(path, size=size, served=b"0123456789+")


async def test_what_cannot_be_read_here_is_told_without_the_path(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (str(tmp_path / "elsewhere.csv"), str(tmp_path), str(tmp_path / "pipe"), "/dev/zero"):
        with pytest.raises(
            NotHere, match=r"^the Bot API server runs with --local, and its folder of files can't be"
        ) as no:
            await fetched(path)
        assert path not in str(no.value)


@pytest.mark.parametrize("path", [None, "", 7, ["a"], "a\0b", "/proc/\0", "x" * 10_000, "\ud800"])
async def test_a_file_of_which_the_server_names_no_place_is_not_had(path: Any) -> None:
    with pytest.raises(RefusedError, match="names no place"):
        await fetched(path)


@pytest.mark.parametrize("path", ["documents/a?b#c%20d.csv", "文件/分数.csv", "../x"])
async def test_a_path_is_asked_for_as_the_server_names_it(path: str) -> None:
    assert await fetched(path) == b"over HTTP"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, b'{"ok": false, "error_code": 404, "description": "Not Found"}', RefusedError),
        (401, b'{"ok": false, "error_code": 401, "description": "Unauthorized"}', RefusedError),
        (403, b'{"ok": false, "error_code": 403, "description": "Forbidden: x"}', Forbidden),
        (502, b'{"ok": false, "error_code": 502, "description": "Bad Gateway"}', ServerFaultError),
        (404, b"<html>", StrangerError),
        (403, b"<html>", StrangerError),
        (302, b"", StrangerError),
        (407, b"Proxy Authentication Required", StrangerError),
        (200, b"<html>log in</html>", StrangerError),
        (200, b"", StrangerError),
    ],
)
async def test_what_is_answered_in_place_of_a_file_is_told_from_the_file(
    status: int, body: bytes, kind: type[TelegramError]
) -> None:
    with pytest.raises(TelegramError) as raised:
        await fetched("documents/file.csv", size=9, served=body, status=status, most=100)
    assert type(raised.value) is kind


async def test_of_a_file_without_end_no_more_is_read_than_wanted() -> None:
    with pytest.raises(TooLarge):
        await fetched("documents/file.csv", served=b"x" * 50_000_000)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"ok": false, "error_code": 400, "description": "Bad Request: file is too big"}', TelegramError),
        (401, b'{"ok": false, "error_code": 401, "description": "Unauthorized"}', InvalidToken),
        (403, b"<html>", StrangerError),
        (200, b'{"status": "ok"}', StrangerError),
    ],
)
async def test_a_file_that_is_not_found_has_the_error_of_the_call(
    status: int, body: bytes, kind: type[TelegramError]
) -> None:
    async def get_file(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body)

    async with serving(get_file, get_file) as root, Session(1) as session:
        with pytest.raises(kind):
            await Api(TOKEN, root, session).fetch("x", 10)


async def test_a_connection_that_drops_in_the_middle_of_a_file_is_no_file() -> None:
    async with server(saying(HEAD + b"\r\n" + BODY[:9])) as seen, Session(1) as session:
        with pytest.raises(AnswerLostError):
            await session.get(URL(seen.root), 5.0, 100)


async def test_telegram_itself_never_makes_the_bot_read_its_own_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_of(monkeypatch, "api.telegram.org", "127.0.0.1")
    (tmp_path / "file.csv").write_bytes(b"ours")
    assert await fetched(str(tmp_path / "file.csv"), host="api.telegram.org") == b"over HTTP"
