"""Changes of the answering edition: progress of the evaluation, chats concerned, chats told. Once a chat and pair.

What a chat `knows` is the edition that the chat was told of last.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, func, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.case import Case
from storage import cases, scores, shops
from storage.database.dialect import upsert
from storage.schema import checks, follows, preferences, reassessed, switches

BEFORE_ALL: Final = -(2**63)


@dataclass(frozen=True)
class EditionChange:
    """A change. `before`: the edition that answered earlier, None at the very first start. Instants are epoch ms.

    `done_until`: chats up to this number are evaluated.
    """

    number: int
    before: str | None
    after: str
    done_until: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    evaluated_at: int | None = None
    confirmed_at: int | None = None
    announced_at: int | None = None


@dataclass(frozen=True)
class Followed:
    """A shop followed by a chat with warnings on. `case`: the newest scores, and what the row of the shop has."""

    shop_id: int
    name: str | None
    ref: str | None
    case: Case


@dataclass(frozen=True)
class Subject:
    """A chat's data. `check_id`, `edition`, `answers`: the newest check. `knows`: the edition told last."""

    chat_id: int
    check_id: int | None = None
    edition: str | None = None
    answers: str | None = None
    knows: str | None = None
    shops: tuple[Followed, ...] = ()


@dataclass(frozen=True)
class Concerned:
    """A chat for which the change of the edition makes a difference."""

    chat_id: int
    before: str
    check_id: int | None = None


async def last(conn: AsyncConnection) -> EditionChange | None:
    """The newest change, None before the first start."""
    row = (await conn.execute(select(switches).order_by(switches.c.number.desc()).limit(1))).one_or_none()
    return _change(row) if row else None


async def begin(conn: AsyncConnection, before: EditionChange | None, after: str, now_ms: int) -> None:
    """Let `after` answer from now on; no effect when another process has begun the same change."""
    values = {
        "number": before.number + 1 if before else 1,
        "before": before.after if before else None,
        "after": after,
        "counts": "{}",
        "begun_at": now_ms,
    }
    await conn.execute(upsert(conn.dialect.name, switches).values(values).on_conflict_do_nothing())


async def chats_after(conn: AsyncConnection, done_until: int | None, limit: int) -> list[int]:
    """The next chats with a kept check or a followed shop, in order."""
    start = BEFORE_ALL if done_until is None else done_until
    with_check = select(checks.c.chat_id).where(checks.c.chat_id > start).distinct().order_by(checks.c.chat_id)
    following = select(follows.c.chat_id).where(follows.c.chat_id > start, follows.c.is_on).distinct()
    both = union(
        select(with_check.limit(limit).subquery()),
        select(following.order_by(follows.c.chat_id).limit(limit).subquery()),
    ).subquery()
    return list((await conn.execute(select(both.c.chat_id).order_by(both.c.chat_id).limit(limit))).scalars())


async def subjects(conn: AsyncConnection, chat_ids: Sequence[int]) -> list[Subject]:
    """The data of the chats, in the order given; not of chats that chose an edition for good."""
    choice = select(preferences.c.chat_id).where(
        preferences.c.chat_id.in_(chat_ids), preferences.c.edition.is_not(None)
    )
    chosen = set((await conn.execute(choice)).scalars())
    chat_ids = [chat_id for chat_id in chat_ids if chat_id not in chosen]
    kept = await _newest_checks(conn, chat_ids)
    known = await _known(conn, chat_ids)
    followed = await _followed(conn, chat_ids)
    return [_subject(chat_id, kept.get(chat_id), known.get(chat_id), followed.get(chat_id, [])) for chat_id in chat_ids]


def _subject(chat_id: int, check: Any | None, known: Any | None, shops: Sequence[Followed]) -> Subject:
    if known and known.check_id != (check.id if check else None):
        known = None
    knows = (known.before if known.told_at is None else known.after) if known else None
    if check is None:
        return Subject(chat_id, knows=knows, shops=tuple(shops))
    return Subject(chat_id, check.id, check.edition, check.answers, knows or check.edition, tuple(shops))


async def _newest_checks(conn: AsyncConnection, chat_ids: Sequence[int]) -> dict[int, Any]:
    ids = select(func.max(checks.c.id)).where(checks.c.chat_id.in_(chat_ids)).group_by(checks.c.chat_id)
    query = select(checks.c.chat_id, checks.c.id, checks.c.edition, checks.c.answers).where(checks.c.id.in_(ids))
    return {row.chat_id: row for row in (await conn.execute(query)).all()}


async def _known(conn: AsyncConnection, chat_ids: Sequence[int]) -> dict[int, Any]:
    query = select(reassessed).where(reassessed.c.chat_id.in_(chat_ids)).order_by(reassessed.c.switch)
    return {row.chat_id: row for row in (await conn.execute(query)).all()}


async def _followed(conn: AsyncConnection, chat_ids: Sequence[int]) -> dict[int, list[Followed]]:
    query = (
        select(follows.c.chat_id, follows.c.shop_id)
        .where(follows.c.chat_id.in_(chat_ids), follows.c.is_on)
        .order_by(follows.c.chat_id, follows.c.shop_id)
    )
    rows = (await conn.execute(query)).all()
    numbers = sorted({row.shop_id for row in rows})
    known, scored = await shops.by_ids(conn, numbers), await scores.latest_of(conn, numbers)
    found: dict[int, list[Followed]] = {}
    for row in rows:
        if shop := known.get(row.shop_id):
            one = Followed(shop.id, shop.name, shop.ref, cases.of_row(shop, scored.get(shop.id, {})))
            found.setdefault(row.chat_id, []).append(one)
    return found


async def advance(
    conn: AsyncConnection, change: EditionChange, until: int, counts: Counter[str], concerned: Sequence[Concerned]
) -> bool:
    """Keep the evaluation of chats up to `until`; False when another process was first."""
    still = switches.c.done_until.is_not_distinct_from(change.done_until)
    values = {"done_until": until, "counts": json.dumps(counts)}
    moved = await conn.execute(update(switches).where(switches.c.number == change.number, still).values(values))
    if not moved.rowcount:
        return False
    rows = [
        {"chat_id": one.chat_id, "before": one.before, "after": change.after}
        | {"switch": change.number, "check_id": one.check_id}
        for one in concerned
    ]
    if rows:
        statement = upsert(conn.dialect.name, reassessed)
        fresh = {"switch": statement.excluded.switch, "check_id": statement.excluded.check_id}
        key = ["chat_id", "before", "after"]
        kept = statement.on_conflict_do_update(index_elements=key, set_=fresh, where=reassessed.c.told_at.is_(None))
        await conn.execute(kept, rows)
    return True


async def finish(conn: AsyncConnection, change: EditionChange, now_ms: int) -> bool:
    """Note that every chat is evaluated; False when noted before."""
    is_open = (switches.c.number == change.number, switches.c.evaluated_at.is_(None))
    return bool((await conn.execute(update(switches).where(*is_open).values(evaluated_at=now_ms))).rowcount)


async def confirm(conn: AsyncConnection, number: int, now_ms: int) -> bool:
    """Let the chats concerned be told; False when not the newest change, not evaluated, or confirmed before."""
    newest_one = select(func.max(switches.c.number)).scalar_subquery()
    its = (switches.c.number == number, switches.c.number == newest_one, switches.c.evaluated_at.is_not(None))
    statement = update(switches).where(*its, switches.c.confirmed_at.is_(None)).values(confirmed_at=now_ms)
    return bool((await conn.execute(statement)).rowcount)


async def untold(conn: AsyncConnection, change: EditionChange, limit: int) -> list[int]:
    """The next concerned chats not told yet, in order."""
    query = (
        select(reassessed.c.chat_id)
        .where(reassessed.c.after == change.after, reassessed.c.told_at.is_(None))
        .distinct()
    )
    return list((await conn.execute(query.order_by(reassessed.c.chat_id).limit(limit))).scalars())


async def take(
    conn: AsyncConnection, change: EditionChange, chat_ids: Sequence[int], now_ms: int
) -> dict[int, Concerned]:
    """By chat, the evaluations of chats newly marked as told."""
    its = (reassessed.c.after == change.after, reassessed.c.chat_id.in_(chat_ids), reassessed.c.told_at.is_(None))
    statement = update(reassessed).where(*its).values(told_at=now_ms)
    rows = await conn.execute(statement.returning(reassessed.c.chat_id, reassessed.c.before, reassessed.c.check_id))
    return {row.chat_id: Concerned(row.chat_id, row.before, row.check_id) for row in rows.all()}


async def announced(conn: AsyncConnection, change: EditionChange, now_ms: int) -> None:
    """Note that no chat is left to tell."""
    await conn.execute(update(switches).where(switches.c.number == change.number).values(announced_at=now_ms))


def _change(row: Row[Any]) -> EditionChange:
    known = ("number", "before", "after", "done_until", "evaluated_at", "confirmed_at", "announced_at")
    return EditionChange(counts=Counter(json.loads(row.counts)), **{name: getattr(row, name) for name in known})
