"""What a notice corrects or replaces: the last message about the same score of the same day, and its number."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.warnings.judged_anew import shop_ids
from rules.reasons import Reason
from storage import corrections, notices
from storage.corrections import Said, last_words
from storage.instants import epoch_ms
from storage.notices import Item, Notice

Replaced = Mapping[Item, Said]
"""For an item, what was said before."""


def is_correction(notice: Notice) -> bool:
    """Whether the notice only takes back what was said."""
    return any(item.reason is Reason.CORRECTED for item in notice.items)


async def corrected(conn: AsyncConnection, notice: Notice, now: datetime) -> tuple[Notice, Replaced]:
    """The notice with what is right now, and what its items correct; what is right again needs no correction."""
    if notice.corrects is None:
        return notice, {}
    said = await corrections.said_of(conn, shop_ids(notice.items), epoch_ms(now), notice.chat_id)
    before = last_words(one for one in said if one.notice_id < notice.id and one.is_told)
    known = {one.subject: one for one in said if one.notice_id == notice.id}
    items: list[Item] = []
    replaced: dict[Item, Said] = {}
    for item in notice.items:
        was = before.get(subject_of(notice.chat_id, item))
        right = _right(item, was, known)
        if right != item:
            await notices.rewrite(conn, notice.id, item, right)
        if right is not None:
            items.append(right)
        if right is not None and was is not None:
            replaced[right] = was
    return notice._replace(items=tuple(items)), replaced


def _right(item: Item, was: Said | None, known: Mapping[tuple[int, int, str, date | None], Said]) -> Item | None:
    """The item as it is right now; None when there is nothing (more) to correct."""
    if item.reason is not Reason.CORRECTED:
        return item
    now = known.get((was.chat_id, item.shop_id, item.fact, item.score_day)) if was else None
    if was is None or now is None:
        return None
    if not item.fact:
        is_right = (now.closures or 0) >= (was.item.closures or 0)
        return None if is_right else item._replace(closures=now.closures)
    return None if now.now == was.item.points else item._replace(points=now.now)


def subject_of(chat_id: int, item: Item) -> tuple[int, int, str, date | None]:
    """What the item is about, as `storage.corrections.Said.subject`."""
    return Said(0, chat_id, "", item, 0, False, None, None).subject
