"""Results of calls, written down: all together, and each alone when one of them can't be written."""

from collections.abc import Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import Clock, milliseconds
from bot.delivery.channel import CallResult, Failure
from bot.delivery.fates import Failed, store
from bot.delivery.lanes import Lanes
from bot.logs import chat_name
from storage import chats, sending
from storage.database.blame import is_of_a_row
from storage.outbox import error_name
from storage.sending import LeasedMessage, Methods

log = structlog.get_logger(__name__)


class Outcomes:
    """`lanes` know whether the server is in trouble: meanwhile no message is given up."""

    def __init__(self, engine: AsyncEngine, methods: Methods, clock: Clock, lanes: Lanes) -> None:
        self._engine = engine
        self._methods = methods
        self._clock = clock
        self._lanes = lanes

    async def write(self, results: Sequence[CallResult]) -> int:
        """How many of the results, from the first, are on disk now: fewer than all when the database is away."""
        try:
            await self._write(results)
        except Exception as error:
            if is_of_a_row(error):
                return await self._write_each(results)
            log.error("results not stored", error=error_name(error), count=len(results))
            return 0
        return len(results)

    async def _write_each(self, results: Sequence[CallResult]) -> int:
        count = 0
        for one in results:
            try:
                await self._write_alone(one)
            except Exception as error:
                log.error("results not stored", error=error_name(error), count=len(results) - count)
                return count
            count += 1
        return count

    async def _write_alone(self, one: CallResult) -> None:
        """Write the result, or that it can't be written. Raises when the database is away."""
        try:
            await self._write([one])
        except Exception as error:
            if not is_of_a_row(error):
                raise
            name = error_name(error)
            log.error("outcome can't be written", number=one.message.id, method=one.message.method, error=name)
            why, now_ms = f"outcome can't be written: {name}", milliseconds(self._clock)
            unsure = self._methods.marks_repeats(one.message.method)
            async with self._engine.begin() as conn:
                await sending.mark_dead(conn, one.message.id, why, now_ms, unsure=unsure)

    async def _write(self, results: Sequence[CallResult]) -> None:
        """Mark the messages that were sent; treat the others by the failure's fate; all in a transaction."""
        now_ms = milliseconds(self._clock)
        async with self._engine.begin() as conn:
            await sending.sent(conn, [(one.message.id, one.message_id) for one in results if one.is_good], now_ms)
            for one in results:
                if one.failure is not None and not one.is_good:
                    await self._write_failure(conn, one.message, one.failure, now_ms)

    async def _write_failure(
        self, conn: AsyncConnection, message: LeasedMessage, failure: Failure, now_ms: int
    ) -> None:
        seen = {"method": message.method, "fate": failure.fate.name, "tries": message.tries}
        log.warning("not sent", number=message.id, chat=chat_name(message.chat_id), **seen)
        may_give_up = not self._lanes.is_server_in_trouble
        await store(Failed(conn, self._methods, message, failure, now_ms, may_give_up))

    async def resume(self) -> None:
        """The server is well again: chats that had no answer wait no longer."""
        async with self._engine.begin() as conn:
            await chats.resume(conn, milliseconds(self._clock))
