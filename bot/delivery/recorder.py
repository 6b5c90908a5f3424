"""What became of the calls, written down."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.logs import chat_name
from bot.telegram.failures import Failure, Fate
from storage import chats, sending
from storage.sending import LeasedMessage

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class CallResult:
    """What became of a call: `failure` None means that it took effect."""

    letter: LeasedMessage
    message_id: int | None = None
    failure: Failure | None = None

    @property
    def is_good(self) -> bool:
        """Whether there is nothing more to do about the message."""
        return self.failure is None or self.failure.fate is Fate.DONE


async def store(conn: AsyncConnection, outcomes: Sequence[CallResult], now_ms: int) -> None:
    """Mark what was sent, and do to the rest what its fate is."""
    await sending.sent(conn, [(one.letter.id, one.message_id) for one in outcomes if one.is_good], now_ms)
    for one in outcomes:
        if one.failure is not None and not one.is_good:
            await _store_failure(conn, one.letter, one.failure, now_ms)


async def _store_failure(conn: AsyncConnection, letter: LeasedMessage, failure: Failure, now_ms: int) -> None:
    number, chat_id = letter.id, letter.chat_id
    told = {"method": letter.method, "fate": failure.fate.name, "tries": letter.tries}
    log.warning("not sent", number=number, chat=chat_name(chat_id), **told)
    match failure.fate:
        case Fate.PAUSED | Fate.UNREACHED | Fate.UNKNOWN:
            unsure = failure.fate is Fate.UNKNOWN and sending.shows_twice(letter.method)
            await sending.retry(conn, number, failure.why, unsure)
            await chats.pause(conn, chat_id, now_ms + int(failure.wait_s * 1000), now_ms)
        case Fate.GONE:
            await sending.retry(conn, number, failure.why, unsure=False)
            await chats.block(conn, chat_id, failure.why, now_ms)
        case Fate.MOVED:
            await sending.retry(conn, number, failure.why, unsure=False)
            await chats.move(conn, chat_id, failure.new_id, now_ms)
        case Fate.ANEW:
            await sending.resend_as_new(conn, number)
        case Fate.DROPPED:
            await sending.drop(conn, number, now_ms)
        case _:
            await sending.mark_dead(conn, number, failure.why, now_ms)
