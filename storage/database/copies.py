"""A database that is a copy: restored from a backup, while the original went on after the backup was taken.

`db backup` puts a mark into the copy, an operator puts one into a database that was restored by other tools. At the
next start the bot finds it. Nobody knows then what the original sent after the copy was made: what is open may have
been delivered, so that it goes out as a repeat; so may what is found out again on that day. The numbers of messages go
on far above those that the original gave, so that no number is on two messages. An announcement under way is stopped.
"""

from typing import Final

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import announcements
from storage.outbox import SENDING, WAITING
from storage.schema import copies, outbox
from storage.sending import Methods

NUMBERS_AHEAD: Final = 1_000_000
"""More messages than were sent between the backup and its use."""


async def mark(conn: AsyncConnection, copied_at: int | None) -> None:
    """This database is a copy; `copied_at`: epoch ms, None when not known."""
    await conn.execute(insert(copies).values(copied_at=copied_at))


async def is_new(conn: AsyncConnection) -> bool:
    """Whether this is a copy on which the bot was not started yet."""
    query = select(copies.c.id).where(copies.c.begun_at.is_(None)).limit(1)
    return (await conn.execute(query)).scalar() is not None


async def last_begun(conn: AsyncConnection) -> int | None:
    """When the bot was last started on a copy, epoch ms; None if it never was."""
    found: int | None = (await conn.execute(select(func.max(copies.c.begun_at)))).scalar()
    return found


async def begin(conn: AsyncConnection, methods: Methods, now_ms: int) -> int:
    """Count all that is open and due on this channel as maybe delivered; how many messages. Again: does nothing."""
    begun = update(copies).where(copies.c.begun_at.is_(None)).values(begun_at=now_ms)
    if not (await conn.execute(begun)).rowcount:
        return 0
    await announcements.stop_all(conn)
    await _skip_numbers(conn)
    is_open = outbox.c.state.in_((WAITING, SENDING)) & (outbox.c.channel == methods.channel)
    change = update(outbox).where(is_open, outbox.c.due_at <= now_ms, methods.mark_repeats()).values(unsure=True)
    return int((await conn.execute(change)).rowcount)


async def _skip_numbers(conn: AsyncConnection) -> None:
    if conn.dialect.name == "postgresql":
        ahead = "SELECT setval(pg_get_serial_sequence('outbox', 'id'), coalesce(max(id), 0) + :ahead) FROM outbox"
    else:
        ahead = "UPDATE sqlite_sequence SET seq = seq + :ahead WHERE name = 'outbox'"
    await conn.execute(text(ahead), {"ahead": NUMBERS_AHEAD})
