"""A chat's rows over all tables: exported for the merchant, or forgotten.

The columns of a table tell whether rows belong to a chat (`belonging`), so that a new table is covered at once; a table
without personal data is named in `NOT_PERSONAL` with the reason, else a test fails.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, and_, delete, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.inbox import DONE, WAITING
from storage.schema import follows, inbox, metadata, newest, notices, scores, shops

CHAT_COLUMNS: Final = ("chat_id", "owner_chat", "used_by", "moved_to")
NOT_PERSONAL: Final[Mapping[str, str]] = {
    "jobs": "when the program's own jobs ran",
    "swept": "which edition the daily check judged by",
    "unanswered": "masked, and not known of whom",
    "nonces": "of an operator's calls",
    "ingests": "of an operator's calls",
    "audit": "what operators did in their office; kept for its time",
    "switches": "changes of the edition, of all chats at once",
    "announcements": "what operators say; to whom it went is in another table",
    "rule_notices": "what the platform announced about its rules",
    "rule_lists": "where such announcements are read",
    "reminders": "what operators were reminded of, all of them at once",
    "bots": "whose database this is",
    "copies": "whether this database is a copy",
}
NOBODY: Final = 0
_FIRST: Final = ("follows", "milestones")
"""The daily check locks a chat's rows of these tables before adding a notice: without rows no notice comes."""

_LAST: Final = ("newest", "notices", "outbox", "shops")
"""Rows of these tables lead to the rows of other tables."""

Rows = list[dict[str, Any]]


def personal() -> list[Table]:
    """The tables with personal data, in the order of forgetting."""
    found = [table for name, table in metadata.tables.items() if name not in NOT_PERSONAL]
    return sorted(found, key=lambda table: (_rank(table.name), table.name))


def _rank(name: str) -> int:
    if name in _FIRST:
        return -len(_FIRST) + _FIRST.index(name)
    return 1 + _LAST.index(name) if name in _LAST else 0


def belonging(table: Table, chat_id: int) -> ColumnElement[bool]:
    """The condition for the chat's rows: by the chat, by the chat's own shop, or by the chat's notice."""
    own = [table.c[name] == chat_id for name in CHAT_COLUMNS if name in table.c]
    if "shop_id" in table.c:
        own.append(table.c.shop_id.in_(_own_shops(chat_id)))
    if "notice_id" in table.c:
        own.append(table.c.notice_id.in_(select(notices.c.id).where(notices.c.chat_id == chat_id)))
    return or_(false(), *own)


async def forget(conn: AsyncConnection, chat_id: int) -> int:
    """Delete the chat's rows; the count of rows.

    Keys of handled updates stay, without the chat: a repeated update would begin all anew. Updates that wait stay too,
    to be answered.
    """
    count = await _unlink_updates(conn, chat_id)
    for table in personal():
        if table is not inbox:
            async for condition in _conditions(conn, table, chat_id, _own_shops(chat_id)):
                count += (await conn.execute(delete(table).where(condition))).rowcount
    return count


async def forget_shop(conn: AsyncConnection, shop_id: int) -> None:
    """Delete a shop with all rows about the shop."""
    its_tables = [table for table in personal() if "shop_id" in table.c and table is not scores]
    async for condition in _of_shops(conn, [shop_id]):
        await conn.execute(delete(scores).where(condition))
    for table in its_tables:
        await conn.execute(delete(table).where(table.c.shop_id == shop_id))
    await conn.execute(delete(shops).where(shops.c.id == shop_id))


async def _unlink_updates(conn: AsyncConnection, chat_id: int) -> int:
    its = (inbox.c.chat_id == chat_id, inbox.c.state != WAITING)
    change = update(inbox).where(*its).values(chat_id=NOBODY, state=DONE, body=None, error=None)
    return int((await conn.execute(change)).rowcount)


async def _conditions(
    conn: AsyncConnection, table: Table, chat_id: int, its_shops: Select[Any]
) -> AsyncIterator[ColumnElement[bool]]:
    """Conditions that together find the chat's rows: a single condition, but for scores."""
    if table is not scores:
        yield belonging(table, chat_id)
        return
    async for condition in _of_shops(conn, list((await conn.execute(its_shops)).scalars())):
        yield condition


async def _of_shops(conn: AsyncConnection, shop_ids: list[int]) -> AsyncIterator[ColumnElement[bool]]:
    """Conditions that together find the scores of the shops."""
    for fact, days in await _days(conn, shop_ids):
        yield and_(scores.c.fact == fact, scores.c.day.in_(days), scores.c.shop_id.in_(shop_ids))


async def _days(conn: AsyncConnection, shop_ids: list[int]) -> list[tuple[str, list[date]]]:
    """By fact, the days that may have scores of the shops: the table is indexed by day, not by shop."""
    query = select(newest.c.fact, func.max(newest.c.day)).where(newest.c.shop_id.in_(shop_ids)).group_by(newest.c.fact)
    found = []
    for fact, last in (await conn.execute(query)).all():
        first = (await conn.execute(select(func.min(scores.c.day)).where(scores.c.fact == fact))).scalar()
        if first is not None:
            found.append((fact, [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]))
    return found


async def rows(conn: AsyncConnection, chat_id: int) -> dict[str, Rows]:
    """The chat's rows by table, and the scores of followed shops."""
    found: dict[str, Rows] = {}
    for table in personal():
        found[table.name] = []
        async for condition in _conditions(conn, table, chat_id, _known_shops(chat_id)):
            query = select(table).where(condition).order_by(*table.primary_key.columns)
            found[table.name] += [dict(row._mapping) for row in (await conn.execute(query)).all()]
    return found


async def names(conn: AsyncConnection, chat_id: int) -> dict[int, str]:
    """Names of the chat's own and followed shops, by number; without a name the operator's id, else ""."""
    query = select(shops.c.id, shops.c.name, shops.c.ref).where(shops.c.id.in_(_known_shops(chat_id)))
    return {row.id: row.name or row.ref or "" for row in (await conn.execute(query)).all()}


def _own_shops(chat_id: int) -> Select[tuple[int]]:
    return select(shops.c.id).where(shops.c.owner_chat == chat_id)


def _known_shops(chat_id: int) -> Select[tuple[int]]:
    followed = select(follows.c.shop_id).where(follows.c.chat_id == chat_id)
    return select(shops.c.id).where(or_(shops.c.owner_chat == chat_id, shops.c.id.in_(followed)))
