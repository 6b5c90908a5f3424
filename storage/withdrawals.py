"""Notices taken back before they are sent: one by an operator, or what they say of a shop nobody watches any more.

A row that a process has leased is on its way and stays. A call that may have taken effect (`unsure`) counts as sent.
"""

from collections.abc import Collection
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.lines import Level
from storage.database.dialect import constant
from storage.notices import key_of
from storage.outbox import DROPPED, RECALLED, WAITING
from storage.schema import follows, notice_items, notices, outbox


async def withdraw(conn: AsyncConnection, notice_id: int, now_ms: int) -> bool:
    """Never send the notice; False when it was sent, is on its way, was withdrawn before, or is unknown.

    What the notice says counts as told, and there is no reminder of it: the same comes again only when it gets worse.
    """
    chat_id = (await conn.execute(select(notices.c.chat_id).where(notices.c.id == notice_id))).scalar()
    if chat_id is None:
        return False
    said = select(notice_items.c.shop_id).where(notice_items.c.notice_id == notice_id)
    is_said = (follows.c.chat_id == chat_id, follows.c.shop_id.in_(said))
    await conn.execute(select(follows.c.shop_id).where(*is_said).with_for_update())  # first, as the daily check does
    its = (outbox.c.chat_id == chat_id, outbox.c.key == key_of(notice_id), _waits())
    change = update(outbox).where(*its).values(state=RECALLED, payload=None, done_at=now_ms)
    if not (await conn.execute(change)).rowcount:
        return False
    is_low = follows.c.level >= int(Level.WARNING)
    await conn.execute(update(follows).where(*is_said, is_low).values(is_mended=True))
    return True


async def may_withdraw(conn: AsyncConnection, notice_id: int) -> bool:
    """Whether the notice can be withdrawn now."""
    chat_id = (await conn.execute(select(notices.c.chat_id).where(notices.c.id == notice_id))).scalar()
    its = (outbox.c.chat_id == chat_id, outbox.c.key == key_of(notice_id), _waits())
    return (await conn.execute(select(outbox.c.id).where(*its))).scalar() is not None


async def unsay_shop(conn: AsyncConnection, shop_id: int, chat_ids: Collection[int], now_ms: int) -> int:
    """How many waiting notices to these chats say nothing of the shop any more; an empty one is dropped."""
    its = (*_about(shop_id), outbox.c.chat_id.in_(chat_ids))
    query = select(notices.c.id).select_from(_SENT_AS).where(*its).with_for_update(of=outbox)
    found = list((await conn.execute(query)).scalars())
    of_shop = (notice_items.c.notice_id.in_(found), notice_items.c.shop_id == shop_id)
    await conn.execute(delete(notice_items).where(*of_shop))
    is_left = exists().where(notice_items.c.notice_id == outbox.c.notice_id)
    is_empty = (outbox.c.notice_id.in_(found), _waits(), ~is_left)
    await conn.execute(update(outbox).where(*is_empty).values(state=DROPPED, payload=None, done_at=now_ms))
    return len(found)


async def waiting_about(conn: AsyncConnection, shop_id: int) -> int:
    """Count of waiting notices that speak of the shop."""
    query = select(func.count()).select_from(_SENT_AS).where(*_about(shop_id))
    return (await conn.execute(query)).scalar() or 0


_SENT_AS: Final = notices.join(outbox, outbox.c.notice_id == notices.c.id)


def _about(shop_id: int) -> tuple[ColumnElement[bool], ...]:
    its = (notice_items.c.notice_id == notices.c.id, notice_items.c.shop_id == shop_id)
    return _waits(), exists().where(*its)


def _waits() -> ColumnElement[bool]:
    return and_(outbox.c.state == constant(WAITING), ~outbox.c.unsure)
