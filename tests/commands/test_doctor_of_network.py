"""What `doctor` says of the way to the Bot API: the proxy, who is trusted, names that were meant for settings."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from tests.commands.conftest import Alliance, Ran
from tests.proxies import ENCODED_PASSWORD, PASSWORD, USER, Running, proxy, sandbox_over_tls
from tests.rule_lists import serving

BOT = {"TELEGRAM_BOT_TOKEN": "1:s3cret", "TIMEZONE": "UTC"}
AUTHORITY = trustme.CA()

pytestmark = pytest.mark.usefixtures("upgraded")


@pytest.fixture
async def root(tmp_path: Path) -> AsyncIterator[str]:
    """The root of a Bot API server whose authority is in `.env`."""
    AUTHORITY.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    (tmp_path / ".env").write_text("SSL_CERT_FILE=ca.pem\n")
    async with sandbox_over_tls(AUTHORITY) as (_, found):
        yield found


@pytest.fixture(params=["http", "socks5h"])
def guarded(request: pytest.FixtureRequest) -> Iterator[Running]:
    with proxy(request.param, USER, PASSWORD) as running:
        yield running


async def doctor(alliance: Alliance, **settings: str) -> Ran:
    ran = await asyncio.to_thread(partial(alliance, "doctor", **(BOT | settings)))
    for secret in (PASSWORD, ENCODED_PASSWORD, "s3cret"):
        assert secret not in ran.out + ran.err
    return ran


def about(ran: Ran, *parts: str) -> list[str]:
    return [line for line in ran.lines if line[5:].partition(":")[0] in parts]


@pytest.mark.parametrize("setting", ["TELEGRAM_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
async def test_the_proxy_is_named_with_its_setting_and_answers(
    alliance: Alliance, root: str, guarded: Running, setting: str
) -> None:
    ran = await doctor(alliance, TELEGRAM_API_BASE_URL=root, **{setting: guarded.address_of_user})
    shown = guarded.address.replace("://", f"://{USER}:***@")
    assert about(ran, "proxy", "Bot API") == [
        f"ok   proxy: {shown} (from {setting}) answers and reaches {root.removeprefix('https://')}",
        f"ok   Bot API: @sandbox_bot at {root}, through the proxy",
    ]
    assert (ran.status, ran.err) == (0, "")
    assert guarded.connections == 2


async def test_a_proxy_that_refuses_is_named_with_what_to_mend(alliance: Alliance, root: str, guarded: Running) -> None:
    ran = await doctor(alliance, TELEGRAM_API_BASE_URL=root, HTTPS_PROXY=guarded.address)
    why = "the proxy wants a user and a password"
    assert about(ran, "proxy", "Bot API") == [
        f"BAD  proxy: {guarded.address} (from HTTPS_PROXY): {why}; look at HTTPS_PROXY",
        f"BAD  Bot API: no connection to the Bot API: {why}; look at HTTPS_PROXY and TELEGRAM_API_BASE_URL",
    ]
    assert ran.status == 1


async def test_a_proxy_that_is_not_there_is_named(alliance: Alliance, root: str) -> None:
    ran = await doctor(alliance, TELEGRAM_API_BASE_URL=root, TELEGRAM_PROXY="socks5h://127.0.0.1:1")
    (line,) = about(ran, "proxy")
    assert line == (
        "BAD  proxy: socks5h://127.0.0.1:1 (from TELEGRAM_PROXY): "
        "the proxy can't be reached (connection refused); look at TELEGRAM_PROXY"
    )


async def test_without_a_proxy_there_is_no_line_of_one_unless_it_is_exempt(alliance: Alliance, root: str) -> None:
    ran = await doctor(alliance, TELEGRAM_API_BASE_URL=root)
    assert about(ran, "proxy", "Bot API") == [f"ok   Bot API: @sandbox_bot at {root}"]
    ran = await doctor(alliance, TELEGRAM_API_BASE_URL=root, HTTPS_PROXY="http://127.0.0.1:1", NO_PROXY="localhost")
    assert about(ran, "proxy") == [f"ok   proxy: none: NO_PROXY exempts {root} from HTTPS_PROXY"]
    assert ran.status == 0


async def test_a_server_of_an_unknown_authority_is_told_with_the_mend(
    alliance: Alliance, root: str, tmp_path: Path
) -> None:
    (tmp_path / ".env").unlink()
    with proxy("http") as running:
        for settings in ({}, {"TELEGRAM_PROXY": running.address}):
            (line,) = about(await doctor(alliance, TELEGRAM_API_BASE_URL=root, **settings), "Bot API")
            assert line.startswith("BAD  Bot API: no connection to the Bot API: ")
            assert "put the certificate of the server's authority into SSL_CERT_FILE" in line


async def test_where_nothing_answers_a_proxy_is_thought_of(alliance: Alliance) -> None:
    (line,) = about(await doctor(alliance, TELEGRAM_API_BASE_URL="http://127.0.0.1:1"), "Bot API")
    assert line.endswith(
        "ConnectionRefusedError; look at TELEGRAM_API_BASE_URL and the network; "
        "where Telegram is blocked, set TELEGRAM_PROXY"
    )


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, b"<html>", "answered by something other than the Bot API: 404, html; look at TELEGRAM_API_BASE_URL"),
        (200, b'{"status": "ok"}', "answered by something other than the Bot API: 200, json; look at TELEGRAM_API"),
        (200, b'{"ok": true, "result": []}', "getMe tells of no bot; look at TELEGRAM_API_BASE_URL"),
    ],
)
async def test_what_answers_in_place_of_the_bot_api_is_named(
    alliance: Alliance, status: int, body: bytes, said: str
) -> None:
    async def stranger(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body)

    async with serving(stranger, stranger) as root:
        settings = BOT | {"TELEGRAM_API_BASE_URL": root}
        (line,) = about(await doctor(alliance, TELEGRAM_API_BASE_URL=root), "Bot API")
        assert line.startswith(f"BAD  Bot API: {said}")
        await asyncio.to_thread(partial(alliance, "shops", "add", "71", "--name", "花店", **settings))
        ran = await asyncio.to_thread(partial(alliance, "shops", "invite", "71", **settings))
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


async def test_invitations_are_made_through_the_proxy(alliance: Alliance, root: str, guarded: Running) -> None:
    settings = BOT | {"TELEGRAM_API_BASE_URL": root, "TELEGRAM_PROXY": guarded.address_of_user}
    await asyncio.to_thread(partial(alliance, "shops", "add", "71", "--name", "花店", **settings))
    ran = await asyncio.to_thread(partial(alliance, "shops", "invite", "71", **settings))
    assert ran.out.startswith("https://t.me/sandbox_bot?start=")
    assert guarded.connections == 1


async def test_without_operators_that_is_said(alliance: Alliance, root: str) -> None:
    ran = await doctor(alliance, TELEGRAM_API_BASE_URL=root)
    (line,) = about(ran, "operators")
    assert line.startswith("ok   operators: none: ADMIN_CHAT_IDS is empty, so nobody gets /admin")
    ran = await doctor(alliance, TELEGRAM_API_BASE_URL=root, ADMIN_CHAT_IDS="1, 2")
    assert about(ran, "operators") == ["ok   operators: 2 in ADMIN_CHAT_IDS"]


async def test_names_that_were_meant_for_settings_are_bad_and_others_are_said(
    alliance: Alliance, root: str, tmp_path: Path
) -> None:
    with (tmp_path / ".env").open("a") as file:
        file.write("ADMIN_CHATS=12345\nCOLOUR=s3cret\nPOSTGRES_PASSWORD=s3cret\n")
    ran = await doctor(alliance, TELEGRAM_API_BASE_URL=root, RULES_EDTION="s3cret")
    first, *bad = about(ran, "settings")
    assert first.endswith("; nobody reads these names in .env: COLOUR")
    assert bad == [
        "BAD  settings: ADMIN_CHATS in .env is no setting; did you mean ADMIN_CHAT_IDS?",
        "BAD  settings: RULES_EDTION in the environment is no setting; did you mean RULES_EDITION?",
    ]
    assert (ran.status, "12345" in ran.out) == (1, False)
