"""Puts a notice into words at the moment of sending: names, choices and buttons are current, and so is what holds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.telegram.messages import say
from bot.views.correction import render_correction
from bot.views.instead import on_chances
from bot.views.notice import MOST_FULL, render_notice, worst_first
from bot.views.render import Rendered
from bot.views.standing import StandingView, standing_of
from bot.warnings.judged_anew import When, judged_anew, shop_ids
from bot.warnings.last_words import Replaced, corrected, is_correction
from rules.case import edition_of
from rules.edition import Catalogue, Edition
from rules.outlook import WINDOW_DAYS, Series
from rules.reasons import Reason
from rules.watch_state import WatchState
from storage import cases, follows, notices, scores, shops
from storage.notices import Item, Notice
from storage.sending import LeasedMessage

WITH_ESTIMATE: Final = (Reason.WARNING, Reason.REMINDER, Reason.EARLY)
"""News of a score above a graver line: by the trend, in how many days that line is reached."""


class Author:
    """Words the messages of notices; called by the delivery, inside the leasing transaction.

    `doubted`: news of `doubted` and earlier days may have been told already (see `storage.database.copies`).
    """

    def __init__(self, catalogue: Catalogue, zone: ZoneInfo, doubted: date | None = None) -> None:
        self._catalogue = catalogue
        self._zone = zone
        self._doubted = doubted

    async def __call__(self, conn: AsyncConnection, message: LeasedMessage, now: datetime) -> LeasedMessage | None:
        """The message with words; None when nothing is left to tell: all was turned off, or holds no more."""
        assert message.notice_id is not None  # noqa: S101  (only such messages are handed in)
        notice = (await notices.load(conn, [message.notice_id])).get(message.notice_id)
        if notice is None:
            return None
        states = {one.shop_id: one.state for one in await follows.of_chat(conn, notice.chat_id) if one.is_on}
        notice = _still_wanted(notice, states)
        known = await shops.by_ids(conn, shop_ids(notice.items))
        if not message.unsure:  # of a repeat the first may have arrived: it is said again as it was
            edition, at = self._catalogue.edition(notice.edition), self._when(notice, now)
            notice = await judged_anew(conn, edition, notice, shops=known, states=states, at=at)
        notice, replaced = await corrected(conn, notice, now)
        if not notice.items:
            return None
        is_doubted = self._doubted is not None and notice.day <= self._doubted
        (said,) = say(message.chat_id, await self._rendered(conn, notice, known, replaced, now))
        return replace(message, payload=dict(said.payload), unsure=message.unsure or is_doubted)

    def _when(self, notice: Notice, now: datetime) -> When:
        made_on = self._today(datetime.fromtimestamp(notice.made_at / 1000, UTC))
        return When(self._today(now), is_past=made_on > notice.day)

    def _today(self, now: datetime) -> date:
        return now.astimezone(self._zone).date()

    async def _rendered(
        self, conn: AsyncConnection, notice: Notice, known: Mapping[int, shops.Shop], replaced: Replaced, now: datetime
    ) -> Rendered:
        edition, today = self._catalogue.edition(notice.edition), self._today(now)
        if is_correction(notice):
            standings = {number: await self._standing(conn, shop, edition, today) for number, shop in known.items()}
            in_force = partial(on_chances, self._catalogue, today)
            return render_correction(edition, notice, replaced, standings, today=today, instead=in_force)
        instead = on_chances(self._catalogue, today, edition)
        series = await _series(conn, edition, notice, today)
        return render_notice(
            edition,
            notice,
            known,
            today,
            replaced=replaced,
            instead=instead,
            texts=self._catalogue.texts,
            series=series,
        )

    async def _standing(self, conn: AsyncConnection, shop: shops.Shop, edition: Edition, today: date) -> StandingView:
        """The shop's standing by the edition of its scores: this edition where it is of their scale."""
        case = await cases.of_shop(conn, shop)
        return standing_of(edition_of(self._catalogue, case, edition), shop, case, today)


async def _series(conn: AsyncConnection, edition: Edition, notice: Notice, today: date) -> dict[Item, Series]:
    """The recent scores behind the worst items about a line with another one below."""
    facts = {fact.id: fact for fact in edition.scores}
    falling = [one for one in worst_first(notice.items) if one.reason in WITH_ESTIMATE and one.fact in facts][
        :MOST_FULL
    ]
    return {one: await scores.series(conn, one.shop_id, facts[one.fact], today, days=WINDOW_DAYS) for one in falling}


def _still_wanted(notice: Notice, on: Mapping[int, WatchState | None]) -> Notice:
    """The notice without the shops turned off by the chat."""
    return notice._replace(items=tuple(item for item in notice.items if item.shop_id == 0 or item.shop_id in on))
