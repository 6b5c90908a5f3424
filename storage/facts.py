"""What was told of shops beside the daily scores: a row each time; the newest of each fact counts."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import SOURCES, Source
from storage.schema import facts

BY_MERCHANTS: Final = tuple(source.value for source, traits in SOURCES.items() if not traits.is_official)
"""What merchants tell may be taken back by merchants."""

NEWEST: Final = (
    select(func.max(facts.c.id)).where(facts.c.shop_id == bindparam("shop")).group_by(facts.c.fact).scalar_subquery()
)


@dataclass(frozen=True)
class Told:
    """A fact as told. `value`: as JSON has it, see `rules.facts.as_json`. `day`: the day that the value is of.

    `told_at`: epoch ms. `id` 0: not kept yet.
    """

    fact: str
    value: Any
    day: date
    source: Source
    told_at: int
    id: int = 0


async def keep(conn: AsyncConnection, shop_id: int, told: Sequence[Told]) -> None:
    """Add what was told; nothing told before is overwritten."""
    rows = [
        {
            "shop_id": shop_id,
            "fact": one.fact,
            "value": json.dumps(one.value, ensure_ascii=False),
            "day": one.day,
            "source": one.source.value,
            "told_at": one.told_at,
        }
        for one in told
    ]
    if rows:
        await conn.execute(insert(facts), rows)


async def newest(conn: AsyncConnection, shop_id: int) -> Mapping[str, Told]:
    """The newest of each fact of the shop."""
    rows = (await conn.execute(select(facts).where(facts.c.id.in_(NEWEST)), {"shop": shop_id})).all()
    return {row.fact: _told(row) for row in rows}


async def newest_of(conn: AsyncConnection, shop_ids: Sequence[int]) -> dict[int, dict[str, Told]]:
    """The newest of each fact of these shops, by shop; what can't be read counts as not told."""
    last = select(func.max(facts.c.id)).where(facts.c.shop_id.in_(shop_ids)).group_by(facts.c.shop_id, facts.c.fact)
    found: dict[int, dict[str, Told]] = {}
    for row in (await conn.execute(select(facts).where(facts.c.id.in_(last)))).all():
        with suppress(ValueError):
            found.setdefault(row.shop_id, {})[row.fact] = _told(row)
    return found


async def told_at(conn: AsyncConnection, shop_id: int, at_ms: int) -> list[Told]:
    """What was told of the shop at this instant (epoch ms), in order."""
    its = (facts.c.shop_id == shop_id, facts.c.told_at == at_ms)
    return [_told(row) for row in (await conn.execute(select(facts).where(*its).order_by(facts.c.id))).all()]


async def last_told_at(conn: AsyncConnection, shop_id: int) -> int | None:
    """The instant (epoch ms) of what a merchant told of the shop last, None when nothing was told."""
    its = (facts.c.shop_id == shop_id, facts.c.source.in_(BY_MERCHANTS))
    return (await conn.execute(select(facts.c.told_at).where(*its).order_by(facts.c.id.desc()).limit(1))).scalar()


async def forget(conn: AsyncConnection, shop_id: int, fact: str) -> None:
    """Delete all that was told of a fact."""
    await conn.execute(delete(facts).where(facts.c.shop_id == shop_id, facts.c.fact == fact))


async def take_back(conn: AsyncConnection, shop_id: int, told_id: int) -> Told | None:
    """Delete what was told by mistake and return it, None for an unknown row: what was told before counts again."""
    its = (facts.c.id == told_id, facts.c.shop_id == shop_id)
    row = (await conn.execute(delete(facts).where(*its).returning(facts))).one_or_none()
    return _told(row) if row else None


def _told(row: Row[Any]) -> Told:
    return Told(row.fact, json.loads(row.value), row.day, Source(row.source), row.told_at, row.id)
