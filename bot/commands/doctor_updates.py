"""What `doctor` says of the way in: whom Telegram gives the updates, how many wait, and how the running bot fares."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import aiohttp

from bot.settings import Settings
from bot.telegram.api import Api
from bot.telegram.errors import TelegramError
from bot.telegram.parts import part, text
from bot.telegram.webhook import where
from bot.telegram.webhook_info import WebhookInfo, read_info, waiting

ANSWER_S: Final = 2.0
EVERYWHERE: Final = ("0.0.0.0", "::", "")  # noqa: S104  (compared with)


async def updates(settings: Settings, api: Api) -> tuple[bool, str]:
    """Whether the updates come as they should, and the words for it."""
    try:
        info = read_info(await api.call("getWebhookInfo", {}))
    except TelegramError as error:
        return False, f"Telegram does not tell who takes them: {error.message}"
    if info is None or info.pending is None:
        return False, "Telegram does not tell how many wait; look at TELEGRAM_API_BASE_URL"
    if settings.webhook_url:
        return _called(info, where(settings.webhook_url)[0])
    if not info.url:
        return True, f"polled, {waiting(info.pending)}"
    return False, (
        f"a webhook is set at {info.host}, so no updates are polled, and {waiting(info.pending)}; the bot takes it "
        "away when it starts; if the bot runs, stop what sets the webhook, or set WEBHOOK_URL"
    )


def _called(info: WebhookInfo, url: str) -> tuple[bool, str]:
    """The words for a bot that Telegram calls at the address."""
    pending = waiting(info.pending or 0)
    if not info.url:
        return True, f"no webhook is set yet, {pending}; the bot sets it when it starts"
    if info.url != url:
        return False, (
            f"a webhook is set at {info.host}, which is not WEBHOOK_URL, and {pending}; the bot sets its own when it "
            "starts; if the bot runs, stop the other process with this token"
        )
    if trouble := info.trouble(datetime.now(UTC)):
        return False, f"{trouble}; look at the certificate, and at the proxy that passes the webhook on to the bot"
    return True, f"brought to the webhook at {info.host}, {pending}"


async def running(settings: Settings) -> Iterator[str]:
    """What the bot that runs here is not content with; nothing when it is content, or does not run here."""
    host = "127.0.0.1" if settings.http_host in EVERYWHERE else settings.http_host
    address = f"http://[{host}]" if ":" in host else f"http://{host}"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(ANSWER_S), trust_env=False) as client,
            client.get(f"{address}:{settings.http_port}/readyz", allow_redirects=False) as reply,
        ):
            found = json.loads(await reply.text())
    except (aiohttp.ClientError, OSError, ValueError, RecursionError):
        return iter(())
    checks = part(found, "checks") if isinstance(found, dict) else {}
    told = ((name, text(checks, name)) for name in ("database", "intake"))
    return iter([f"{name}: {said}" for name, said in told if said not in ("", "ok")])
