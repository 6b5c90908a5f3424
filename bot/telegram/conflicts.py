"""Polls that Telegram refuses because somebody else takes the updates: who it is, and what is done about it.

A webhook is taken away, as at the start; one that comes back again and again is somebody's, and is left to operators.
Two processes that poll end each other's polls in turn, so that some polls of each get through.
"""

from collections import deque
from typing import Final

import structlog

from bot.clock import Clock
from bot.telegram.api import Api
from bot.telegram.errors import TelegramError
from bot.telegram.hourly import AGAIN_S, Hourly
from bot.telegram.webhook_info import WebhookInfo, read_info

MOST_TAKEN_AWAY: Final = 3
"""How often in an hour a webhook is taken away."""

IN_A_ROW: Final = 3
"""Conflicts after which another process polls: one or two come from a process that has just ended."""

QUIET_S: Final = 60.0
"""So long after the last conflict with another process it is over."""

ANOTHER: Final = (
    "another process polls with this token: stop it, or give one of the two a token of its own from @BotFather"
)
FOUGHT_OVER: Final = (
    "somebody sets a webhook again and again: stop what does so at the host named here, or set WEBHOOK_URL and "
    "let this bot use a webhook too"
)
TAKEN_AWAY: Final = "a webhook was set while this bot polls: it is taken away"

log = structlog.get_logger(__name__)


class Conflicts:
    """`why`: what keeps the updates from this process, "" for nothing; `is_webhook`: whether a webhook does."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self.why = ""
        self.is_webhook = False
        self._api, self._clock = api, clock
        self._hourly = Hourly(clock)
        self._taken_away: deque[float] = deque(maxlen=MOST_TAKEN_AWAY)
        self._in_a_row = 0
        self._last_at = 0.0

    async def met(self) -> None:
        """A poll was refused with 409: find out who takes the updates, say so, and take a webhook away."""
        self._last_at = self._clock.monotonic()
        self._in_a_row += 1
        try:
            info = read_info(await self._api.call("getWebhookInfo", {}))
            await self._act(info or WebhookInfo())
        except TelegramError as error:
            log.warning("nobody can tell who takes the updates", error=type(error).__name__)

    def polled(self) -> None:
        """A poll got through."""
        self._in_a_row = 0
        if self.why and (self.is_webhook or self._clock.monotonic() - self._last_at >= QUIET_S):
            log.info("polling works again", was=self.why)
            self._hourly.forget(self.why)
            self.why, self.is_webhook = "", False

    async def _act(self, info: WebhookInfo) -> None:
        if not info.url:
            if self._in_a_row >= IN_A_ROW or self.why:
                self._tell(ANOTHER)
        elif self._may_take_away():
            self._tell(TAKEN_AWAY, info.host)
            await self._api.call("deleteWebhook", {})
            self._taken_away.append(self._clock.monotonic())
        else:
            self._tell(FOUGHT_OVER, info.host)

    def _may_take_away(self) -> bool:
        is_full = len(self._taken_away) == MOST_TAKEN_AWAY
        return not is_full or self._clock.monotonic() - self._taken_away[0] >= AGAIN_S

    def _tell(self, why: str, host: str = "") -> None:
        self.why, self.is_webhook = why, bool(host)
        if self._hourly.is_due(why):
            log.error("polling refused", why=why, **({"host": host} if host else {}))
