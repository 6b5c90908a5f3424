"""What belongs to one chat, over all tables: taken out for the merchant, or forgotten.

Which tables those are follows from their columns (`belonging`), so that a new table is covered when it is made; one
that has nothing of a chat is named in `NOT_PERSONAL` with the reason, else a test fails.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, and_, delete, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import follows, inbox, metadata, newest, notices, scores, shops

CHAT_COLUMNS: Final = ("chat_id", "owner_chat", "used_by", "moved_to")
NOT_PERSONAL: Final[Mapping[str, str]] = {
    "jobs": "when the program's own jobs ran",
    "unanswered": "masked, and not known of whom",
    "nonces": "of an operator's calls",
    "ingests": "of an operator's calls",
    "audit": "what operators did in their office; kept for its time",
    "switches": "changes of the edition, of all chats at once",
    "announcements": "what operators say; to whom it went is in another table",
    "copies": "whether this database is a copy",
}
DONE, NOBODY = "done", 0
_FIRST: Final = ("follows", "milestones")
"""The daily check locks a chat's rows of these before it adds a notice: once they are gone, none comes."""

_LAST: Final = ("newest", "notices", "outbox", "shops")
"""By these the rows of other tables are found."""

Rows = list[dict[str, Any]]


def personal() -> list[Table]:
    """The tables that hold something of a chat, in the order in which it can be forgotten."""
    found = [table for name, table in metadata.tables.items() if name not in NOT_PERSONAL]
    return sorted(found, key=lambda table: (_rank(table.name), table.name))


def _rank(name: str) -> int:
    if name in _FIRST:
        return -len(_FIRST) + _FIRST.index(name)
    return 1 + _LAST.index(name) if name in _LAST else 0


def belonging(table: Table, chat_id: int) -> ColumnElement[bool]:
    """Which rows of the table are the chat's: by the chat, by a shop that is its own, or by its notice."""
    own = [table.c[name] == chat_id for name in CHAT_COLUMNS if name in table.c]
    if "shop_id" in table.c:
        own.append(table.c.shop_id.in_(_own_shops(chat_id)))
    if "notice_id" in table.c:
        own.append(table.c.notice_id.in_(select(notices.c.id).where(notices.c.chat_id == chat_id)))
    return or_(false(), *own)


async def forget(conn: AsyncConnection, chat_id: int) -> int:
    """Delete all that belongs to the chat; how many rows there were.

    The numbers of its updates stay, without the chat: by them a repeat is known, which would begin all anew. What it
    sends while this happens is not deleted either: that is yet to be answered.
    """
    count = await _unlink_updates(conn, chat_id)
    for table in personal():
        if table is not inbox:
            async for condition in _conditions(conn, table, chat_id, _own_shops(chat_id)):
                count += (await conn.execute(delete(table).where(condition))).rowcount
    return count


async def _unlink_updates(conn: AsyncConnection, chat_id: int) -> int:
    its = (inbox.c.chat_id == chat_id, inbox.c.state != "waiting")
    change = update(inbox).where(*its).values(chat_id=NOBODY, state=DONE, body=None, error=None)
    return int((await conn.execute(change)).rowcount)


async def _conditions(
    conn: AsyncConnection, table: Table, chat_id: int, its_shops: Select[Any]
) -> AsyncIterator[ColumnElement[bool]]:
    """The conditions that together find the chat's rows: one, but for scores."""
    if table is not scores:
        yield belonging(table, chat_id)
        return
    ids = list((await conn.execute(its_shops)).scalars())
    for fact, days in await _days(conn, ids):
        yield and_(scores.c.fact == fact, scores.c.day.in_(days), scores.c.shop_id.in_(ids))


async def _days(conn: AsyncConnection, shop_ids: list[int]) -> list[tuple[str, list[date]]]:
    """For each score of these shops the days on which there may be one: by them the table is read, not by the shop."""
    query = select(newest.c.fact, func.max(newest.c.day)).where(newest.c.shop_id.in_(shop_ids)).group_by(newest.c.fact)
    found = []
    for fact, last in (await conn.execute(query)).all():
        first = (await conn.execute(select(func.min(scores.c.day)).where(scores.c.fact == fact))).scalar()
        if first is not None:
            found.append((fact, [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]))
    return found


async def rows(conn: AsyncConnection, chat_id: int) -> dict[str, Rows]:
    """All that belongs to the chat, by table, and the scores of the shops that it follows."""
    found: dict[str, Rows] = {}
    for table in personal():
        found[table.name] = []
        async for condition in _conditions(conn, table, chat_id, _known_shops(chat_id)):
            query = select(table).where(condition).order_by(*table.primary_key.columns)
            found[table.name] += [dict(row._mapping) for row in (await conn.execute(query)).all()]
    return found


async def names(conn: AsyncConnection, chat_id: int) -> dict[int, str]:
    """The shops that the chat has or follows, by number: the name, else an operator's id for it, else ""."""
    query = select(shops.c.id, shops.c.name, shops.c.ref).where(shops.c.id.in_(_known_shops(chat_id)))
    return {row.id: row.name or row.ref or "" for row in (await conn.execute(query)).all()}


def _own_shops(chat_id: int) -> Select[tuple[int]]:
    return select(shops.c.id).where(shops.c.owner_chat == chat_id)


def _known_shops(chat_id: int) -> Select[tuple[int]]:
    followed = select(follows.c.shop_id).where(follows.c.chat_id == chat_id)
    return select(shops.c.id).where(or_(shops.c.owner_chat == chat_id, shops.c.id.in_(followed)))
