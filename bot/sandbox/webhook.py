"""Pushing updates to a webhook: again until it answers 2xx, in order within a chat."""

import asyncio
import time
from collections.abc import Coroutine
from urllib.parse import urlsplit

from bot.sandbox.errors import Json
from bot.sandbox.posting import Poster
from bot.sandbox.updates import Update, UpdateQueue

FIRST_WAIT_S = 0.05
LONGEST_WAIT_S = 5.0
MOST_CONNECTIONS = 40


class Webhook:
    """The webhook of one bot; idle until `start`."""

    def __init__(self, queue: UpdateQueue) -> None:
        self.url = ""
        self._queue = queue
        self._secret = ""
        self._most = MOST_CONNECTIONS
        self._error: Json = {}
        self._busy: dict[int, Update] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, url: str, secret: str, most: int) -> None:
        """Push to `url` from now on, at most `most` at once."""
        self.stop()
        self.url, self._secret, self._most = url, secret, most
        self._error = {}
        self._begin(self._pump(Poster(urlsplit(url))))

    def stop(self) -> None:
        """Push no more; what was not answered stays in the queue."""
        self.url = ""
        self._busy.clear()
        for task in self._tasks:
            task.cancel()

    def info(self) -> Json:
        """WebhookInfo."""
        known: Json = {"url": self.url, "has_custom_certificate": False}
        known["pending_update_count"] = len(self._queue.pending)
        if not self.url:
            return known
        allowed = {"allowed_updates": sorted(self._queue.allowed)} if self._queue.allowed else {}
        return {**known, "max_connections": self._most, "ip_address": "127.0.0.1", **allowed, **self._error}

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pump(self, poster: Poster) -> None:
        try:
            while True:
                for update in self._ready():
                    self._busy[_lane(update)] = update
                    self._begin(self._deliver(poster, update))
                await self._queue.signal.wait(3600)
        finally:
            poster.close()

    def _ready(self) -> list[Update]:
        ready: dict[int, Update] = {}
        for update in self._queue.pending:
            if len(ready) + len(self._busy) >= self._most:
                break
            if _lane(update) not in self._busy:
                ready.setdefault(_lane(update), update)
        return list(ready.values())

    async def _deliver(self, poster: Poster, update: Update) -> None:
        wait = FIRST_WAIT_S
        while not await self._took(poster, update):
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)
        del self._busy[_lane(update)]
        if update in self._queue.pending:
            self._queue.pending.remove(update)
        self._queue.signal.fire()

    async def _took(self, poster: Poster, update: Update) -> bool:
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._secret
        try:
            status, reason = await poster.post(headers, update.body.encode())
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self._note(str(error) or type(error).__name__)
            return False
        if not 200 <= status < 300:
            self._note(f"Wrong response from the webhook: {status} {reason}")
        return 200 <= status < 300

    def _note(self, message: str) -> None:
        self._error = {"last_error_date": int(time.time()), "last_error_message": message}


def _lane(update: Update) -> int:
    return update.chat_id or 0
