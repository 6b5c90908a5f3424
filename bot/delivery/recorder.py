"""What became of the calls, written down."""

from collections.abc import Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.call_result import CallResult, Failure, Fate
from bot.logs import chat_name
from storage import chats, sending
from storage.sending import LeasedMessage, Methods

log = structlog.get_logger(__name__)


async def store(conn: AsyncConnection, methods: Methods, results: Sequence[CallResult], now_ms: int) -> None:
    """Mark what was sent, and do to the rest what its fate is."""
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
        case Fate.PAUSED | Fate.UNREACHED | Fate.UNKNOWN:
            unsure = failure.fate is Fate.UNKNOWN and methods.marks_repeats(message.method)
            await sending.retry(conn, number, failure.why, unsure)
            await chats.pause(conn, chat_id, now_ms + int(failure.wait_s * 1000), now_ms)
        case Fate.GONE:
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
