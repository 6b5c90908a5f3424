"""The merchant's shops: /shops lists the shops and adds a shop; the shop of a button."""

from dataclasses import replace
from decimal import Decimal

from bot.conversation.presses import Press
from bot.conversation.statement import is_of_scores
from bot.journeys.entries import command, press
from bot.journeys.turn import Reply, Turn
from bot.views.pages import paged
from bot.views.render import Rendered, render
from bot.views.shop_name import kept_name
from bot.views.standing import StandingView, standing_of
from rules.case import edition_of
from rules.edition import Edition
from rules.requirements import Effect
from storage import cases, facts, follows, score_undo, shops
from storage.shops import Shop

MOST_OWN = 20
PAGE = 20
"""Shops on a page of a list."""


class ShowShops(Press, verb="shops"):
    """The list of the shops, in a new message; with a page, in its place."""

    page: int = 0


class ShowShop(Press, verb="sh"):
    """The page of a shop."""

    shop: int


class ShopPress(Press):
    """A button about a shop."""

    shop: int


async def names_a_shop(turn: Turn) -> bool:
    """Whether the command names a shop to be added."""
    return bool(kept_name(turn.incoming.text))


@command("shops", keeps=names_a_shop)
async def show_or_add(turn: Turn) -> Reply:
    """The list; with a name: another shop of the merchant's own."""
    name = kept_name(turn.incoming.text)
    return await _add(turn, name) if name else await show(turn)


@press(ShowShops)
async def show(turn: Turn, pressed: ShowShops | None = None) -> Reply:
    """The shops, each with whether the chat follows the shop."""
    wanted = pressed.page if pressed else 0
    known = await shops.of_chat(turn.conn, turn.chat_id)
    on = {follow.shop_id for follow in await follows.of_chat(turn.conn, turn.chat_id) if follow.is_on}
    pages = paged(known, wanted, PAGE, ShowShops)
    rendered = render("shops/list", shops=pages.shown, count=len(known), pages=pages, on=on)
    return turn.amend(rendered) if wanted else turn.say(rendered)


@press(ShowShop)
async def show_shop(turn: Turn, pressed: ShowShop) -> Reply | None:
    """What is known of the shop, with what can be done; None for a shop of another chat."""
    shop = await of_chat(turn, pressed.shop)
    return turn.say(await page(turn, shop)) if shop else None


async def page(turn: Turn, shop: Shop) -> Rendered:
    """The page of a shop."""
    is_on = not await is_turned_off(turn, shop)
    values = {"is_own": is_own(turn, shop), "has_told": await has_told(turn, shop), "is_on": is_on}
    return turn.render("shops/shop", standing=await standing(turn, shop), **values)


async def has_told(turn: Turn, shop: Shop) -> bool:
    """Whether a merchant told something of the shop that can be taken back."""
    is_fact = await facts.last_told_at(turn.conn, shop.id) is not None
    return is_fact or await score_undo.last_told(turn.conn, shop.id, turn.today) is not None


async def standing(turn: Turn, shop: Shop) -> StandingView:
    """Where the shop stands by what is known of it, by the edition that judges it."""
    case = await cases.of_shop(turn.conn, shop)
    return standing_of(edition_of(turn.context.catalogue, case, turn.context.edition), shop, case, turn.today)


def is_own(turn: Turn, shop: Shop) -> bool:
    """Whether the shop is the merchant's own, not an operator's."""
    return shop.owner_chat == turn.chat_id


async def _add(turn: Turn, name: str) -> Reply:
    if is_of_scores(turn.context.editions, name):
        return turn.say(render("shops/not_a_name", typed=name))
    known = await shops.of_chat(turn.conn, turn.chat_id)
    is_known = any(shop.name == name for shop in known)
    if not is_known and sum(shop.owner_chat == turn.chat_id for shop in known) >= MOST_OWN:
        return turn.say(render("shops/full", most=MOST_OWN))
    shop = await shops.own(turn.conn, turn.chat_id, turn.now_ms, name)
    await follow(turn, shop)
    other = next((one for one in known if one.id != shop.id), None)
    is_on, example = not await is_turned_off(turn, shop), example_score(turn.context.edition)
    added = turn.say(render("shops/added", shop=shop, is_known=is_known, is_on=is_on, other=other, example=example))
    return added if is_known else replace(added, taken={"named": shop.id})


def example_score(edition: Edition) -> Decimal:
    """A score for examples: the points needed for the first line."""
    entry = edition.line(Effect.NO_ENTRY) or edition.lines[0]
    return entry.limit


async def of_chat(turn: Turn, number: int | None) -> Shop | None:
    """The shop with this number; None for a shop of another chat."""
    known = await shops.of_chat(turn.conn, turn.chat_id)
    return next((shop for shop in known if shop.id == number), None)


async def judging(turn: Turn, shop: Shop) -> Edition:
    """The edition that judges the shop: of the scale of the shop's scores, else the chat's."""
    return edition_of(turn.context.catalogue, await cases.of_shop(turn.conn, shop), turn.context.edition)


async def follow(turn: Turn, shop: Shop) -> None:
    """The chat follows the shop from now on; a shop turned off stays off, and a new one is off where all others are."""
    if await follows.of(turn.conn, shop.id, turn.chat_id) is None:
        others = await follows.of_chat(turn.conn, turn.chat_id)
        await follows.start(turn.conn, shop.id, turn.chat_id, turn.now_ms)
        if others and not any(other.is_on for other in others):
            await follows.turn(turn.conn, shop.id, turn.chat_id, is_on=False)


async def is_turned_off(turn: Turn, shop: Shop | None) -> bool:
    """Whether the shop's notices are off, or would be once it is followed: then nothing may be promised."""
    known = await follows.of(turn.conn, shop.id, turn.chat_id) if shop else None
    if known:
        return not known.is_on
    others = await follows.of_chat(turn.conn, turn.chat_id)
    return bool(others) and not any(other.is_on for other in others)


async def own_shop(turn: Turn, number: int) -> Shop | None:
    """The same; 0 is the chat's own shop, made now if there is none yet."""
    return await of_chat(turn, number) if number else await shops.own(turn.conn, turn.chat_id, turn.now_ms)
