"""Notices: a chat's warnings for one message, kept as facts; the words are made when the message is sent.

The outbox row of a notice has no payload until sent; the row's key names the notice, for looking up the notice's fate,
and for an edit of the message when a button is pressed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.lines import hundredths, points
from rules.reasons import Reason
from storage.database.bulk import put, raw
from storage.database.dialect import constant
from storage.outbox import SENDING, WAITING
from storage.schema import notice_items, notices, outbox

AHEAD_MS: Final = 86_400_000
"""Urgent notices are due so many ms earlier in the outbox, and so go before all other warnings."""


class Item(NamedTuple):
    """A piece of news: of a shop, or (`shop_id` 0) of a day ahead of the chat's check.

    `line`: the id of the line concerned. `points`, `score_day`: the deciding row. `since`: first day below the line,
    None when not known. `closures`: known or presumed. `happens_on`: the day of a milestone, or the day of crossing in
    a forecast by `span_days`. `criterion`: of a milestone. `level_before`: the level told before, None when not known.
    `closures_before`: the count before a closing, None when not known.

    A correction (`Reason.CORRECTED`) has the score of `score_day` as it is now, None for none; of a closing, no fact.
    """

    reason: Reason
    shop_id: int = 0
    criterion: str = ""
    line: str = ""
    fact: str = ""
    points: Decimal | None = None
    score_day: date | None = None
    since: date | None = None
    closures: int | None = None
    in_alliance: bool | None = None
    happens_on: date | None = None
    span_days: int | None = None
    level_before: int | None = None
    closures_before: int | None = None

    @property
    def subject(self) -> str:
        """The key among a shop's items: empty for a shop's single item; a check and corrections have several."""
        if self.reason is Reason.CORRECTED:
            return f"{self.fact}:{self.score_day or ''}"
        return f"{self.reason}:{self.criterion}" if self.shop_id == 0 else ""


class Notice(NamedTuple):
    """A message to a chat. `edition`: the deciding edition. `due_at`: epoch ms.

    `is_urgent`: not to be held back. `is_late`: made by a late check. `id` 0: not kept (yet). `corrects`: the newest
    notice that this one corrects or replaces. `made_at`: epoch ms, 0 if not kept.
    """

    chat_id: int
    day: date
    edition: str
    items: tuple[Item, ...]
    due_at: int
    is_urgent: bool = False
    is_late: bool = False
    id: int = 0
    corrects: int | None = None
    made_at: int = 0


ITEM_COLUMNS: Final = tuple(notice_items.c)
KEY: Final = "notice:"


def key_of(notice_id: int) -> str:
    """The key of a notice's message in the outbox."""
    return f"{KEY}{notice_id}"


def item_row(number: int, item: Item) -> tuple[Any, ...]:
    """The item of notice `number` as the database's own values, in the order of ITEM_COLUMNS."""
    scored = None if item.points is None else hundredths(item.points)
    values = item._asdict() | {"notice_id": number, "subject": item.subject, "hundredths": scored}
    return tuple(raw(values[column.key]) for column in ITEM_COLUMNS)


@dataclass(frozen=True)
class Held:
    """A notice not begun to be sent. `due_at`: epoch ms. `edition`: the deciding edition."""

    id: int
    due_at: int
    edition: str


async def waiting(
    conn: AsyncConnection, chat_ids: Collection[int] | None = None, *, corrections: bool = False
) -> dict[int, list[Held]]:
    """By chat, the waiting notices that are not urgent, newest first; of these chats, or of all.

    Those that correct another are left out, as nothing may be added to them, unless with `corrections`.
    """
    if chat_ids is not None and not chat_ids:
        return {}
    is_open = outbox.c.state.in_((constant(WAITING), constant(SENDING)))  # in the words of the index
    query = (
        select(outbox.c.chat_id, notices.c.id, notices.c.due_at, notices.c.edition)
        .join(notices, notices.c.id == outbox.c.notice_id)
        .where(is_open, outbox.c.state == WAITING, outbox.c.tries == 0, ~notices.c.is_urgent)
        .order_by(notices.c.id.desc())
    )
    if not corrections:
        query = query.where(notices.c.corrects.is_(None))
    if chat_ids is not None:
        query = query.where(outbox.c.chat_id.in_(chat_ids)).with_for_update(of=outbox)
    found: dict[int, list[Held]] = {}
    for row in (await conn.execute(query)).all():
        found.setdefault(row.chat_id, []).append(Held(row.id, row.due_at, row.edition))
    return found


async def unsay(conn: AsyncConnection, said: Collection[tuple[int, int]]) -> None:
    """Delete shops' items from waiting notices, as there is newer or graver news; `said`: (notice, shop)."""
    if said:
        its = tuple_(notice_items.c.notice_id, notice_items.c.shop_id).in_(said)
        await conn.execute(delete(notice_items).where(its, notice_items.c.subject == ""))


async def rewrite(conn: AsyncConnection, notice_id: int, before: Item, now: Item | None) -> None:
    """Keep what a notice really says of a shop: `now` in place of `before`, None for nothing any more."""
    its = (notice_items.c.notice_id == notice_id, notice_items.c.shop_id == before.shop_id)
    await conn.execute(delete(notice_items).where(*its, notice_items.c.subject == before.subject))
    if now is not None:
        names = tuple(column.name for column in ITEM_COLUMNS)
        await put(conn, "notice_items", names, [item_row(notice_id, now)])


async def postpone(conn: AsyncConnection, chat_id: int, due_at: int) -> None:
    """Let the chat's waiting notices wait until `due_at` (epoch ms) instead."""
    for held in (await waiting(conn, [chat_id], corrections=True)).get(chat_id, ()):
        await conn.execute(update(notices).where(notices.c.id == held.id).values(due_at=due_at))
        its = (outbox.c.notice_id == held.id, outbox.c.chat_id == chat_id, outbox.c.state == WAITING)
        await conn.execute(update(outbox).where(*its).values(due_at=due_at))


async def load(conn: AsyncConnection, ids: Sequence[int]) -> dict[int, Notice]:
    """The notices with items, by number, in no order."""
    heads = (await conn.execute(select(notices).where(notices.c.id.in_(ids)))).all()
    rows = (await conn.execute(select(notice_items).where(notice_items.c.notice_id.in_(ids)))).all()
    items: dict[int, list[Item]] = {head.id: [] for head in heads}
    for row in rows:
        items[row.notice_id].append(item_of(row))
    return {head.id: _notice(head, tuple(items[head.id])) for head in heads}


def _notice(row: Row[Any], items: tuple[Item, ...]) -> Notice:
    known = ("id", "chat_id", "day", "edition", "is_urgent", "is_late", "due_at", "corrects", "made_at")
    return Notice(items=items, **{name: getattr(row, name) for name in known})


def item_of(row: Row[Any]) -> Item:
    """The item in a row with ITEM_COLUMNS."""
    kept = {column.key: row._mapping[column] for column in ITEM_COLUMNS[1:]}
    scored = None if row.hundredths is None else points(row.hundredths)
    criterion = row.subject.partition(":")[2] if row.shop_id == 0 else ""
    told = {name: kept[name] for name in Item._fields if name in kept} | {"reason": Reason(row.reason)}
    return Item(**told, criterion=criterion, points=scored)
