"""The outbox → Telegram. A row is leased, called, and what became of it is written down; only then is its chat free.

What an update brings about goes the short way: leased in the very transaction that handles the update, called as
soon as that is on disk. All else waits in the outbox until `Lanes` says that it is its turn.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.delivery.lanes import Lanes, Rates
from bot.delivery.pace import AHEAD_S, Budget
from bot.delivery.recorder import CallResult, store
from bot.telegram.api import Api
from bot.telegram.calls import Author, Mark, call_of
from bot.telegram.failures import Failure, Fate, classify
from storage import chats, outbox, sending
from storage.outbox import Lane, Lease, Message
from storage.sending import LeasedMessage, NextMessage

LEASE_MS: Final = 60_000
"""Longer than a call can take (25 s): a lease that is over belongs to a process that is gone."""

LOOK_S: Final = 1.0
"""How often to look for rows that other processes put in, and for pauses that are over."""

BUSY_LOOK_S: Final = 0.2
MOST_HEADS: Final = 200
FINISH_S: Final = 2.0
"""How long to wait for calls under way when told to stop."""

log = structlog.get_logger(__name__)


@dataclass
class Reservation:
    """Messages on their way into the outbox: those that go at once, and those that wait for their turn."""

    at_once: list[Message]
    later: list[Message]
    letters: list[LeasedMessage] = field(default_factory=list)


class Sender:
    """Sends what is in the outbox. `owner` names this process in leases; `mark` puts number and repeat into words."""

    def __init__(
        self,
        api: Api,
        engine: AsyncEngine,
        clock: Clock,
        *,
        mark: Mark,
        owner: str,
        rates: Rates | None = None,
        slots: int = 100,
        is_alone: bool = True,
        author: Author | None = None,
        lease_ms: int = LEASE_MS,
    ) -> None:
        self._api = api
        self._engine = engine
        self._clock = clock
        self._mark = mark
        self._author = author
        self._owner = owner
        self._lease_ms = lease_ms
        rates = rates or Rates()
        self._lanes = Lanes(rates if is_alone else rates.shared(), slots)
        self._budget = None if is_alone else Budget(self._lanes, clock)
        self._is_alone = is_alone
        self._release_at = 0.0
        self._is_open = False
        self._is_over = False
        self._replies_wait = True
        self._wake = asyncio.Event()
        self._ended = asyncio.Event()
        self._outcomes: list[CallResult] = []
        self._calls: set[asyncio.Task[None]] = set()
        self._under_way: set[int] = set()
        self._is_in_doubt = False

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._wake.set()

    # The short way: reservation → write (in the transaction) → launch (after the commit) or cancel (after a rollback).

    def reservation(self, messages: Sequence[Message]) -> Reservation:
        """Set aside the turns of those messages that may go at once."""
        now = self._clock.monotonic()
        drawn = Reservation([], [])
        for message in messages:
            goes = self._may_go_at_once(message) and self._lanes.may_start(
                message.chat_id, message.lane, message.method, now
            )
            if goes:
                self._lanes.start(message.chat_id, message.lane, message.method, now)
            (drawn.at_once if goes else drawn.later).append(message)
        return drawn

    def _may_go_at_once(self, message: Message) -> bool:
        is_plain_reply = message.lane is Lane.REPLY and message.not_before is None and message.notice_id is None
        return is_plain_reply and self._is_open and self._is_alone and not self._replies_wait

    async def write(self, conn: AsyncConnection, reservation: Reservation) -> None:
        """Put the reservation into the outbox, those that go at once leased to this process."""
        now_ms = milliseconds(self._clock)
        lease = Lease(self._owner, now_ms + self._lease_ms)
        numbers = await outbox.enqueue(conn, reservation.at_once, now_ms, lease)
        await outbox.enqueue(conn, reservation.later, now_ms)
        letters = [sending.leased(number, one) for number, one in zip(numbers, reservation.at_once, strict=True)]
        reservation.letters = await sending.resolve(conn, letters)

    def launch(self, reservation: Reservation) -> None:
        """The reservation is on disk: call."""
        for letter in reservation.letters:
            self._start(letter)
        if reservation.later:
            self._replies_wait = self._replies_wait or any(one.lane is Lane.REPLY for one in reservation.later)
            self.wake()

    def cancel(self, reservation: Reservation) -> None:
        """The reservation was rolled back: give the turns back."""
        for message in reservation.at_once:
            self._lanes.finish(message.chat_id, message.method)

    # The loop.

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; then end the calls under way, and give back what was not sent."""
        async with self._engine.begin() as conn:
            await sending.release(conn, milliseconds(self._clock), everything=self._is_alone)
        recording = asyncio.create_task(self._record())
        self._is_open = True
        try:
            while not stop.is_set():
                wait_s = await self._turn()
                await self._clock.wait(self._wake, wait_s)
                self._wake.clear()
        finally:
            self._is_open = False
            await self._end_calls()
            self._is_over = True
            self._ended.set()
            await recording
            async with self._engine.begin() as conn:
                await sending.release_owned(conn, self._owner)

    async def _turn(self) -> float:
        """Lease and call whatever may go; how many seconds until there may be more to do."""
        try:
            return await self._lease_and_call()
        except Exception as error:  # the database: the rows are still there
            log.error("outbox not read", error=type(error).__name__)
            return LOOK_S

    async def _lease_and_call(self) -> float:
        turns: list[tuple[NextMessage, float]] = []
        try:
            async with self._engine.begin() as conn:
                if self._is_in_doubt:
                    await sending.release_unused(conn, self._owner, self._under_way)
                heads = await self._heads(conn)
                turns = await self._turns(conn, heads)
                lease = Lease(self._owner, milliseconds(self._clock) + self._lease_ms)
                letters = await sending.claim(conn, [head.id for head, _ in turns], lease) if turns else []
                letters = [worded for letter in letters if (worded := await self._worded(conn, letter))]
        except BaseException:
            self._is_in_doubt = not self._is_alone  # the commit may have taken effect; alone, it says so
            self._give_back(turns)
            raise
        self._is_in_doubt = False
        leased, begins_at = {letter.id for letter in letters}, {head.id: at for head, at in turns}
        self._give_back([(head, at) for head, at in turns if head.id not in leased])
        now = self._clock.monotonic()
        late_s = max(0.0, now - min(begins_at.values(), default=now))
        for letter in letters:  # as far apart as they were drawn, also when the disk took long
            self._start(letter, begins_at[letter.id] + late_s)
        return self._look_again_in(heads, leased)

    async def _turns(self, conn: AsyncConnection, heads: Sequence[NextMessage]) -> list[tuple[NextMessage, float]]:
        """Whose turn it is, each with the instant at which its call begins."""
        if not heads or self._budget is None:
            return self._lanes.plan(heads, self._clock.monotonic())
        waiting = await self._budget.narrow(conn, heads)
        turns = self._lanes.plan(waiting, self._clock.monotonic(), AHEAD_S)
        try:
            if turns:
                await self._budget.keep(conn, [head.chat_id for head, _ in turns])
        except BaseException:
            self._give_back(turns)
            raise
        return turns

    def _give_back(self, turns: Sequence[tuple[NextMessage, float]]) -> None:
        """These turns were drawn, and nobody calls."""
        for head, _ in turns:
            self._lanes.finish(head.chat_id, head.method)

    def _look_again_in(self, heads: Sequence[NextMessage], leased: set[int]) -> float:
        """Seconds until there may be more to do."""
        next_at = self._lanes.next_ready_at(head for head in heads if head.id not in leased)
        if next_at is not None and self._lanes.free_slots > 0:
            return max(0.001, min(next_at - self._clock.monotonic(), LOOK_S))
        return BUSY_LOOK_S if self._replies_wait else LOOK_S

    async def _worded(self, conn: AsyncConnection, letter: LeasedMessage) -> LeasedMessage | None:
        """The letter, of a notice with its words, made now; None when there is nothing to tell, or no way to."""
        if letter.notice_id is None or self._author is None:
            return letter
        now_ms = milliseconds(self._clock)
        try:
            worded = await self._author(conn, letter, self._clock.now())
        except SQLAlchemyError:
            raise
        except Exception as error:  # one that can't be worded holds up no others
            log.error("notice not worded", number=letter.id, error=type(error).__name__)
            await sending.mark_dead(conn, letter.id, f"not worded: {type(error).__name__}", now_ms)
            return None
        if worded is None:
            await sending.drop(conn, letter.id, now_ms)
        return worded

    async def _heads(self, conn: AsyncConnection) -> list[NextMessage]:
        """Who is next, after those were dealt with that are blocked or moved; notes whether replies wait at all."""
        now_ms = milliseconds(self._clock)
        if not self._is_alone and self._clock.monotonic() >= self._release_at:
            await sending.release(conn, now_ms)
            self._release_at = self._clock.monotonic() + LOOK_S
        self._replies_wait = await sending.replies_wait(conn)
        heads = await sending.heads(conn, now_ms, MOST_HEADS)
        strange = [head for head in heads if head.chat_state in (chats.BLOCKED, chats.MOVED)]
        if not strange:
            return heads
        for chat_id in {head.chat_id for head in strange}:
            await chats.settle(conn, chat_id, now_ms)
        return await sending.heads(conn, now_ms, MOST_HEADS)

    def _start(self, letter: LeasedMessage, at: float | None = None) -> None:
        """Call at the instant `at`, None for now."""
        self._under_way.add(letter.id)
        task = asyncio.create_task(self._call(letter, at))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _call(self, letter: LeasedMessage, at: float | None) -> None:
        if at is not None and (wait_s := at - self._clock.monotonic()) > 0:
            await self._clock.sleep(wait_s)
        outcome = await self._outcome(letter)
        self._learn(outcome)
        self._outcomes.append(outcome)
        self._ended.set()

    async def _outcome(self, letter: LeasedMessage) -> CallResult:
        if letter.expires_at is not None and letter.expires_at < milliseconds(self._clock):
            return CallResult(letter, failure=Failure(Fate.DROPPED, "too late"))
        call = call_of(letter, self._mark)
        if call is None:
            fate = Fate.ANEW if letter.method == "editMessageText" else Fate.DROPPED
            return CallResult(letter, failure=Failure(fate, "what it edits is not known"))
        try:
            result = await self._api.call(call.method, call.payload)
        except Exception as error:
            return CallResult(letter, failure=classify(error, letter.method, letter.tries))
        return CallResult(letter, message_id=result.get("message_id") if isinstance(result, dict) else None)

    def _learn(self, outcome: CallResult) -> None:
        """Tell the lanes how the server fares."""
        failure, now = outcome.failure, self._clock.monotonic()
        if failure is None:
            self._lanes.succeeded()
        elif failure.is_of_the_server:
            self._lanes.troubled(now)
        elif failure.fate is Fate.PAUSED:
            self._lanes.flooded(outcome.letter.chat_id, failure.wait_s, now)

    # What became of the calls.

    async def _record(self) -> None:
        while not self._is_over:
            await self._ended.wait()
            self._ended.clear()
            await self._write_down()

    async def _write_down(self) -> None:
        """Commit what has ended so far; if that fails the chats stay busy, and it is tried again."""
        done, self._outcomes = self._outcomes, []
        if not done:
            return
        try:
            async with self._engine.begin() as conn:
                await store(conn, done, milliseconds(self._clock))
        except Exception as error:
            log.error("results not stored", error=type(error).__name__, count=len(done))
            if not self._is_over:
                self._outcomes = done + self._outcomes
                await self._clock.sleep(LOOK_S)
                self._ended.set()
            return
        for outcome in done:
            self._under_way.discard(outcome.letter.id)
            self._lanes.finish(outcome.letter.chat_id, outcome.letter.method)
        if self._replies_wait or any(outcome.failure for outcome in done):
            self._replies_wait = True
            self.wake()

    async def _end_calls(self) -> None:
        """Wait for the calls under way, but not for long: what hangs is given back, and repeated as a repeat."""
        if self._calls:
            await asyncio.wait(self._calls, timeout=FINISH_S)
        late = [task for task in self._calls if not task.done()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
