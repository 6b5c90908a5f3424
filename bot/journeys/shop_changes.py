"""A shop renamed or removed, or an operator's shop no longer followed."""

from dataclasses import replace

from bot.conversation.functions import function_in
from bot.conversation.memory import Naming
from bot.conversation.presses import Press
from bot.conversation.statement import is_of_scores, may_be_name
from bot.journeys import consent
from bot.journeys.entries import command, press
from bot.journeys.shops import ShopPress, is_own, names_a_shop, of_chat
from bot.journeys.turn import Reply, Turn
from bot.views.render import Rendered
from bot.views.shop_name import kept_name
from storage import follows, personal, shops
from storage.shops import Shop


class AskForName(ShopPress, verb="rn"):
    """Ask for the new name of the shop, or give the name that waits for a shop."""


class KeepName(Press, verb="rn|no"):
    """The name stays."""


class AskToRemove(ShopPress, verb="rm"):
    """Ask whether the shop is to be removed, or no longer followed."""


class Remove(ShopPress, verb="rm|*|1"):
    """Remove the shop of the merchant's own with all that is known; an operator's shop is no longer followed."""


@command("rename", keeps=names_a_shop)
async def rename_typed(turn: Turn) -> Reply:
    """/rename 新名 for the only shop; /rename 旧名 新名; else the question which shop, or which name."""
    own = [shop for shop in await shops.of_chat(turn.conn, turn.chat_id) if is_own(turn, shop)]
    name = kept_name(turn.incoming.text)
    named = next((shop for shop in own if shop.name and name.startswith(f"{shop.name} ")), None)
    if named and named.name:
        return turn.say(await _renamed(turn, named, name.removeprefix(named.name)))
    if len(own) == 1 and name:
        return _taken(turn.say(await _renamed(turn, own[0], name)), own[0])
    waiting = Naming(at=turn.now, name=name, shop=own[0].id if len(own) == 1 else 0)
    asked = turn.say(turn.render("shops/rename", shops=own, new_name=name))
    return asked.remembering(turn.dialogue.model_copy(update={"naming": waiting}))


@press(AskForName)
async def ask_for_name(turn: Turn, pressed: AskForName) -> Reply | None:
    """The question for the name; None for a shop that is not the merchant's own."""
    shop = await _own(turn, pressed.shop)
    if shop is None:
        return None
    waiting = turn.dialogue.naming_at(turn.now)
    if waiting and waiting.name and await consent.is_given(turn):
        return _over(turn, turn.amend(await _renamed(turn, shop, waiting.name), toast="saved"))
    asked = turn.say(turn.render("shops/rename", shops=[shop], new_name=""))
    return asked.remembering(turn.dialogue.model_copy(update={"naming": Naming(at=turn.now, shop=shop.id)}))


@press(KeepName)
async def keep_name(turn: Turn, _: KeepName) -> Reply:
    """Nothing waits for a name any more."""
    return _over(turn, turn.amend(turn.render("shops/not_renamed")))


async def name_typed(turn: Turn) -> Reply | None:
    """The shop with the typed name, while a shop waits for a name; None for other texts, and without consent."""
    waiting = turn.dialogue.naming_at(turn.now)
    is_asked = waiting and may_be_name(turn.incoming.text) and function_in(turn.incoming.text) is None
    shop = await _own(turn, waiting.shop) if waiting and waiting.shop and is_asked else None
    if shop is None or not await consent.is_given(turn):
        return None
    return _over(turn, _taken(turn.say(await _renamed(turn, shop, turn.incoming.text)), shop))


def _taken(reply: Reply, shop: Shop) -> Reply:
    """The reply to a name of the shop, which a correction of the message may change."""
    return replace(reply, taken={"named": shop.id})


async def _renamed(turn: Turn, shop: Shop, text: str) -> Rendered:
    """The shop with the new name, unless another shop of the chat has the name, or it is of scores."""
    name = kept_name(text)
    if is_of_scores(turn.context.editions, name):
        return turn.render("shops/not_a_name", typed=name)
    known = await shops.of_chat(turn.conn, turn.chat_id)
    is_taken = any(other.name == name for other in known if other.id != shop.id)
    if name and not is_taken:
        await shops.rename(turn.conn, shop.id, name)
    after = await shops.by_id(turn.conn, shop.id)
    return turn.render("shops/renamed", before=shop, shop=after, is_taken=is_taken)


def _over(turn: Turn, reply: Reply) -> Reply:
    """The reply, with nothing waiting for a name any more."""
    return reply.remembering(turn.dialogue.model_copy(update={"naming": None}))


async def _own(turn: Turn, number: int) -> Shop | None:
    shop = await of_chat(turn, number)
    return shop if shop and is_own(turn, shop) else None


@press(AskToRemove)
async def ask_to_remove(turn: Turn, pressed: AskToRemove) -> Reply | None:
    """What goes with the shop, and a button for yes; None for a shop of another chat."""
    shop = await of_chat(turn, pressed.shop)
    return turn.say(turn.render("shops/remove", shop=shop, is_own=is_own(turn, shop))) if shop else None


@press(Remove)
async def remove(turn: Turn, pressed: Remove) -> Reply | None:
    """The shop, gone with all that was known of the shop or no longer followed; None for a shop of another chat."""
    shop = await of_chat(turn, pressed.shop)
    if shop is None:
        return None
    if is_own(turn, shop):
        await personal.forget_shop(turn.conn, shop.id)
    else:
        await follows.stop(turn.conn, shop.id, turn.chat_id)
    is_gone = is_own(turn, shop)
    return turn.amend(turn.render("shops/removed", shop=shop, is_own=is_gone), toast="deleted" if is_gone else "off")
