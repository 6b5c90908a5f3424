"""Pushing updates to a webhook: again until the answer is 2xx, in order within a chat."""

import asyncio
import time
from collections.abc import Coroutine

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.sandbox.update_queue import Update, UpdateQueue
from bot.sandbox.wire import Json

FIRST_WAIT_S = 0.05
LONGEST_WAIT_S = 5.0
ANSWER_WITHIN_S = 30.0
MOST_CONNECTIONS = 40


class Webhook:
    """The webhook of a bot; idle until `start`."""

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
        self._begin(self._pump())

    def stop(self) -> None:
        """Push no more; unanswered updates stay in the queue."""
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

    async def _pump(self) -> None:
        async with ClientSession(timeout=ClientTimeout(ANSWER_WITHIN_S)) as client:
            while True:
                for update in self._ready():
                    self._busy[_lane(update)] = update
                    self._begin(self._deliver(client, update))
                await self._queue.signal.wait(3600)

    def _ready(self) -> list[Update]:
        ready: dict[int, Update] = {}
        for update in self._queue.pending:
            if len(ready) + len(self._busy) >= self._most:
                break
            if _lane(update) not in self._busy:
                ready.setdefault(_lane(update), update)
        return list(ready.values())

    async def _deliver(self, client: ClientSession, update: Update) -> None:
        wait = FIRST_WAIT_S
        while not await self._took(client, update):
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)
        del self._busy[_lane(update)]
        if update in self._queue.pending:
            self._queue.pending.remove(update)
        self._queue.signal.fire()

    async def _took(self, client: ClientSession, update: Update) -> bool:
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._secret
        try:
            async with client.post(self.url, headers=headers, data=update.body, allow_redirects=False) as reply:
                if not 200 <= reply.status < 300:
                    self._note(f"Wrong response from the webhook: {reply.status} {reply.reason}")
                return 200 <= reply.status < 300
        except (ClientError, OSError, ValueError) as error:  # no connection, no answer in time, no such address
            self._note(str(error) or type(error).__name__)
            return False

    def _note(self, message: str) -> None:
        self._error = {"last_error_date": int(time.time()), "last_error_message": message}


def _lane(update: Update) -> int:
    return update.chat_id or 0
