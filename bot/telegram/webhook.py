"""Webhook: Telegram brings updates, and is told 200 when the updates are on disk. Here are the calls that set the
webhook, and the keeper of the updates; the HTTP side is `bot.web`.

Updates of the same moment are kept in a single transaction. Moving between webhook and polling drops nothing: Telegram
keeps each update that was not answered with 200, and gives the update to whoever asks next.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Final
from urllib.parse import urlsplit

import structlog

from bot.clock import Clock
from bot.telegram import lenient
from bot.telegram.api import Api
from bot.telegram.arrival import Takes, arrival, is_of_use
from bot.telegram.errors import BadRequest, InvalidToken, TelegramError
from bot.telegram.hourly import Hourly
from bot.telegram.polling import KINDS, REFUSALS_AT_START, Receive, TokenRefusedError, pause_s
from bot.telegram.webhook_info import WebhookInfo, read_info, waiting
from storage.inbox import Arrival

DEFAULT_PATH: Final = "/webhook"
CHECK_S: Final = 30.0
MOST_AT_ONCE: Final = 100
MOST_CONNECTIONS: Final = 40
MANY: Final = 100
"""More updates waiting at Telegram than its calls bring in a moment."""

LOOKS: Final = 3
"""So many looks in a row at which many waited, and the bot does not keep up."""

log = structlog.get_logger(__name__)


_WAITING: Final = "updates wait at Telegram"
_TAKEN_OVER: Final = "another process with this token has set another webhook, or polls: stop it"


class WebhookRefusedError(Exception):
    """Telegram does not want to call the address."""


class NotJsonError(Exception):
    """The body is not JSON: nothing can be kept."""


def where(url: str) -> tuple[str, str]:
    """The address given to Telegram for WEBHOOK_URL, and the address's path; `/webhook` by default."""
    path = urlsplit(url).path.rstrip("/")
    return (url, path) if path else (url.rstrip("/") + DEFAULT_PATH, DEFAULT_PATH)


class Keeper:
    """Keeps the updates that `takes` does not leave out; `receive` returns when the updates are on disk."""

    def __init__(self, receive: Receive, takes: Takes = is_of_use) -> None:
        self._receive = receive
        self._takes = takes
        self._waiting: list[tuple[Arrival, asyncio.Future[None]]] = []
        self._keeping: asyncio.Task[None] | None = None

    async def keep(self, body: bytes) -> None:
        """Return when the update is on disk. Raises NotJsonError, and the errors of `receive`."""
        try:
            one = arrival(lenient.loads(body), self._takes)
        except ValueError:
            raise NotJsonError from None
        if one is None:
            return
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
            continue  # the caller has hung up
        if error is None:
            kept.set_result(None)
        else:
            kept.set_exception(error)


@dataclass(eq=False, repr=False)
class Webhook:
    """Has Telegram call `url`, also after somebody else has set another address or none.

    `info`: what Telegram told last of the webhook, None before. `trouble`: why updates wait there, "" if none do.
    """

    api: Api
    clock: Clock
    random: Random
    url: str
    secret: str
    listening: asyncio.Event
    info: WebhookInfo | None = field(default=None, init=False)
    trouble: str = field(default="", init=False)
    _looks_behind: int = field(default=0, init=False)
    _failures: int = field(default=0, init=False)
    _has_worked: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._hourly = Hourly(self.clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Set the webhook when the HTTP side listens, then look every 30 s whether it still is; until `stop`.

        Raises TokenRefusedError and WebhookRefusedError when Telegram refuses from the start.
        """
        await _until(stop, self._loop())

    async def _loop(self) -> None:
        await self.listening.wait()
        while True:
            try:
                await self._set_if_needed()
            except TelegramError as error:
                await self.clock.sleep(self._after(error))
            except Exception as error:
                self._failures += 1
                log.error("webhook not looked at", error=type(error).__name__)
                await self.clock.sleep(pause_s(self._failures, self.random))
            else:
                self._failures, self._has_worked = 0, True
                await self.clock.sleep(CHECK_S)

    async def _set_if_needed(self) -> None:
        if self._has_worked:
            info = read_info(await self.api.call("getWebhookInfo", {}))
            if info and info.url == self.url:
                self._look(info)
                return
            if self._hourly.is_due(_TAKEN_OVER):
                elsewhere = {"host": info.host} if info and info.url else {}
                log.error("the webhook is not ours any more: setting it again", why=_TAKEN_OVER, **elsewhere)
        payload = {"url": self.url, "secret_token": self.secret, "allowed_updates": KINDS}
        await self.api.call("setWebhook", {**payload, "max_connections": MOST_CONNECTIONS})

    def _look(self, info: WebhookInfo) -> None:
        """Note what Telegram tells of the webhook; say once when updates wait there, and once when none do any more."""
        self.info = info
        self._looks_behind = self._looks_behind + 1 if (info.pending or 0) > MANY else 0
        behind = waiting(info.pending or 0) if self._looks_behind >= LOOKS else ""
        self.trouble = info.trouble(self.clock.now()) or behind
        if self.trouble and self._hourly.is_due(_WAITING):
            log.error(_WAITING, pending=info.pending, why=info.error or "more come than are taken")
        elif not self.trouble and self._hourly.forget(_WAITING):
            log.info("no updates wait at Telegram any more")

    def _after(self, error: TelegramError) -> float:
        """Seconds to wait after the failed call. Raises TokenRefusedError and WebhookRefusedError."""
        self._failures += 1
        if not self._has_worked and isinstance(error, InvalidToken) and self._failures >= REFUSALS_AT_START:
            raise TokenRefusedError("Telegram does not know this bot token") from None
        if not self._has_worked and isinstance(error, BadRequest):
            raise WebhookRefusedError(error.message) from None
        log.warning("webhook not set", error=type(error).__name__, failures=self._failures)
        return pause_s(self._failures, self.random)


async def leave(api: Api, clock: Clock, random: Random, stop: asyncio.Event) -> None:
    """Take away the webhook, if there is one, so that updates can be polled; tried until done or `stop` is set."""
    await _until(stop, _leave(api, clock, random))


async def _leave(api: Api, clock: Clock, random: Random) -> None:
    failures = 0
    while True:
        try:
            await api.call("deleteWebhook", {})
        except Exception as error:
            failures += 1
            log.warning("webhook not taken away", error=type(error).__name__, failures=failures)
            await clock.sleep(pause_s(failures, random))
        else:
            return


async def _until(stop: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Return when `work` has ended, or when `stop` is set: then `work` is cancelled, as calls may be made again."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        working.cancel()
    await asyncio.wait({working})
    if not working.cancelled():
        working.result()
