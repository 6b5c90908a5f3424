"""Conversations: a row for each chat, guarded by a version, so that two replicas never overwrite each other."""

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.prepared import Prepared
from storage.schema import dialogues


class Stale(Exception):
    """Another process changed the conversation meanwhile; the update is handled anew."""


@dataclass(frozen=True)
class Kept:
    """A loaded conversation. `body`: JSON text; `version` 0: no row yet."""

    body: str | None = None
    version: int = 0


async def load(conn: AsyncConnection, chat_id: int) -> Kept:
    """The chat's conversation."""
    rows = await _load.rows(conn, {"chat": chat_id})
    return Kept(*rows[0]) if rows else Kept()


async def save(conn: AsyncConnection, chat_id: int, before: Kept, body: str, now_ms: int) -> None:
    """Put `body` in place of `before`. Raises Stale when the row has changed since."""
    values = {"body": body, "version": before.version + 1, "updated_at": now_ms}
    if not before.version:
        await _insert.change(conn, {"chat_id": chat_id, **values})
        return
    if await _update.change(conn, {"chat": chat_id, "before": before.version, **values}) != 1:
        raise Stale(f"the conversation moved on from version {before.version}")


_load = Prepared(select(dialogues.c.body, dialogues.c.version).where(dialogues.c.chat_id == bindparam("chat")))
_insert = Prepared(insert(dialogues), dialogues.c.keys())
_update = Prepared(
    update(dialogues)
    .where(dialogues.c.chat_id == bindparam("chat"), dialogues.c.version == bindparam("before"))
    .values(body=bindparam("body"), version=bindparam("version"), updated_at=bindparam("updated_at"))
)
