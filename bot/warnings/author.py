"""Puts a notice into words at the moment of sending: names, choices and buttons are current."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.telegram.messages import say
from bot.views.notice import render_notice
from rules.edition import Catalogue
from storage import follows, notices, shops
from storage.notices import Notice
from storage.sending import LeasedMessage


class Author:
    """Words the messages of notices; called by the delivery, inside the leasing transaction.

    `doubted`: news of `doubted` and earlier days may have been told already (see `storage.database.copies`).
    """

    def __init__(self, catalogue: Catalogue, zone: ZoneInfo, doubted: date | None = None) -> None:
        self._catalogue = catalogue
        self._zone = zone
        self._doubted = doubted

    async def __call__(self, conn: AsyncConnection, message: LeasedMessage, now: datetime) -> LeasedMessage | None:
        """The message with words; None when nothing is left to tell: all was turned off, or graver news came."""
        assert message.notice_id is not None  # noqa: S101  (only such messages are handed in)
        notice = (await notices.load(conn, [message.notice_id])).get(message.notice_id)
        notice = await _still_wanted(conn, notice) if notice else None
        if notice is None or not notice.items:
            return None
        known = await shops.by_ids(conn, [item.shop_id for item in notice.items])
        is_doubted = self._doubted is not None and notice.day <= self._doubted
        payload = self._payload(message.chat_id, notice, known, now)
        return replace(message, payload=payload, unsure=message.unsure or is_doubted)

    def _payload(
        self, chat_id: int, notice: Notice, known: Mapping[int, shops.Shop], now: datetime
    ) -> dict[str, object]:
        edition = self._catalogue.edition(notice.edition)
        (said,) = say(chat_id, render_notice(edition, notice, known, now.astimezone(self._zone).date()))
        return dict(said.payload)


async def _still_wanted(conn: AsyncConnection, notice: Notice) -> Notice:
    """The notice without the shops turned off by the chat."""
    on = {follow.shop_id for follow in await follows.of_chat(conn, notice.chat_id) if follow.is_on}
    return notice._replace(items=tuple(item for item in notice.items if item.shop_id == 0 or item.shop_id in on))
