"""Deeds of operators on a shop: rename, remove, hand over to another merchant, unbind a follower.

What can't be undone is asked first, with what it takes away; each deed is in `bot.journeys.shop_deeds`.
"""

from dataclasses import replace
from typing import Final

from bot.conversation.functions import function_in
from bot.conversation.memory import Naming
from bot.conversation.statement import LONGEST_NAME, is_of_scores, may_be_name
from bot.journeys import invitations, shop_deeds
from bot.journeys.admin import instant, note
from bot.journeys.entries import OperatorPress, press
from bot.journeys.shop_deeds import doing
from bot.journeys.turn import Reply, Turn
from bot.views.render import Rendered, render
from bot.views.shop_name import kept_name
from storage import announcements, at_stake, follows, invites, shop_page, shops
from storage.shops import Shop

MOST_FOLLOWERS: Final = 12


class ShopDeed(OperatorPress):
    """A button about the operator's shop with this number."""

    shop: int


class AskForShopName(ShopDeed, verb="opd|n"):
    """Ask for the new name of the shop."""


class KeepShopName(ShopDeed, verb="opd|nx"):
    """The name stays."""


class AskToRemoveShop(ShopDeed, verb="opd|x"):
    """Ask whether the shop is to be removed."""


class RemoveShop(ShopDeed, verb="opd|x|*|1"):
    """Remove the shop with all that is known."""


class AskToHandOver(ShopDeed, verb="opd|h"):
    """Ask whether the shop goes to another merchant."""


class HandOver(ShopDeed, verb="opd|h|*|1"):
    """Nobody follows the shop any more; a new link for the other merchant. `links`: how many the shop has had so far.

    So a second press, or that of another operator who was asked before, does not take the new link back.
    """

    links: int


class ShowFollowers(ShopDeed, verb="opd|f"):
    """Who follows the shop."""


class AskToUnbind(ShopDeed, verb="opd|u"):
    """Ask whether the chat is to follow the shop no longer."""

    chat: int


class Unbind(ShopDeed, verb="opd|u|*|*|1"):
    """The chat follows the shop no longer."""

    chat: int


@press(AskForShopName)
async def ask_for_name(turn: Turn, pressed: AskForShopName) -> Reply | None:
    """The question for the new name; None for a shop that is gone."""
    shop = await operators_shop(turn, pressed.shop)
    if shop is None:
        return None
    await announcements.drop_draft(turn.conn, turn.chat_id)  # the next text is the name
    asked = turn.amend(render("operators/deed_rename", shop=shop, longest=LONGEST_NAME))
    return asked.remembering(turn.dialogue.model_copy(update={"naming": Naming(at=turn.now, shop=shop.id)}))


@press(KeepShopName)
async def keep_name(turn: Turn, pressed: KeepShopName) -> Reply | None:
    """No shop waits for a name any more; None for a shop that is gone."""
    shop = await operators_shop(turn, pressed.shop)
    return _named(turn, turn.amend(_renamed(shop, shop))) if shop else None


async def name_typed(turn: Turn) -> Reply | None:
    """The shop with the typed name, while an operator's shop waits for a name; None for other texts."""
    waiting = turn.dialogue.naming_at(turn.now)
    is_asked = waiting and may_be_name(turn.incoming.text) and function_in(turn.incoming.text) is None
    shop = await operators_shop(turn, waiting.shop) if waiting and waiting.shop and is_asked else None
    name = kept_name(turn.incoming.text)
    if shop is None or not name:
        return None
    if is_of_scores(turn.context.editions, name):
        return turn.say(turn.render("shops/not_a_name", typed=name))
    if name != shop.name:
        await shops.rename(turn.conn, shop.id, name)
        await note(turn, "shop.rename", shop.ref)
    after = await operators_shop(turn, shop.id)
    return replace(_named(turn, turn.say(_renamed(shop, after))), taken={"named": shop.id})


def _renamed(before: Shop, after: Shop | None) -> Rendered:
    return render("operators/deed_renamed", before=before, shop=after)


def _named(turn: Turn, reply: Reply) -> Reply:
    """The reply, with nothing waiting for a name any more."""
    return reply.remembering(turn.dialogue.model_copy(update={"naming": None}))


@press(AskToRemoveShop)
async def ask_to_remove(turn: Turn, pressed: AskToRemoveShop) -> Reply | None:
    """What goes with the shop, and a button for yes; None for a shop that is gone."""
    return await _ask(turn, pressed, "operators/deed_remove")


@press(RemoveShop)
async def remove(turn: Turn, pressed: RemoveShop) -> Reply | None:
    """How many followers were told that nobody watches the shop any more; None for a shop that is gone."""
    shop = await operators_shop(turn, pressed.shop)
    if shop is None:
        return None
    told = await shop_deeds.remove(doing(turn), shop)
    return turn.amend(render("operators/deed_removed", shop=shop, told=told))


@press(AskToHandOver)
async def ask_to_hand_over(turn: Turn, pressed: AskToHandOver) -> Reply | None:
    """What the followers lose, and a button for yes; None for a shop that is gone."""
    return await _ask(turn, pressed, "operators/deed_hand_over")


@press(HandOver)
async def hand_over(turn: Turn, pressed: HandOver) -> Reply | None:
    """What was ended, and the link for the other merchant; nothing is ended as long as no link can be made."""
    shop = await operators_shop(turn, pressed.shop)
    if shop is None or await invites.count(turn.conn, shop.id) != pressed.links:
        return None
    if not turn.context.me.username:
        return turn.say(render("operators/invite_not_now"))
    told, revoked = await shop_deeds.hand_over(doing(turn), shop)
    done = turn.amend(render("operators/deed_handed_over", shop=shop, told=told, revoked=revoked))
    return done.then((await invitations.link(turn, shop)).messages)


async def _ask(turn: Turn, pressed: ShopDeed, template: str) -> Reply | None:
    shop = await operators_shop(turn, pressed.shop)
    if shop is None:
        return None
    return turn.amend(render(template, shop=shop, stake=await at_stake.of_shop(turn.conn, shop.id, turn.now_ms)))


@press(ShowFollowers)
async def show_followers(turn: Turn, pressed: ShowFollowers) -> Reply | None:
    """The chats that follow the shop, with a button each; None for a shop that is gone."""
    shop = await operators_shop(turn, pressed.shop)
    return turn.amend(await _followers(turn, shop)) if shop else None


@press(AskToUnbind)
async def ask_to_unbind(turn: Turn, pressed: AskToUnbind) -> Reply | None:
    """Really? None where the chat does not follow the shop."""
    shop = await operators_shop(turn, pressed.shop)
    if shop is None or await follows.of(turn.conn, shop.id, pressed.chat) is None:
        return None
    return turn.amend(render("operators/deed_unbind", shop=shop, chat=pressed.chat))


@press(Unbind)
async def unbind(turn: Turn, pressed: Unbind) -> Reply | None:
    """The chats that follow the shop still; None where the chat does not follow the shop."""
    shop = await operators_shop(turn, pressed.shop)
    if shop is None or not await shop_deeds.unbind(doing(turn), shop, pressed.chat):
        return None
    return turn.amend(await _followers(turn, shop, gone=pressed.chat))


async def _followers(turn: Turn, shop: Shop, gone: int | None = None) -> Rendered:
    found = await shop_page.followers(turn.conn, shop.id)
    shown = [{**vars(one), "chat": one.chat_id, "since": instant(turn, one.since)} for one in found[:MOST_FOLLOWERS]]
    values = {"shown": shown, "count": len(found), "gone": gone}
    return render("operators/deed_followers", shop=shop, **values)


async def operators_shop(turn: Turn, number: int) -> Shop | None:
    """The operator's shop with this number; None for a merchant's own and for one that is gone."""
    shop = await shops.by_id(turn.conn, number)
    return shop if shop and shop.ref else None
