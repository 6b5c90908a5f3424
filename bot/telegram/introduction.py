"""What the bot and Telegram tell each other at the start: the menu and the descriptions, and the bot's own name."""

from collections.abc import Awaitable, Iterable
from typing import TypeVar

import structlog

from bot.telegram.api import Api
from bot.telegram.errors import TelegramError
from bot.telegram.menu import Call

T = TypeVar("T")

log = structlog.get_logger(__name__)


async def introduce(api: Api, calls: Iterable[Call]) -> None:
    """Make each call; one that fails is not worth more than the next start."""
    for method, payload in calls:
        await _tried(method, api.call(method, payload))


async def username(api: Api) -> str:
    """The bot's own name, "" when it can't be had now, or the answer has none."""
    found = await _tried("getMe", api.me())
    return found.username if found else ""


async def _tried(method: str, call: Awaitable[T]) -> T | None:
    """What the call gives, None when it failed."""
    try:
        return await call
    except TelegramError as error:
        log.warning("not introduced", method=method, error=type(error).__name__)
        return None
