"""A closing by the system, or an opening, told: confirmed, counted, with the chances left."""

from collections.abc import Sequence
from datetime import date

from bot.conversation.presses import Press
from bot.conversation.statement import Kind, Statement
from bot.journeys.entries import press
from bot.journeys.shops import PAGE, ShopPress, follow, is_turned_off, judging, of_chat, own_shop, standing
from bot.journeys.turn import Reply, Turn
from bot.journeys.undo import TakeBackTold
from bot.views.pages import paged
from bot.views.render import Rendered
from bot.views.standing import StandingView
from rules.edition import Edition
from rules.requirements import IN_ALLIANCE, is_barred, next_chance
from rules.watch_state import WatchState, after_closing, after_opening
from storage import cases, follows, shops
from storage.shops import Shop

MOST_COUNTED = 99
"""Closings that a shop may tell where the edition has no limit."""


class ClosedToday(ShopPress, verb="cn"):
    """Under a warning: the shop was closed today. The warning stays."""


class ClosedShop(ShopPress, verb="cq"):
    """The shop closed on `day`."""

    day: date
    count: int | None = None


class ClosedOf(Press, verb="cw"):
    """A page of the shops of which one closed on `day`."""

    page: int
    day: date
    count: int | None = None


class OpenedOf(Press, verb="ow"):
    """A page of the shops of which one opened on `day`."""

    page: int
    day: date


class KeepClosing(ShopPress, verb="cl", keeps=True):
    """The shop was closed on `day`, for the `count`th time. `shop` 0: the chat's own."""

    day: date
    count: int


class KeepOpening(ShopPress, verb="op", keeps=True):
    """The shop was opened on `day`. `shop` 0: the chat's own."""

    day: date


async def confirm(turn: Turn, statement: Statement, named: Shop | None = None) -> Reply:
    """The question to be confirmed: of which shop, and for a closing the how manieth."""
    if statement.doubt:
        return turn.say(turn.render("scores/closing_again"))
    possible = [named] if named else await shops.of_chat(turn.conn, turn.chat_id)
    if statement.kind is Kind.CLOSED:
        return turn.say(await _confirming_closing(turn, possible, statement.day, statement.count))
    return turn.say(_confirming_opening(turn, possible, statement.day))


@press(ClosedToday)
async def confirm_today(turn: Turn, pressed: ClosedToday) -> Reply | None:
    """The question for the count of closings, with today."""
    shop = await of_chat(turn, pressed.shop)
    return turn.say(await _confirming_closing(turn, [shop], turn.today, None)) if shop else None


@press(ClosedShop)
async def confirm_of_shop(turn: Turn, pressed: ClosedShop) -> Reply | None:
    """The question for the count of closings; None for a shop of another chat or a day in the future."""
    shop = await of_chat(turn, pressed.shop)
    if shop is None or pressed.day > turn.today:
        return None
    return turn.amend(await _confirming_closing(turn, [shop], pressed.day, pressed.count))


@press(ClosedOf, OpenedOf)
async def turn_page(turn: Turn, pressed: ClosedOf | OpenedOf) -> Reply | None:
    """The question with another page of shops; None for a chat without a choice, and for a day in the future."""
    possible = await shops.of_chat(turn.conn, turn.chat_id)
    if len(possible) < 2 or pressed.day > turn.today:
        return None
    if isinstance(pressed, OpenedOf):
        return turn.amend(_confirming_opening(turn, possible, pressed.day, pressed.page))
    return turn.amend(await _confirming_closing(turn, possible, pressed.day, pressed.count, pressed.page))


@press(KeepClosing)
async def keep_closing(turn: Turn, pressed: KeepClosing) -> Reply | None:
    """The closing counted, and the chances left; None when day, count or shop cannot be."""
    day, count = pressed.day, pressed.count
    known = await of_chat(turn, pressed.shop)
    edition = await judging(turn, known) if known else turn.context.edition
    is_possible = day <= turn.today and _is_possible(edition, count)
    shop = await own_shop(turn, pressed.shop) if is_possible else None
    if shop is None:
        return None
    await cases.tell(turn.conn, edition, shop, {cases.CLOSURES: count, IN_ALLIANCE: False}, turn.telling(day))
    await follow(turn, shop)
    for each in await follows.of_shop(turn.conn, shop.id):
        state = after_closing(each.state or WatchState(date.min), count)
        await follows.keep_state(turn.conn, shop.id, each.chat_id, state)
    rendered = turn.render(
        "scores/closing_kept",
        edition=edition,
        standing=await _standing(turn, shop),
        is_off=await is_turned_off(turn, shop),
        day=day,
        count=count,
        chance=next_chance(edition.chances, count),
        barred=is_barred(edition.chances, count),
        clause=edition.clause(edition.chances.clause) if edition.chances else None,
        opened=KeepOpening(shop.id, day),
        undo=TakeBackTold(shop.id, turn.now_ms),
    )
    return turn.amend(rendered, toast="saved")


@press(KeepOpening)
async def keep_opening(turn: Turn, pressed: KeepOpening) -> Reply | None:
    """The opening is kept."""
    shop = await own_shop(turn, pressed.shop) if pressed.day <= turn.today else None
    if shop is None:
        return None
    edition = await judging(turn, shop)
    await cases.tell(turn.conn, edition, shop, {IN_ALLIANCE: True}, turn.telling(pressed.day))
    await follow(turn, shop)
    for each in await follows.of_shop(turn.conn, shop.id):
        if each.state:
            await follows.keep_state(turn.conn, shop.id, each.chat_id, after_opening(each.state))
    clause = edition.clause(edition.chances.clause) if edition.chances and shop.closures else None
    values = {"standing": await _standing(turn, shop), "day": pressed.day, "clause": clause}
    values |= {"undo": TakeBackTold(shop.id, turn.now_ms), "is_off": await is_turned_off(turn, shop)}
    return turn.amend(turn.render("scores/opening_kept", edition=edition, **values), toast="saved")


async def _standing(turn: Turn, before: Shop) -> StandingView:
    """Where the shop stands with what was just told."""
    return await standing(turn, await shops.by_id(turn.conn, before.id) or before)


async def _confirming_closing(
    turn: Turn, possible: Sequence[Shop], day: date, count: int | None, page: int = 0
) -> Rendered:
    """The question: which shop, or the how manieth closing. What is known offers the next count, first of all.

    A told count that doesn't follow on the known one, and a day with a closing already known, are asked back.
    """
    only = possible[0] if len(possible) == 1 else None
    edition = await judging(turn, only) if only else turn.context.edition
    known = only.closures if only else None
    told = count if count and _is_possible(edition, count) else None
    following = None if known is None else known + 1
    counts = _counts(edition, known, told)
    pages = paged(possible, page, PAGE, lambda number: ClosedOf(number, day, told))
    return turn.render(
        "scores/closing_confirm",
        edition=edition,
        shops=[(shop, ClosedShop(shop.id, day, told)) for shop in pages.shown],
        pages=pages,
        is_one=len(possible) < 2,
        counts=[(each, KeepClosing(only.id if only else 0, day, each)) for each in counts],
        told=told,
        known=known,
        following=following if following in counts else None,
        is_conflict=told is not None and following not in (None, told),
        is_known_day=bool(only and known and only.closures_day == day),
        chances=edition.chances,
        day=day,
    )


def _confirming_opening(turn: Turn, possible: Sequence[Shop], day: date, page: int = 0) -> Rendered:
    pages = paged(possible, page, PAGE, lambda number: OpenedOf(number, day))
    asked: Sequence[Shop | None] = pages.shown or [None]
    choices = [(shop, KeepOpening(shop.id if shop else 0, day)) for shop in asked]
    return turn.render("scores/opening_confirm", shops=choices, pages=pages, is_one=len(possible) < 2)


def _is_possible(edition: Edition, count: int) -> bool:
    """Whether a shop can have been closed so often: as often as the edition allows, or without a limit."""
    return 1 <= count <= (edition.chances.limit if edition.chances else MOST_COUNTED)


def _counts(edition: Edition, known: int | None, told: int | None) -> tuple[int, ...]:
    """The counts on offer, the likeliest first: the told one, the next after the known one, then all of the edition."""
    following = () if known is None else (known + 1,)
    if told is not None:
        return tuple(dict.fromkeys((told, *(each for each in following if _is_possible(edition, each)))))
    every = range(1, edition.chances.limit + 1) if edition.chances else (1,) if known is None else ()
    return tuple(dict.fromkeys(each for each in (*following, *every) if _is_possible(edition, each)))
