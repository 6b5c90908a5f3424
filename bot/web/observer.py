"""Counts and ages of this process' updates, answers and calls, for health and metrics.

The core does not know the observer: `compose` wraps the core's parts (`receiving`, `handling`, `ObservedApi`). A chat
id is held only while an answer is awaited, and is never given away.
"""

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.delivery.channel import Fate
from bot.delivery.inbox_worker import Handler
from bot.telegram.api import ANSWER_S, Api
from bot.telegram.failures import classify
from bot.telegram.parts import number, part
from bot.telegram.polling import Receive
from rules.reasons import Reason
from storage.inbox import Arrival
from storage.outbox import Message

BUCKETS_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
MOST_AWAITED: Final = 10_000
GIVEN_UP_S: Final = 600.0
"""After so long another process has sent the answer, or none is coming."""

POLL: Final = "getUpdates"
OF_THE_INTAKE: Final = frozenset({POLL, "setWebhook", "getWebhookInfo", "deleteWebhook"})

log = structlog.get_logger(__name__)


class Histogram:
    """Counts of values by size."""

    def __init__(self, bounds: Sequence[float] = BUCKETS_S) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count the value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Observer:
    """`updates`: age when handled, seconds. `answers`: from an update's arrival to the first message of the answer.

    `intake_at`: monotonic time of Telegram's last answer to a poll or about the webhook; None before the first.
    `repeated`: updates that came again, and were not handled again.
    `failures`: failed calls by fate. `requests` to the HTTP side, by path and status. `swept`: the last sweep. A count
    begins at 0: Prometheus sees no rise in a series that begins with its first failure.
    """

    def __init__(self, clock: Clock) -> None:
        self.updates = Histogram()
        self.answers = Histogram()
        self.sent = 0
        self.repeated = 0
        self.failures = Counter(dict.fromkeys((fate.name.lower() for fate in Fate), 0))
        self.requests: Counter[tuple[str, int]] = Counter()
        self.swept: tuple[date, Mapping[Reason, int]] | None = None
        self.intake_at: float | None = None
        self.has_polled = asyncio.Event()
        self.started_at = clock.monotonic()
        self._clock = clock
        self._is_refused = False
        self._arrived: dict[int, float] = {}
        self._awaited: dict[int, float] = {}

    def intake_age_s(self) -> float:
        """Seconds since the intake last worked, or since the start."""
        return self._clock.monotonic() - (self.started_at if self.intake_at is None else self.intake_at)

    def up_s(self) -> float:
        """Seconds since the start."""
        return self._clock.monotonic() - self.started_at

    def receiving(self, receive: Receive) -> Receive:
        """`receive` with a note of each update's arrival, and a count of those that came before."""

        async def observed(arrivals: Sequence[Arrival]) -> int:
            for one in arrivals:
                _note(self._arrived, one.key, self._clock.monotonic())
            new = await receive(arrivals)
            if repeated := len(arrivals) - new:
                self.repeated += repeated
                log.info("updates came again", count=repeated)
            return new

        return observed

    def handling(self, handle: Handler) -> Handler:
        """`handle` with a note of the update's age and of the chats awaiting an answer."""

        async def observed(update: dict[str, Any], conn: AsyncConnection, now: datetime) -> Sequence[Message]:
            sent_at = _sent_at(update)
            if sent_at is not None:
                self.updates.add(max(0.0, now.timestamp() - sent_at))
            replies = await handle(update, conn, now)
            self._await(self._arrived.get(update.get("update_id", 0)), replies)
            return replies

        return observed

    def _await(self, arrived_at: float | None, replies: Sequence[Message]) -> None:
        now = self._clock.monotonic()
        for chat_id in {one.chat_id for one in replies}:
            if now - self._awaited.get(chat_id, now) > GIVEN_UP_S:
                del self._awaited[chat_id]
            if chat_id not in self._awaited:
                _note(self._awaited, chat_id, now if arrived_at is None else arrived_at)

    def called(self, method: str, payload: Mapping[str, Any], error: Exception | None) -> None:
        """Count a call of the Bot API; `error` None: the call took effect."""
        if method == POLL:
            self.has_polled.set()
        if method == POLL:
            self._is_refused = error is not None
        if method in OF_THE_INTAKE and error is None and not self._is_refused:
            self.intake_at = self._clock.monotonic()
        if "chat_id" not in payload and not method.startswith("answer"):
            return  # not for a chat
        if error is not None:
            self.failures[classify(error, method, 1).fate.name.lower()] += 1
        else:
            self.sent += 1
            since = self._awaited.pop(payload.get("chat_id", 0), None)
            if since is not None:
                self.answers.add(self._clock.monotonic() - since)

    def sweep_done(self, day: date, counts: Mapping[Reason, int]) -> None:
        """Keep the outcomes of the check of `day`."""
        self.swept = (day, dict(counts))


class ObservedApi(Api):
    """An `Api` with its calls counted by the observer."""

    def __init__(self, api: Api, observer: Observer) -> None:
        self._api = api
        self._observer = observer

    async def call(self, method: str, payload: Mapping[str, Any], answer_s: float = ANSWER_S) -> Any:
        """As `Api.call`."""
        try:
            result = await self._api.call(method, payload, answer_s)
        except Exception as error:
            self._observer.called(method, payload, error)
            raise
        self._observer.called(method, payload, None)
        return result


def _sent_at(update: Mapping[str, Any]) -> float | None:
    """Epoch seconds of the person's message; None for a press."""
    sent_at = number(part(update, "message"), "date")
    return None if sent_at is None else float(sent_at)


def _note(kept: dict[int, float], key: int, value: float) -> None:
    """Keep the value; over `MOST_AWAITED` the oldest goes."""
    if len(kept) >= MOST_AWAITED:
        del kept[next(iter(kept))]
    kept[key] = value
