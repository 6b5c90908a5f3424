"""What was said of shops in notices, beside what is known now: what has to be corrected, and by which number.

A number is that of the message as the merchant reads it. Nothing is kept here: a correction is a notice too, and the
newest notice about a score of a day is the last word about it.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, and_, column, func, literal, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.lines import points
from rules.outlook import WINDOW_DAYS
from rules.reasons import Reason
from storage.notices import ITEM_COLUMNS, KEY, Item, item_of
from storage.outbox import SENDING, SENT, WAITING
from storage.schema import follows, newest, notice_items, notices, outbox, scores, shops

KEPT_MS: Final = 30 * 86_400_000
"""How long ago a message may have been made to be corrected."""

BELOW: Final = (Reason.CLOSING, Reason.WARNING, Reason.EARLY, Reason.CANNOT_ENTER, Reason.REMINDER)
NOT_BELOW: Final = (Reason.RECOVERED, Reason.MAY_ENTER, Reason.MAY_ENTER_AGAIN, Reason.CORRECTED)
"""Reasons of words about a line: the score is below it; it is not, or not any more."""

staged = table("staged", column("ref"), column("day"), column("closures"))
"""The rows of a file, see `storage.score_files`."""


class Said(NamedTuple):
    """An item of a message. `number`: of the message. `is_told`: sent, or maybe sent; else it waits.

    `now`: the score of that day as known now, None for none; `closures`: the shop's count now.
    """

    notice_id: int
    chat_id: int
    edition: str
    item: Item
    number: int
    is_told: bool
    now: Decimal | None
    closures: int | None

    @property
    def subject(self) -> tuple[int, int, str, date | None]:
        """What the item is about: the chat, the shop, and the score of a day or the count of closings."""
        is_closing = self.item.reason is Reason.CLOSED or not self.item.fact
        if is_closing:
            return self.chat_id, self.item.shop_id, "", None
        return self.chat_id, self.item.shop_id, self.item.fact, self.item.score_day


async def said_of(
    conn: AsyncConnection, shop_ids: Collection[int], now_ms: int, chat_id: int | None = None
) -> list[Said]:
    """What the followers, or one chat, were told of the shops lately, the oldest first; what waits included."""
    if not shop_ids:
        return []
    name = literal(KEY).op("||")(notices.c.id)
    same_row = and_(
        scores.c.fact == notice_items.c.fact,
        scores.c.day == notice_items.c.score_day,
        scores.c.shop_id == notice_items.c.shop_id,
    )
    query: Select[Any] = (
        select(notices.c.id, notices.c.chat_id, notices.c.edition, *ITEM_COLUMNS[1:])
        .add_columns(outbox.c.id.label("number"), outbox.c.state, outbox.c.tries, shops.c.closures.label("counted"))
        .add_columns(scores.c.hundredths.label("now"))
        .select_from(follows)
        .join(notices, notices.c.chat_id == follows.c.chat_id)
        .join(
            notice_items,
            and_(notice_items.c.notice_id == notices.c.id, notice_items.c.shop_id == follows.c.shop_id),
        )
        .join(outbox, and_(outbox.c.chat_id == notices.c.chat_id, outbox.c.key == name))
        .join(shops, shops.c.id == follows.c.shop_id)
        .outerjoin(scores, same_row)
        .where(follows.c.shop_id.in_(list(shop_ids)), follows.c.is_on, notices.c.due_at >= now_ms - KEPT_MS)
        .where(outbox.c.state.in_((SENT, SENDING, WAITING)))
        .order_by(notices.c.id)
    )
    if chat_id is not None:
        query = query.where(follows.c.chat_id == chat_id)
    return [_said(row) for row in (await conn.execute(query)).all()]


def _said(row: Any) -> Said:
    return Said(
        row.id,
        row.chat_id,
        row.edition,
        item_of(row),
        row.number,
        row.state != WAITING or row.tries > 0,
        None if row.now is None else points(row.now),
        row.counted,
    )


def last_words(said: Iterable[Said]) -> dict[tuple[int, int, str, date | None], Said]:
    """The newest item about each subject."""
    return {one.subject: one for one in said}


async def lines_told(
    conn: AsyncConnection, shop_ids: Collection[int], edition: str, since: date
) -> dict[tuple[int, int], str]:
    """By chat and shop, the line that the edition's last word since the day was about; "" for one that took it back."""
    query = (
        select(notices.c.chat_id, notice_items.c.shop_id, notice_items.c.reason, notice_items.c.line)
        .join(notice_items, notice_items.c.notice_id == notices.c.id)
        .where(notice_items.c.shop_id.in_(list(shop_ids)), notices.c.edition == edition, notices.c.day >= since)
        .where(notice_items.c.reason.in_([*BELOW, *NOT_BELOW]))
        .order_by(notices.c.id)
    )
    rows = (await conn.execute(query)).all()
    return {(row.chat_id, row.shop_id): row.line if row.reason in BELOW else "" for row in rows}


async def contradicted(conn: AsyncConnection, now_ms: int) -> list[int]:
    """The shops of the file just stored of which a message said a score, or a closing, that the file has otherwise."""
    first = (await conn.execute(select(func.min(staged.c.day)))).scalar()
    if first is None:
        return []
    changed = (
        select(notice_items.c.shop_id)
        .join(notices, notices.c.id == notice_items.c.notice_id)
        .join(
            scores,
            and_(
                scores.c.fact == notice_items.c.fact,
                scores.c.day == notice_items.c.score_day,
                scores.c.shop_id == notice_items.c.shop_id,
            ),
        )
        .where(notices.c.day >= date.fromordinal(first), scores.c.stored_at == now_ms)
        .where(scores.c.hundredths.is_distinct_from(notice_items.c.hundredths))
    )
    return sorted(set((await conn.execute(changed)).scalars()))


async def counted_back(conn: AsyncConnection) -> list[int]:
    """The shops of the file just stored with fewer closings than a follower was told."""
    query = (
        select(shops.c.id)
        .select_from(staged)
        .join(shops, shops.c.ref == staged.c.ref)
        .join(follows, follows.c.shop_id == shops.c.id)
        .where(staged.c.closures.is_not(None), follows.c.is_on, shops.c.closures < follows.c.closures)
    )
    return sorted(set((await conn.execute(query)).scalars()))


class Row(NamedTuple):
    """A newest score. `points` None: the shop has none."""

    points: Decimal | None
    day: date
    scale: str


async def newest_scores(conn: AsyncConnection, shop_ids: Collection[int]) -> dict[int, dict[str, Row]]:
    """The newest scores of the shops, by shop and fact."""
    query = select(newest.c.shop_id, newest.c.fact, newest.c.hundredths, newest.c.day, newest.c.scale)
    return await _rows(conn, query.where(newest.c.shop_id.in_(list(shop_ids))))


async def scores_as_of(
    conn: AsyncConnection, shop_ids: Collection[int], facts: Collection[str], day: date
) -> dict[int, dict[str, Row]]:
    """The scores of the shops as newest on a past day, by shop and fact."""
    days = [day - timedelta(back) for back in range(WINDOW_DAYS)]
    its = (scores.c.fact.in_(facts), scores.c.day.in_(days), scores.c.shop_id.in_(list(shop_ids)))
    query = select(scores.c.shop_id, scores.c.fact, scores.c.hundredths, scores.c.day, scores.c.scale)
    return await _rows(conn, query.where(*its).order_by(scores.c.day))


async def _rows(conn: AsyncConnection, query: Select[Any]) -> dict[int, dict[str, Row]]:
    found: dict[int, dict[str, Row]] = {}
    for row in (await conn.execute(query)).all():
        value = None if row.hundredths is None else points(row.hundredths)
        found.setdefault(row.shop_id, {})[row.fact] = Row(value, row.day, row.scale)
    return found
