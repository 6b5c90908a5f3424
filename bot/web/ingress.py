"""The intake of updates, by polling or webhook, and the HTTP side of the bot.

The HTTP side begins when the bot already serves merchants: the libraries take a tenth of a second to load.
"""

import asyncio
import importlib
import socket
from collections.abc import Callable
from random import Random
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock
from bot.settings import Settings, read_keys
from bot.telegram.api import Api
from bot.telegram.arrival import Takes, is_of_use
from bot.telegram.polling import Poller, Receive
from bot.telegram.webhook import Keeper, Webhook, leave, where
from bot.warnings.policy import WatchPolicy
from bot.web.observer import Observer
from bot.web.parts import Hook, Parts

POLL_FIRST_S: Final = 1.0
"""So long may the first poll keep the HTTP side waiting: a poll without updates is held open for long."""

ANSWER_FIRST_S: Final = 0.2
"""Time for the answers to the first poll's updates."""


class Ingress:
    """`intake` brings updates to `receive`; `receive` returns once they are on disk. `sock` None: no HTTP side.

    Updates that `takes` leaves out are confirmed, and not kept.
    """

    def __init__(
        self,
        settings: Settings,
        engine: AsyncEngine,
        watch: WatchPolicy,
        clock: Clock,
        observer: Observer,
        *,
        api: Api,
        receive: Receive,
        wake: Callable[[], None],
        sock: socket.socket | None,
        takes: Takes = is_of_use,
    ) -> None:
        self._api, self._clock, self._sock = api, clock, sock
        self._random = Random()  # noqa: S311  (spreads retries, guards nothing)
        self._listening = asyncio.Event()
        self.intake: Poller | Webhook = Poller(api, receive, clock, self._random, takes=takes)
        hook = None
        if settings.webhook_url:
            url, path = where(settings.webhook_url)
            secret = settings.webhook_secret.get_secret_value()
            self.intake = Webhook(api, clock, self._random, url=url, secret=secret, listening=self._listening)
            hook = Hook(path, secret.encode(), Keeper(receive, takes).keep)
        keys = read_keys(settings.ingest_secret.get_secret_value())
        admins, rule_list = frozenset(settings.admin_chat_ids), settings.rule_notices
        at = settings.daily_check_at
        self._parts = Parts(engine, clock, observer, watch, keys, wake, hook, admins, rule_list, at, self.intake)

    @property
    def is_served(self) -> bool:
        """Whether there is an HTTP side."""
        return self._sock is not None

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until told to stop; a polling bot also deletes the webhook."""
        async with asyncio.TaskGroup() as group:
            if isinstance(self.intake, Poller):
                group.create_task(leave(self._api, self._clock, self._random, stop))
            if self._sock is not None:
                group.create_task(self._serve(self._sock, stop))

    async def _serve(self, sock: socket.socket, stop: asyncio.Event) -> None:
        if isinstance(self.intake, Poller):
            await self._clock.wait(self._parts.observer.has_polled, POLL_FIRST_S)
            await self._clock.wait(stop, ANSWER_FIRST_S)
        web = await asyncio.to_thread(importlib.import_module, "bot.web.http_server")
        await web.serve(self._parts, sock, stop, self._listening)
