"""Conversations: a row for each chat, guarded by a version, so that two replicas never overwrite each other.

A conversation is loaded with the chat's choice of an edition: every update needs both.
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.prepared import Prepared
from storage.schema import dialogues, preferences


class Stale(Exception):
    """Another process changed the conversation meanwhile; the update is handled anew."""


@dataclass(frozen=True)
class Kept:
    """A loaded conversation. `body`: JSON text; `version` 0: no row yet. `edition`: chosen by the chat."""

    body: str | None = None
    version: int = 0
    edition: str | None = None


async def load(conn: AsyncConnection, chat_id: int) -> Kept:
    """The chat's conversation."""
    ((body, version, edition),) = await _load.rows(conn, {"chat": chat_id})
    return Kept(body, version or 0, edition)


async def save(conn: AsyncConnection, chat_id: int, before: Kept, body: str, now_ms: int) -> None:
    """Put `body` in place of `before`. Raises Stale when the row has changed since."""
    values = {"body": body, "version": before.version + 1, "updated_at": now_ms}
    if not before.version:
        await _insert.change(conn, {"chat_id": chat_id, **values})
        return
    if await _update.change(conn, {"chat": chat_id, "before": before.version, **values}) != 1:
        raise Stale(f"the conversation moved on from version {before.version}")


_chat = select(bindparam("chat", type_=BigInteger).label("id")).subquery("chat")
_load = Prepared(
    select(dialogues.c.body, dialogues.c.version, preferences.c.edition)
    .select_from(_chat)
    .outerjoin(dialogues, dialogues.c.chat_id == _chat.c.id)
    .outerjoin(preferences, preferences.c.chat_id == _chat.c.id)
)
_insert = Prepared(insert(dialogues), dialogues.c.keys())
_update = Prepared(
    update(dialogues)
    .where(dialogues.c.chat_id == bindparam("chat"), dialogues.c.version == bindparam("before"))
    .values(body=bindparam("body"), version=bindparam("version"), updated_at=bindparam("updated_at"))
)
