"""The whole bot behind a proxy: it answers, and everything it says goes that way."""

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from tests.live import SandboxClient
from tests.proxies import ENCODED_PASSWORD, PASSWORD, USER, as_server, proxy, sandbox_over_tls
from tests.web.whole import TOKEN, bot, free_port, process

AUTHORITY = trustme.CA()


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    return file


async def answers(url: str) -> str:
    """What a merchant of this sandbox hears to a question."""
    async with SandboxClient(url) as sandbox:
        shop = await sandbox.person("小店")
        await shop.says("怎么开通精选联盟")
        return (await shop.hears()).text


@pytest.mark.parametrize("kind", ["http", "https", "socks5", "socks5h"])
async def test_a_merchant_is_answered_through_each_kind_of_proxy(
    kind: str, ca: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tls: ssl.SSLContext | None = as_server(AUTHORITY) if kind == "https" else None
    async with sandbox_over_tls(AUTHORITY) as (sandbox, root):
        with proxy(kind, USER, PASSWORD, tls) as running:
            settings = {"telegram_proxy": running.address_of_user, "ssl_cert_file": ca}
            async with bot(root, f"sqlite+aiosqlite:///{tmp_path}/t.db", free_port(), webhook=False, **settings):
                assert "精选联盟" in await answers(sandbox.url)
            assert running.connections > 0
    assert capfd.readouterr().err.count(PASSWORD) == 0


async def test_the_process_takes_proxy_and_authority_from_its_environment_and_logs_no_password(
    ca: Path, tmp_path: Path
) -> None:
    async with sandbox_over_tls(AUTHORITY) as (sandbox, root):
        with proxy("socks5h", USER, PASSWORD) as running:
            settings = {
                "TELEGRAM_BOT_TOKEN": TOKEN,
                "TELEGRAM_API_BASE_URL": root,
                "HTTPS_PROXY": running.address_of_user,
                "NO_PROXY": "",
                "SSL_CERT_FILE": str(ca),
                "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/t.db",
                "HTTP_PORT": "0",
                "LOG_LEVEL": "INFO",
                "ADMIN_CHATS": "12345",
            }
            async with process(**settings) as bot_of_its_own:
                assert "精选联盟" in await answers(sandbox.url)
                bot_of_its_own.terminate()
                out, err = await asyncio.wait_for(bot_of_its_own.communicate(), 20)
    told = (out + err).decode()
    assert f"socks5h://{USER}:***@localhost:{running.port}" in told
    assert "no such setting" in told
    assert "meant=ADMIN_CHAT_IDS" in told
    for secret in (PASSWORD, ENCODED_PASSWORD, TOKEN, "12345"):
        assert secret not in told


async def test_a_proxy_that_refuses_is_told_with_the_reason_in_the_log(tmp_path: Path) -> None:
    with proxy("http", USER, PASSWORD) as running:
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_PROXY": running.address.replace("://", f"://{USER}:wr%6Fng-password@"),
            "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/t.db",
            "HTTP_PORT": "0",
        }
        async with process(**settings) as bot_of_its_own:
            assert bot_of_its_own.stderr is not None
            async with asyncio.timeout(20):
                while b"poll failed" not in (line := await bot_of_its_own.stderr.readline()):
                    assert line, "the bot ended"
    assert "the proxy refused the user or the password" in line.decode()
    assert b"wrong" not in line


async def test_a_malformed_proxy_stops_the_start_in_one_line(tmp_path: Path) -> None:
    settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_PROXY": f"socks5h://{USER}:{PASSWORD}@localhost:1"}
    async with process(**settings) as running:
        out, err = await asyncio.wait_for(running.communicate(), 20)
    told = err.decode()
    assert (running.returncode, out, told.count("\n")) == (2, b"", 1)
    assert told.startswith("alliance-bot: TELEGRAM_PROXY: got (hidden); wants ")
    assert "percent-encoded" in told
