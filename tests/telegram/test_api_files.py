"""Files that somebody sent: fetched from the Bot API server, or read where a server of one's own keeps them."""

import os
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.telegram.api import Api, NotHere, TooLarge
from bot.telegram.session import Session
from tests.blackhole import name_of
from tests.rule_lists import serving

TOKEN = "1:secret"


async def fetched(
    path: str, *, size: int | None = None, served: bytes = b"over HTTP", host: str = "127.0.0.1"
) -> bytes:
    """What is had of a file of at most ten bytes that the server, called `host`, says to be at `path`."""
    told: dict[str, Any] = {"file_id": "x", "file_path": path} | ({} if size is None else {"file_size": size})

    async def over_http(request: web.Request) -> web.Response:
        assert request.path == f"/file/bot{TOKEN}/{path}"
        return web.Response(body=served)

    async def get_file(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": told})

    async with serving(over_http, get_file) as root, Session(2) as session:
        return await Api(TOKEN, root.replace("127.0.0.1", host), session).fetch("x", 10)


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
    for path in (str(tmp_path / "elsewhere.csv"), str(tmp_path), str(tmp_path / "pipe"), "/dev/zero", "/proc/\0"):
        with pytest.raises(
            NotHere, match=r"^the Bot API server runs with --local, and its folder of files can't be"
        ) as no:
            await fetched(path)
        assert path not in str(no.value)


async def test_telegram_itself_never_makes_the_bot_read_its_own_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_of(monkeypatch, "api.telegram.org", "127.0.0.1")
    (tmp_path / "file.csv").write_bytes(b"ours")
    assert await fetched(str(tmp_path / "file.csv"), host="api.telegram.org") == b"over HTTP"
