"""Shops: an operator's, with the platform's id (`ref`), or a merchant's own, made in the chat."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, Row, bindparam, exists, insert, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import Source
from storage.database.prepared import Prepared
from storage.schema import follows, shops


@dataclass(frozen=True)
class Shop:
    """A shop. `name` None: not named yet. `closures`: by the system, None when not known.

    `choices`: facts that set limits ({"shop_type": "personal"}), as far as told.
    """

    id: int
    ref: str | None
    owner_chat: int | None
    name: str | None
    source: Source
    in_alliance: bool | None = None
    closures: int | None = None
    closures_day: date | None = None
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)


class Added(StrEnum):
    """The effect of `add`."""

    NEW = "new"
    RENAMED = "renamed"
    SAME = "same"


async def add(conn: AsyncConnection, ref: str, name: str, now_ms: int) -> tuple[Added, Shop]:
    """The operator's shop of this id, made or renamed to `name`."""
    known = await by_ref(conn, ref)
    if known is None:
        values = {"ref": ref, "name": name, "source": Source.FEED.value, "created_at": now_ms}
        row = (await conn.execute(insert(shops).values(values).returning(shops))).one()
        return Added.NEW, _shop(row)
    if known.name == name:
        return Added.SAME, known
    await rename(conn, known.id, name)
    return Added.RENAMED, Shop(**{**vars(known), "name": name})


async def own(conn: AsyncConnection, chat_id: int, now_ms: int, name: str | None = None) -> Shop:
    """The merchant's shop of this name, made if new; without a name: the merchant's unnamed shop."""
    same = shops.c.name.is_(None) if name is None else shops.c.name == name
    row = (await conn.execute(select(shops).where(shops.c.owner_chat == chat_id, same).limit(1))).one_or_none()
    if row is None:
        values = {"owner_chat": chat_id, "name": name, "source": Source.MERCHANT.value, "created_at": now_ms}
        row = (await conn.execute(insert(shops).values(values).returning(shops))).one()
    return _shop(row)


async def by_id(conn: AsyncConnection, shop_id: int) -> Shop | None:
    """The shop of this number, None if unknown."""
    return _one((await conn.execute(select(shops).where(shops.c.id == shop_id))).one_or_none())


async def by_ids(conn: AsyncConnection, shop_ids: Sequence[int]) -> dict[int, Shop]:
    """The known shops among `shop_ids`, by number."""
    rows = (await conn.execute(select(shops).where(shops.c.id.in_(shop_ids)))).all()
    return {row.id: _shop(row) for row in rows}


async def by_ref(conn: AsyncConnection, ref: str) -> Shop | None:
    """The operator's shop of this id, None if unknown."""
    return _one((await conn.execute(select(shops).where(shops.c.ref == ref))).one_or_none())


async def of_chat(conn: AsyncConnection, chat_id: int) -> list[Shop]:
    """The chat's own and followed shops, warnings on or off, the oldest first."""
    return [_read(*row) for row in await _of_chat.rows(conn, {"chat": chat_id})]


_COLUMNS = ("id", "ref", "owner_chat", "name", "source", "in_alliance", "closures", "closures_day", "choices")
# Every question runs this query: on the few rows of one chat, by two indexes.
_followed = select(follows.c.shop_id).where(follows.c.chat_id == bindparam("chat"))
_of_chat = Prepared(
    select(*(type_coerce(shops.c[name], Integer) if name == "closures_day" else shops.c[name] for name in _COLUMNS))
    .where(or_(shops.c.owner_chat == bindparam("chat"), shops.c.id.in_(_followed)))
    .order_by(shops.c.id)
)


def _read(*values: Any) -> Shop:
    """The shop of a row in the database's own values, in the order of `_COLUMNS`."""
    row = dict(zip(_COLUMNS, values, strict=True))
    is_in, day = row["in_alliance"], row["closures_day"]
    row |= {
        "source": Source(row["source"]),
        "in_alliance": None if is_in is None else bool(is_in),
        "closures_day": None if day is None else date.fromordinal(day),
        "choices": json.loads(row["choices"]) if row["choices"] else {},
    }
    return Shop(**row)


async def without_followers(conn: AsyncConnection, limit: int) -> list[Shop]:
    """Shops of the operator that no chat follows, the newest first."""
    is_followed = exists().where(follows.c.shop_id == shops.c.id)
    query = select(shops).where(shops.c.ref.is_not(None), ~is_followed).order_by(shops.c.id.desc()).limit(limit)
    return [_shop(row) for row in (await conn.execute(query)).all()]


async def rename(conn: AsyncConnection, shop_id: int, name: str) -> None:
    """Give the shop this name."""
    await conn.execute(update(shops).where(shops.c.id == shop_id).values(name=name))


async def set_in_alliance(conn: AsyncConnection, shop_id: int, is_in: bool | None) -> None:
    """Set whether the shop has access now; None: not known."""
    await conn.execute(update(shops).where(shops.c.id == shop_id).values(in_alliance=is_in))


async def set_closures(conn: AsyncConnection, shop_id: int, count: int | None, day: date | None) -> None:
    """Set the count of closures by the system, as known on `day`; None: not known."""
    await conn.execute(update(shops).where(shops.c.id == shop_id).values(closures=count, closures_day=day))


async def set_choices(conn: AsyncConnection, shop_id: int, choices: Mapping[str, str]) -> None:
    """Set the facts that set limits."""
    kept = json.dumps(dict(choices), sort_keys=True) if choices else None
    await conn.execute(update(shops).where(shops.c.id == shop_id).values(choices=kept))


def _one(row: Row[Any] | None) -> Shop | None:
    return None if row is None else _shop(row)


def _shop(row: Row[Any]) -> Shop:
    known = ("id", "ref", "owner_chat", "name", "in_alliance", "closures", "closures_day")
    kept = {name: getattr(row, name) for name in known}
    return Shop(source=Source(row.source), choices=json.loads(row.choices) if row.choices else {}, **kept)
