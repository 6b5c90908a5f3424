"""What holds of a shop after something was told or taken back, with the news that the daily check would have."""

from dataclasses import dataclass
from datetime import date

from bot.journeys.turn import Turn
from bot.views.notice import NoticeView, ShopTold, notice_view
from bot.views.standing import StandingView, standing_of
from bot.warnings.followers import decide_now
from rules.case import edition_of
from rules.edition import Clause
from storage import cases
from storage.notices import Notice
from storage.shops import Shop


@dataclass(frozen=True)
class Consequences:
    """`news`: what the reply tells in place of a warning, None for nothing. `clauses`: of the news and the standing."""

    standing: StandingView
    news: ShopTold | None
    clauses: tuple[Clause, ...]


async def consequences(
    turn: Turn, shop: Shop, *, is_changed: bool = True, corrected: date | None = None
) -> Consequences:
    """Where the shop stands now; news for this chat counts as told by the reply, other followers are told.

    Without a change there is no news. `corrected`: the day of which another score was known before.
    """
    catalogue, case = turn.context.catalogue, await cases.of_shop(turn.conn, shop)
    notice = await _decided(turn, shop, corrected) if is_changed else None
    news = _view(turn, notice, shop) if notice else None
    standing = standing_of(edition_of(catalogue, case, turn.context.edition), shop, case, turn.today)
    clauses = dict.fromkeys((*(news.clauses if news else ()), *standing.clauses))
    return Consequences(standing, news.first if news else None, tuple(clauses))


def _view(turn: Turn, notice: Notice, shop: Shop) -> NoticeView:
    catalogue = turn.context.catalogue
    return notice_view(catalogue.edition(notice.edition), notice, {shop.id: shop}, turn.today, catalogue.texts)


async def _decided(turn: Turn, shop: Shop, corrected: date | None) -> Notice | None:
    watch, chat = turn.context.policy, turn.chat_id
    return await decide_now(turn.conn, watch, shop.id, turn.now, answering=chat, corrected=corrected)
