"""The first words: /start, with the payload of an operator's link or without, how to ask, and /help."""

from bot.conversation import links
from bot.conversation.links import Invite
from bot.conversation.presses import Press
from bot.journeys.entries import command, press
from bot.journeys.shops import standing
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import commands
from bot.views.render import Rendered, render
from storage import follows, invites, shops
from storage.invites import Use
from storage.shops import Shop


class HowToAsk(Press, verb="ask"):
    """How a question on the rules is asked."""


def _invite(turn: Turn) -> Invite | links.Refusal:
    return links.read(turn.context.invite_key, turn.incoming.text, turn.now)


async def _invited_to(turn: Turn) -> Shop | None:
    """The shop that the opened link binds to this chat; None for a link without effect, whatever it was for."""
    invite = _invite(turn)
    number = await invites.shop_for(turn.conn, invite.invite_id, turn.chat_id) if isinstance(invite, Invite) else None
    return await shops.by_id(turn.conn, number) if number is not None else None


async def binds_a_shop(turn: Turn) -> bool:
    """Whether the opened link binds a shop to this chat: nobody is asked for consent to a link without effect."""
    return await _invited_to(turn) is not None


async def invited(turn: Turn, agree: Press) -> Rendered:
    """Who writes, who invited, to which shop and what for, and then the question for consent."""
    shop = await _invited_to(turn)
    return turn.render("privacy/invited", shop=shop, operator=turn.context.operator, data=agree)


@command("start", keeps=binds_a_shop, asks=invited)
async def start(turn: Turn) -> Reply:
    """The welcome; with the payload of an operator's link: the shop bound, or why not. Operators get their menu."""
    if not links.looks_like_invite(turn.incoming.text):
        welcome = turn.say_plain("frame/start")
        return welcome.then([commands(turn.chat_id)]) if turn.is_operator else welcome
    invite = _invite(turn)
    if isinstance(invite, Invite):
        return turn.say(await _bound(turn, invite))
    return turn.say(render("shops/not_bound", why=invite.value))


async def _bound(turn: Turn, invite: Invite) -> Rendered:
    used = await invites.use(turn.conn, invite.invite_id, turn.chat_id, turn.now_ms)
    shop = await shops.by_id(turn.conn, used.shop_id) if used.shop_id is not None else None
    if shop is None:
        return render("shops/not_bound", why=used.use.value)
    is_new = await follows.start(turn.conn, shop.id, turn.chat_id, turn.now_ms)
    values = {"is_new": is_new or used.use is Use.BOUND, "check_at": turn.context.daily_check_at}
    return turn.render("shops/bound", standing=await standing(turn, shop), **values)


@press(HowToAsk)
async def how_to_ask(turn: Turn, _: HowToAsk) -> Reply:
    """How a question is asked, with examples."""
    return turn.say_plain("frame/ask")


@command("help")
async def help_(turn: Turn) -> Reply:
    """The questions and commands understood here."""
    return turn.say_plain("frame/help")
