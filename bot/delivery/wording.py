"""Words of a notice, made when the notice is sent, inside the transaction that leases the notice's row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock, milliseconds
from storage import sending
from storage.sending import LeasedMessage

log = structlog.get_logger(__name__)


class Author(Protocol):
    """The notice's message with a payload in words, None when nothing is left to tell."""

    async def __call__(
        self, conn: AsyncConnection, message: LeasedMessage, now: datetime, /
    ) -> LeasedMessage | None: ...


async def worded(
    conn: AsyncConnection, author: Author | None, messages: Sequence[LeasedMessage], clock: Clock
) -> list[LeasedMessage]:
    """The messages, notices in words; without notices that have nothing to tell, or cannot be put into words.

    A notice that was refused, and goes in a plainer form, has its words already.
    """
    if author is None:
        return list(messages)
    found = [
        one if one.notice_id is None or _is_worded(one) else await _worded(conn, author, one, clock) for one in messages
    ]
    return [one for one in found if one is not None]


async def _worded(conn: AsyncConnection, author: Author, message: LeasedMessage, clock: Clock) -> LeasedMessage | None:
    try:
        found = await author(conn, message, clock.now())
    except SQLAlchemyError:
        raise
    except Exception as error:  # one that can't be worded holds up no others
        log.error("notice not worded", number=message.id, error=type(error).__name__)
        await sending.mark_dead(conn, message.id, f"not worded: {type(error).__name__}", milliseconds(clock))
        return None
    if found is None:
        await sending.drop(conn, message.id, milliseconds(clock))
    return found


def _is_worded(message: LeasedMessage) -> bool:
    """Whether the row holds the words of a notice: the plainer form of one that was refused."""
    return message.refusals > 0 and bool(message.payload)
