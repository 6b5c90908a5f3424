"""A closing by the system, or an opening, told: confirmed, counted, and what it leaves of the chances."""

from collections.abc import Sequence
from datetime import date

from bot.conversation.statement import Kind, Statement
from bot.journeys.entries import press
from bot.journeys.score_overview import MOST_SHOWN
from bot.journeys.shops import ShopPress, of_chat, own_shop
from bot.journeys.turn import Reply, Turn
from bot.views.render import Rendered, render
from rules.edition import Edition
from rules.requirements import is_barred, next_chance
from rules.watch_state import WatchState, after_closing, after_opening
from storage import follows, shops
from storage.shops import Shop


class ClosedToday(ShopPress, verb="cn"):
    """Under a warning: this shop was closed today. The warning stays."""


class ClosedShop(ShopPress, verb="cq"):
    """This is the shop that was closed."""

    day: date
    count: int | None = None


class KeepClosing(ShopPress, verb="cl", keeps=True):
    """The shop was closed that day, for the `count`th time. `shop` 0: the chat's own."""

    day: date
    count: int


class KeepOpening(ShopPress, verb="op", keeps=True):
    """The shop was opened that day. `shop` 0: the chat's own."""

    day: date


async def confirm(turn: Turn, statement: Statement, named: Shop | None = None) -> Reply:
    """What was told, to be confirmed: of which shop, and for a closing the how manieth it was."""
    if statement.doubt:
        return turn.say(render("scores/closing_again", today=turn.today))
    possible = [named] if named else await shops.of_chat(turn.conn, turn.chat_id)
    if statement.kind is Kind.CLOSED:
        return turn.say(_confirming_closing(turn, possible, statement.day, statement.count))
    return turn.say(_confirming_opening(turn, possible, statement.day))


@press(ClosedToday)
async def confirm_today(turn: Turn, pressed: ClosedToday) -> Reply | None:
    """The how manieth time was it?"""
    shop = await of_chat(turn, pressed.shop)
    return turn.say(_confirming_closing(turn, [shop], turn.today, None)) if shop else None


@press(ClosedShop)
async def confirm_of_shop(turn: Turn, pressed: ClosedShop) -> Reply | None:
    """The how manieth time was it?"""
    shop = await of_chat(turn, pressed.shop)
    if shop is None or pressed.day > turn.today:
        return None
    return turn.amend(_confirming_closing(turn, [shop], pressed.day, pressed.count))


@press(KeepClosing)
async def keep_closing(turn: Turn, pressed: KeepClosing) -> Reply | None:
    """The closing is counted, and what is left of the chances."""
    edition, day, count = turn.context.edition, pressed.day, pressed.count
    shop = await own_shop(turn, pressed.shop) if day <= turn.today and count in _counts(edition, None) else None
    if shop is None:
        return None
    await shops.set_closures(turn.conn, shop.id, count, day)
    await shops.set_in_alliance(turn.conn, shop.id, False)
    for follow in await _followers(turn, shop):
        state = after_closing(follow.state or WatchState(date.min), count)
        await follows.keep_state(turn.conn, shop.id, follow.chat_id, state)
    rendered = render(
        "scores/closing_kept",
        edition=edition,
        shop=shop,
        day=day,
        count=count,
        chance=next_chance(edition.chances, count),
        barred=is_barred(edition.chances, count),
        clause=edition.clause(edition.chances.clause) if edition.chances else None,
        opened=KeepOpening(shop.id, day),
    )
    return turn.amend(rendered)


@press(KeepOpening)
async def keep_opening(turn: Turn, pressed: KeepOpening) -> Reply | None:
    """The opening is kept."""
    shop = await own_shop(turn, pressed.shop) if pressed.day <= turn.today else None
    if shop is None:
        return None
    await shops.set_in_alliance(turn.conn, shop.id, True)
    for follow in await _followers(turn, shop):
        if follow.state:
            await follows.keep_state(turn.conn, shop.id, follow.chat_id, after_opening(follow.state))
    edition = turn.context.edition
    clause = edition.clause(edition.chances.clause) if edition.chances and shop.closures else None
    values = {"shop": shop, "day": pressed.day, "count": shop.closures, "clause": clause}
    return turn.amend(render("scores/opening_kept", edition=edition, **values))


async def _followers(turn: Turn, shop: Shop) -> list[follows.Follow]:
    """All who follow the shop, and from now on this chat too."""
    if await follows.of(turn.conn, shop.id, turn.chat_id) is None:
        await follows.start(turn.conn, shop.id, turn.chat_id, turn.now_ms)
    return await follows.of_shop(turn.conn, shop.id)


def _confirming_closing(turn: Turn, possible: Sequence[Shop], day: date, count: int | None) -> Rendered:
    edition = turn.context.edition
    only = possible[0] if len(possible) == 1 else None
    told = count if count in _counts(edition, None) else None
    counts = (told,) if told else _counts(edition, only)
    return render(
        "scores/closing_confirm",
        shops=[(shop, ClosedShop(shop.id, day, told)) for shop in possible[:MOST_SHOWN]],
        counts=[(each, KeepClosing(only.id if only else 0, day, each)) for each in counts],
        told=told,
        known=only.closures if only else None,
        chances=edition.chances,
        day=day,
        today=turn.today,
    )


def _confirming_opening(turn: Turn, possible: Sequence[Shop], day: date) -> Rendered:
    asked: Sequence[Shop | None] = possible[:MOST_SHOWN] or [None]
    return render(
        "scores/opening_confirm",
        shops=[(shop, KeepOpening(shop.id if shop else 0, day)) for shop in asked],
        day=day,
        today=turn.today,
    )


def _counts(edition: Edition, shop: Shop | None) -> tuple[int, ...]:
    """The how manieth closing it may be: those that the edition counts, else the next one after those known."""
    if edition.chances:
        return tuple(range(1, edition.chances.limit + 1))
    return ((shop.closures or 0) + 1,) if shop else (1,)
