"""Consents of chats to keeping their data: version of the text and instant. Forgetting a chat takes a consent back."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.dialect import upsert
from storage.schema import consents


async def is_given(conn: AsyncConnection, chat_id: int, version: str) -> bool:
    """Whether the chat agreed to `version` of the text."""
    its = (consents.c.chat_id == chat_id, consents.c.version == version)
    return (await conn.execute(select(consents.c.chat_id).where(*its))).scalar() is not None


async def give(conn: AsyncConnection, chat_id: int, version: str, now_ms: int) -> None:
    """Keep the chat's consent to `version`, in place of an earlier version."""
    values = {"version": version, "given_at": now_ms}
    statement = upsert(conn.dialect.name, consents).values(chat_id=chat_id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=values))
