"""Files sent to the bot by operators: `sent` → `shown` → `confirmed` → `over`. Content is erased when over.

Rows of a call that are held are a file `shown` of nobody's (ANYBODY): any operator may answer, and then has it.

A row is leased during work; after the lease another process may take the row.
"""

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import uploads

SENT, SHOWN, CONFIRMED, OVER = "sent", "shown", "confirmed", "over"
LARGEST_BYTES = 1024 * 1024
ANYBODY = 0
"""The chat of a file that no chat has sent."""


@dataclass(frozen=True)
class Upload:
    """A file. `content`: the rows read; None before reading. `registers`: the answer was to register unknown shops."""

    id: int
    chat_id: int
    file_id: str
    state: str
    content: bytes | None
    registers: bool = False
    created_at: int = 0


async def add(conn: AsyncConnection, chat_id: int, file_id: str, now_ms: int) -> None:
    """Keep a new file."""
    values = {"chat_id": chat_id, "file_id": file_id, "state": SENT, "created_at": now_ms}
    await conn.execute(insert(uploads).values(values))


async def count(conn: AsyncConnection, chat_id: int, since_ms: int) -> int:
    """Count of the chat's files since `since_ms`, without those that were refused."""
    query = select(func.count()).where(uploads.c.chat_id == chat_id, uploads.c.created_at > since_ms)
    return (await conn.execute(query)).scalar() or 0


async def take(conn: AsyncConnection, now_ms: int, lease_ms: int) -> Upload | None:
    """The next file to work on, leased; None without."""
    is_free = or_(uploads.c.lease_until.is_(None), uploads.c.lease_until <= now_ms)
    query = select(uploads.c.id).where(uploads.c.state.in_((SENT, CONFIRMED)), is_free).order_by(uploads.c.id).limit(1)
    found = (await conn.execute(query.with_for_update(skip_locked=True))).scalar()
    if found is None:
        return None
    change = update(uploads).where(uploads.c.id == found).values(lease_until=now_ms + lease_ms)
    row = (await conn.execute(change.returning(uploads))).one()
    return Upload(row.id, row.chat_id, row.file_id, row.state, row.content, row.registers, row.created_at)


async def leave(conn: AsyncConnection, upload_id: int, until_ms: int) -> None:
    """Take the file up again at `until_ms`."""
    await conn.execute(update(uploads).where(uploads.c.id == upload_id).values(lease_until=until_ms))


async def show(conn: AsyncConnection, upload_id: int, content: bytes) -> None:
    """Keep the content of a file whose sender is asked."""
    values = {"state": SHOWN, "content": content, "lease_until": None}
    await conn.execute(update(uploads).where(uploads.c.id == upload_id).values(values))


async def hold(conn: AsyncConnection, content: bytes, now_ms: int) -> tuple[int, bool]:
    """The number of the file with the rows of a call, and whether it is new: the same rows are asked about once."""
    its = (uploads.c.chat_id == ANYBODY, uploads.c.state == SHOWN, uploads.c.content == content)
    known = (await conn.execute(select(uploads.c.id).where(*its))).scalar()
    if known is not None:
        return known, False
    values = {"chat_id": ANYBODY, "file_id": "", "state": SHOWN, "content": content, "created_at": now_ms}
    return (await conn.execute(insert(uploads).values(values).returning(uploads.c.id))).scalar_one(), True


async def answer(
    conn: AsyncConnection, upload_id: int, chat_id: int, *, is_wanted: bool, registers: bool = False
) -> bool:
    """Keep an operator's answer; False when the file is another chat's or was answered before."""
    its = (uploads.c.id == upload_id, uploads.c.chat_id.in_((chat_id, ANYBODY)), uploads.c.state == SHOWN)
    values = {"chat_id": chat_id} | (
        {"state": CONFIRMED, "registers": registers} if is_wanted else {"state": OVER, "content": None}
    )
    return bool((await conn.execute(update(uploads).where(*its).values(values))).rowcount)


async def end(conn: AsyncConnection, upload_id: int) -> None:
    """Close the file and erase the content."""
    values = {"state": OVER, "content": None, "lease_until": None}
    await conn.execute(update(uploads).where(uploads.c.id == upload_id).values(values))


async def refuse(conn: AsyncConnection, upload_id: int) -> None:
    """Forget a file of which nothing can be taken: it does not count among the files of the hour."""
    await conn.execute(delete(uploads).where(uploads.c.id == upload_id))
