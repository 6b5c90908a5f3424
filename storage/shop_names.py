"""A list of shops with names: registered and renamed together; and such a list that waits for an operator's yes."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import Source
from storage.database.dialect import upsert
from storage.schema import shops, uploads
from storage.uploads import SHOWN

AT_ONCE: Final = 500
"""Ids in a query: few enough for either engine."""


@dataclass(frozen=True)
class Renamed:
    """A shop with another name than before. `before` None: without a name till now."""

    ref: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Listed:
    """The effect of a list. `new`: (id, name) of shops not registered before; `same`: count of shops unchanged."""

    new: list[tuple[str, str]] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    same: int = 0


async def compare(conn: AsyncConnection, names: Mapping[str, str]) -> Listed:
    """What the list, names by the platform's id, would change; nothing is changed."""
    found, same, every = Listed(), 0, list(names)
    for first in range(0, len(every), AT_ONCE):
        refs = every[first : first + AT_ONCE]
        rows = (await conn.execute(select(shops.c.ref, shops.c.name).where(shops.c.ref.in_(refs)))).all()
        known = {row.ref: row.name for row in rows}
        found.new.extend((ref, names[ref]) for ref in refs if ref not in known)
        other = [ref for ref in refs if ref in known and known[ref] != names[ref]]
        found.renamed.extend(Renamed(ref, known[ref], names[ref]) for ref in other)
        same += len(known) - len(other)
    return Listed(found.new, found.renamed, same)


async def known(conn: AsyncConnection, refs: Collection[str]) -> dict[str, str]:
    """The names of the registered shops of these ids, a few; shops without a name are left out."""
    query = select(shops.c.ref, shops.c.name).where(shops.c.ref.in_(refs), shops.c.name.is_not(None))
    return {row.ref: row.name for row in (await conn.execute(query)).all()}


async def store(conn: AsyncConnection, names: Mapping[str, str], now_ms: int) -> Listed:
    """Register the unknown shops of the list and give the others their names; the effect."""
    found = await compare(conn, names)
    await _register(conn, found.new, now_ms)
    change = update(shops).where(shops.c.ref == bindparam("its_ref")).values(name=bindparam("its_name"))
    if found.renamed:
        rows = [{"its_ref": one.ref, "its_name": one.after} for one in found.renamed]
        await conn.execute(change, rows)
    return found


async def _register(conn: AsyncConnection, new: Sequence[tuple[str, str]], now_ms: int) -> None:
    if new:
        fixed = {"source": Source.FEED.value, "created_at": now_ms}
        fresh = upsert(conn.dialect.name, shops).on_conflict_do_nothing(index_elements=["ref"])
        await conn.execute(fresh, [{"ref": ref, "name": name, **fixed} for ref, name in new])


async def waiting(conn: AsyncConnection, upload_id: int, chat_id: int) -> bytes | None:
    """The content of a file that the chat was asked about, None when it is another's or was answered before."""
    its = (uploads.c.id == upload_id, uploads.c.chat_id == chat_id, uploads.c.state == SHOWN)
    return (await conn.execute(select(uploads.c.content).where(*its))).scalar()


def as_bytes(names: Mapping[str, str]) -> bytes:
    """The list as the content of a file that waits."""
    return json.dumps({"shops": dict(names)}).encode()


def from_bytes(content: bytes) -> dict[str, str] | None:
    """The list that waits; None for the content of any other file."""
    kept = json.loads(content)
    return kept.get("shops") if isinstance(kept, dict) else None
