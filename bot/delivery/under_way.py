"""Calls under way: begun at the planned instants, the results written down; only then are the chats free."""

import asyncio
from collections.abc import Callable, Collection
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, milliseconds
from bot.delivery.channel import CallResult, Channel, Failure, Fate
from bot.delivery.lanes import Lanes
from bot.delivery.outcomes import Outcomes
from storage.outbox import error_name
from storage.sending import LeasedMessage

AGAIN_S: Final = 1.0
"""How long to wait when the results could not be written down."""

ANSWERS: Final = (Fate.DONE, Fate.AGAIN, Fate.PLAINER, Fate.GONE, Fate.UNFOUND, Fate.MOVED, Fate.REJECTED)
"""Fates that only the network's own answer can have: a server that says so works."""

FINISH_S: Final = 2.0
"""How long to wait for calls under way when told to stop."""

log = structlog.get_logger(__name__)


class CallsUnderWay:
    """`written(any_failed)` is called when results are on disk and the chats free."""

    def __init__(
        self, channel: Channel, engine: AsyncEngine, clock: Clock, lanes: Lanes, written: Callable[[bool], None]
    ) -> None:
        self._channel = channel
        self._clock = clock
        self._lanes = lanes
        self._written = written
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers: set[int] = set()
        self._results: list[CallResult] = []
        self._outcomes = Outcomes(engine, channel.methods, clock, lanes)
        self._probe: asyncio.Task[None] | None = None
        self._is_well_again = False
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
        try:
            return await self._channel.send(message)
        except Exception as error:
            name = error_name(error)
            log.error("can't be sent", number=message.id, method=message.method, error=name)
            return CallResult(message, failure=Failure(Fate.BROKEN, f"can't be sent: {name}"))

    def _tell_lanes(self, result: CallResult, began_at: float) -> None:
        """Tell the lanes how the server fares."""
        failure, now, was_in_trouble = result.failure, self._clock.monotonic(), self._lanes.is_server_in_trouble
        if failure is None:
            self._is_well_again |= self._lanes.succeeded()
            self._lanes.answered(result.message, began_at, now)
        elif failure.is_of_the_server:
            self._lanes.troubled(result.message.chat_id, now)
        elif failure.fate is Fate.PAUSED:
            self._lanes.flooded(result.message.chat_id, failure.wait_s, now)
        elif failure.fate in ANSWERS:
            self._is_well_again |= self._lanes.heard()
        if self._lanes.is_server_in_trouble != was_in_trouble:
            self._log_trouble(began=not was_in_trouble, why=failure.fate.name if failure else "")

    def _log_trouble(self, *, began: bool, why: str) -> None:
        if began:
            log.error("the server is in trouble: messages wait, and it is asked whether it works again", fate=why)
        else:
            log.warning("the server works again: messages go on")

    def probe(self) -> None:
        """Ask the network whether it works, unless it is being asked."""
        if self._probe is None and not self._is_over:
            self._probe = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        try:
            is_well = await self._channel.probe()
        except Exception as error:
            log.error("the network can't be asked", error=error_name(error))
            is_well = False
        self._probe = None
        self._lanes.asked(is_well, self._clock.monotonic())
        if is_well:
            self._written(True)

    async def record(self) -> None:
        """Write down results until `end` was called, those too that came meanwhile."""
        while self._results or not self._is_over:
            await self._ended.wait()
            self._ended.clear()
            await self.write_down()

    async def write_down(self) -> None:
        """Commit the results so far; what can't be committed keeps its chats busy, and is kept for later."""
        done, self._results = self._results, []
        if not done:
            return
        count = await self._outcomes.write(done)
        for result in done[:count]:
            self._numbers.discard(result.message.id)
            self._lanes.finish(result.message)
        if count and self._is_well_again:
            await self._resume()
        if count:
            self._written(any(result.failure for result in done[:count]))
        if count < len(done):
            await self._keep_for_later(done[count:])

    async def _resume(self) -> None:
        try:
            await self._outcomes.resume()
        except Exception as error:
            log.error("chats wait on", error=error_name(error))
        else:
            self._is_well_again = False

    async def _keep_for_later(self, done: list[CallResult]) -> None:
        if not self._is_over:
            self._results = done + self._results
            await self._clock.sleep(AGAIN_S)
            self._ended.set()

    async def end(self) -> None:
        """Wait for the calls under way, but not for long: calls that hang are cancelled, and repeated as repeats."""
        if self._probe is not None:
            self._probe.cancel()
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
