"""Webhook: Telegram brings updates, and is told 200 when they are on disk. Here is what is said to Telegram, and who
keeps what it brings; the HTTP side is `bot.web`.

Updates that come at the same time are kept in one transaction. Moving between webhook and polling drops nothing:
what Telegram was not told 200 for it keeps, and gives to whoever asks next.
"""

import asyncio
import json
from collections.abc import Coroutine
from random import Random
from typing import Final
from urllib.parse import urlsplit

import structlog
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.clock import Clock
from bot.telegram.api import Api
from bot.telegram.arrival import arrival
from bot.telegram.polling import KINDS, REFUSALS_AT_START, Receive, TokenRefusedError
from storage.inbox import Arrival

DEFAULT_PATH: Final = "/webhook"
CHECK_S: Final = 30.0
LONGEST_PAUSE_S: Final = 30.0
MOST_AT_ONCE: Final = 100
MOST_CONNECTIONS: Final = 40

log = structlog.get_logger(__name__)


class WebhookRefusedError(Exception):
    """Telegram does not want to call this address."""


class NotJsonError(Exception):
    """What was brought is no update, nor anything else that can be kept."""


def where(url: str) -> tuple[str, str]:
    """The address that Telegram is given for this WEBHOOK_URL, and its path; without one it is `/webhook`."""
    path = urlsplit(url).path.rstrip("/")
    return (url, path) if path else (url.rstrip("/") + DEFAULT_PATH, DEFAULT_PATH)


class Keeper:
    """Keeps the bodies of updates; `receive` returns when they are on disk."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._waiting: list[tuple[Arrival, asyncio.Future[None]]] = []
        self._keeping: asyncio.Task[None] | None = None

    async def keep(self, body: bytes) -> None:
        """Return when this is on disk. Raises NotJsonError, and whatever kept it from the disk."""
        try:
            one = arrival(json.loads(body))
        except (ValueError, RecursionError):
            raise NotJsonError from None
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, kept))
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep_all())
        await kept

    async def _keep_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                await self._receive([one for one, _ in batch])
            except Exception as error:
                log.error("updates not stored", error=type(error).__name__, count=len(batch))
                _tell(batch, error)
            else:
                _tell(batch, None)


def _tell(batch: list[tuple[Arrival, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, kept in batch:
        if kept.done():
            continue  # its caller has hung up
        if error is None:
            kept.set_result(None)
        else:
            kept.set_exception(error)


class Webhook:
    """Sees to it that Telegram calls this address, also after somebody else has told it otherwise."""

    def __init__(
        self,
        api: Api,
        clock: Clock,
        random: Random,
        *,
        url: str,
        secret: str,
        listening: asyncio.Event,
    ) -> None:
        self._api = api
        self._clock = clock
        self._random = random
        self._url = url
        self._secret = secret
        self._listening = listening
        self._failures = 0
        self._has_worked = False

    async def run(self, stop: asyncio.Event) -> None:
        """Set the webhook once somebody listens, and look every 30 s whether it is set.

        Raises TokenRefusedError and WebhookRefusedError when Telegram refuses from the start.
        """
        await _until(stop, self._loop())

    async def _loop(self) -> None:
        await self._listening.wait()
        while True:
            try:
                await self._see_to_it()
            except TelegramError as error:
                await self._clock.sleep(self._after(error))
            else:
                self._failures, self._has_worked = 0, True
                await self._clock.sleep(CHECK_S)

    async def _see_to_it(self) -> None:
        if self._has_worked:
            info = await self._api.call("getWebhookInfo", {})
            if isinstance(info, dict) and info.get("url") == self._url:
                return
            log.warning("the webhook was taken away: setting it again")
        payload = {"url": self._url, "secret_token": self._secret, "allowed_updates": KINDS}
        await self._api.call("setWebhook", {**payload, "max_connections": MOST_CONNECTIONS})

    def _after(self, error: TelegramError) -> float:
        """How long to wait before trying again."""
        self._failures += 1
        if not self._has_worked and isinstance(error, InvalidToken) and self._failures >= REFUSALS_AT_START:
            raise TokenRefusedError("Telegram does not know this bot token") from None
        if not self._has_worked and isinstance(error, BadRequest):
            raise WebhookRefusedError(error.message) from None
        log.warning("webhook not set", error=type(error).__name__, failures=self._failures)
        return _pause_s(self._failures, self._random)


async def leave(api: Api, clock: Clock, random: Random, stop: asyncio.Event) -> None:
    """Take the webhook away, if there is one, so that updates can be polled; again until that is done."""
    await _until(stop, _leave(api, clock, random))


async def _leave(api: Api, clock: Clock, random: Random) -> None:
    failures = 0
    while True:
        try:
            await api.call("deleteWebhook", {})
        except TelegramError as error:
            failures += 1
            log.warning("webhook not taken away", error=type(error).__name__, failures=failures)
            await clock.sleep(_pause_s(failures, random))
        else:
            return


def _pause_s(failures: int, random: Random) -> float:
    longest = min(LONGEST_PAUSE_S, 0.5 * 2.0 ** min(failures - 1, 10))
    return longest * (1 - 0.2 * random.random())


async def _until(stop: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Do this until it is done, or broken off when told to stop: each call of it may be made again."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        working.cancel()
    await asyncio.wait({working})
    if not working.cancelled():
        working.result()
