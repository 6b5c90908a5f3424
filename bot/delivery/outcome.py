"""What became of the calls, written down."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.failures import Failure, Fate
from bot.logs import chat_name
from storage import chats, sending
from storage.sending import Letter

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a call: `failure` None means that it took effect."""

    letter: Letter
    message_id: int | None = None
    failure: Failure | None = None

    @property
    def is_good(self) -> bool:
        """Whether there is nothing more to do about the message."""
        return self.failure is None or self.failure.fate is Fate.DONE


async def store(conn: AsyncConnection, outcomes: Sequence[Outcome], now_ms: int) -> None:
    """Mark what was sent, and do to the rest what its fate is."""
    await sending.sent(conn, [(one.letter.id, one.message_id) for one in outcomes if one.is_good], now_ms)
    for one in outcomes:
        if one.failure is not None and not one.is_good:
            await _store_failure(conn, one.letter, one.failure, now_ms)


async def _store_failure(conn: AsyncConnection, letter: Letter, failure: Failure, now_ms: int) -> None:
    number, chat_id = letter.id, letter.chat_id
    told = {"method": letter.method, "fate": failure.fate.name, "tries": letter.tries}
    log.warning("not sent", number=number, chat=chat_name(chat_id), **told)
    match failure.fate:
        case Fate.PAUSED | Fate.UNREACHED | Fate.UNKNOWN:
            unsure = failure.fate is Fate.UNKNOWN and sending.shows_twice(letter.method)
            await sending.again(conn, number, failure.why, unsure)
            await chats.pause(conn, chat_id, now_ms + int(failure.wait_s * 1000), now_ms)
        case Fate.GONE:
            await sending.again(conn, number, failure.why, unsure=False)
            await chats.block(conn, chat_id, failure.why, now_ms)
        case Fate.MOVED:
            await sending.again(conn, number, failure.why, unsure=False)
            await chats.move(conn, chat_id, failure.new_id, now_ms)
        case Fate.ANEW:
            await sending.anew(conn, number)
        case Fate.DROPPED:
            await sending.drop(conn, number, now_ms)
        case _:
            await sending.bury(conn, number, failure.why, now_ms)
