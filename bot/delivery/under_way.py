"""Calls under way: begun at the planned instants, the results written down; only then are the chats free."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.delivery.channel import CallResult, Channel, Failure, Fate
from bot.delivery.lanes import Lanes
from bot.logs import chat_name
from storage import chats, sending
from storage.sending import LeasedMessage, Methods

AGAIN_S: Final = 1.0
"""How long to wait when the results could not be written down."""

FINISH_S: Final = 2.0
"""How long to wait for calls under way when told to stop."""

log = structlog.get_logger(__name__)


class CallsUnderWay:
    """`written(any_failed)` is called when results are on disk and the chats free."""

    def __init__(
        self, channel: Channel, engine: AsyncEngine, clock: Clock, lanes: Lanes, written: Callable[[bool], None]
    ) -> None:
        self._channel = channel
        self._engine = engine
        self._clock = clock
        self._lanes = lanes
        self._written = written
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers: set[int] = set()
        self._results: list[CallResult] = []
        self._ended = asyncio.Event()
        self._is_over = False

    @property
    def numbers(self) -> Collection[int]:
        """Numbers of messages with calls under way or results not written down yet."""
        return self._numbers

    def start(self, message: LeasedMessage, at: float | None = None) -> None:
        """Call at the instant `at`, None for now."""
        self._numbers.add(message.id)
        task = asyncio.create_task(self._call(message, at))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call(self, message: LeasedMessage, at: float | None) -> None:
        if at is not None and (wait_s := at - self._clock.monotonic()) > 0:
            await self._clock.sleep(wait_s)
        began_at = self._clock.monotonic()
        self._lanes.begin(message, began_at)
        result = await self._result(message)
        self._tell_lanes(result, began_at)
        self._results.append(result)
        self._ended.set()

    async def _result(self, message: LeasedMessage) -> CallResult:
        if message.expires_at is not None and message.expires_at < milliseconds(self._clock):
            return CallResult(message, failure=Failure(Fate.DROPPED, "too late"))
        return await self._channel.send(message)

    def _tell_lanes(self, result: CallResult, began_at: float) -> None:
        """Tell the lanes how the server fares."""
        failure, now = result.failure, self._clock.monotonic()
        if failure is None:
            self._lanes.succeeded()
            self._lanes.answered(result.message, began_at, now)
        elif failure.is_of_the_server:
            self._lanes.troubled(now)
        elif failure.fate is Fate.PAUSED:
            self._lanes.flooded(result.message.chat_id, failure.wait_s, now)

    async def record(self) -> None:
        """Write down results until `end` was called, those too that came meanwhile."""
        while self._results or not self._is_over:
            await self._ended.wait()
            self._ended.clear()
            await self.write_down()

    async def write_down(self) -> None:
        """Commit the results so far; when the commit fails the chats stay busy, and the results are kept for later."""
        done, self._results = self._results, []
        if not done:
            return
        try:
            async with self._engine.begin() as conn:
                await _store(conn, self._channel.methods, done, milliseconds(self._clock))
        except Exception as error:
            log.error("results not stored", error=type(error).__name__, count=len(done))
            await self._keep_for_later(done)
            return
        for result in done:
            self._numbers.discard(result.message.id)
            self._lanes.finish(result.message)
        self._written(any(result.failure for result in done))

    async def _keep_for_later(self, done: list[CallResult]) -> None:
        if not self._is_over:
            self._results = done + self._results
            await self._clock.sleep(AGAIN_S)
            self._ended.set()

    async def end(self) -> None:
        """Wait for the calls under way, but not for long: calls that hang are cancelled, and repeated as repeats."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=FINISH_S)
        await self.cancel()
        self._is_over = True
        self._ended.set()

    async def cancel(self) -> None:
        """Cancel the calls under way."""
        late = [task for task in self._tasks if not task.done()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def _store(conn: AsyncConnection, methods: Methods, results: Sequence[CallResult], now_ms: int) -> None:
    """Mark the messages that were sent; treat the others by the failure's fate."""
    await sending.sent(conn, [(one.message.id, one.message_id) for one in results if one.is_good], now_ms)
    for one in results:
        if one.failure is not None and not one.is_good:
            await _store_failure(conn, methods, one.message, one.failure, now_ms)


async def _store_failure(
    conn: AsyncConnection, methods: Methods, message: LeasedMessage, failure: Failure, now_ms: int
) -> None:
    number, chat_id = message.id, message.chat_id
    seen = {"method": message.method, "fate": failure.fate.name, "tries": message.tries}
    log.warning("not sent", number=number, chat=chat_name(chat_id), **seen)
    match failure.fate:
        case Fate.PAUSED | Fate.UNREACHED | Fate.UNKNOWN | Fate.AGAIN | Fate.PLAINER:
            unsure = failure.fate is Fate.UNKNOWN and methods.marks_repeats(message.method)
            await sending.retry(conn, number, failure.why, unsure)
            await chats.pause(conn, chat_id, now_ms + int(failure.wait_s * 1000), now_ms)
        case Fate.GONE | Fate.UNFOUND:
            await sending.retry(conn, number, failure.why, unsure=False)
            await chats.block(conn, chat_id, failure.why, now_ms)
        case Fate.MOVED:
            await sending.retry(conn, number, failure.why, unsure=False)
            await chats.move(conn, chat_id, failure.new_id, now_ms)
        case Fate.AS_NEW:
            await sending.resend_as_new(conn, number, methods.new_message)
        case Fate.DROPPED:
            await sending.drop(conn, number, now_ms)
        case _:
            await sending.mark_dead(conn, number, failure.why, now_ms)
