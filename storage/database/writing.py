"""Whether the database takes what is written: an attempt that changes nothing."""

from typing import Final

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import paces

_NO_CHAT: Final = -(2**63)


async def attempt(conn: AsyncConnection) -> None:
    """Write a row and take it out again: once committed, the database took it. Raises SQLAlchemyError when not.

    A row that stays as it is would show nothing: SQLite writes no page that is the same as before.
    """
    await conn.execute(insert(paces).values(chat_id=_NO_CHAT, next_at=0))
    await conn.execute(delete(paces).where(paces.c.chat_id == _NO_CHAT))
