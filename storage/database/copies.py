"""The mark of a copied database: restored from a backup, while the original went on after the backup.

`db backup` puts a mark into the copy, an operator marks a database restored by other tools. The bot finds the mark at
the next start. Messages open in the copy may have been delivered by the original, so open messages go out as repeats;
so do notices made again on the same day. Numbers of messages go on far above the original's, so that no number stands
on two messages. An announcement under way is stopped.
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
    """Mark the database as a copy; `copied_at`: epoch ms, None when not known."""
    await conn.execute(insert(copies).values(copied_at=copied_at))


async def is_new(conn: AsyncConnection) -> bool:
    """Whether the database is a copy on which the bot was never started."""
    query = select(copies.c.id).where(copies.c.begun_at.is_(None)).limit(1)
    return (await conn.execute(query)).scalar() is not None


async def last_begun(conn: AsyncConnection) -> int | None:
    """Epoch ms of the bot's newest start on a fresh copy, None if never."""
    found: int | None = (await conn.execute(select(func.max(copies.c.begun_at)))).scalar()
    return found


async def begin(conn: AsyncConnection, methods: Methods, now_ms: int) -> int:
    """Count of the channel's open due messages, now marked as maybe delivered; 0 without a new mark."""
    begun = update(copies).where(copies.c.begun_at.is_(None)).values(begun_at=now_ms)
    if not (await conn.execute(begun)).rowcount:
        return 0
    await announcements.stop_all(conn, now_ms)
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
