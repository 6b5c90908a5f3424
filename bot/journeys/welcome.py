"""The first words: /start, with the payload of an operator's link or without, and /help."""

from bot.conversation import links
from bot.conversation.links import Invite
from bot.journeys.entries import command
from bot.journeys.shops import standing
from bot.journeys.turn import Reply, Turn
from bot.views.render import Rendered, render
from storage import follows, invites, shops
from storage.invites import Use


def _invite(turn: Turn) -> Invite | links.Refusal:
    return links.read(turn.context.invite_key, turn.incoming.text, turn.now)


async def binds_a_shop(turn: Turn) -> bool:
    """Whether the opened link binds a shop to this chat: nobody is asked for consent to a link without effect."""
    invite = _invite(turn)
    return isinstance(invite, Invite) and await invites.is_for(turn.conn, invite.invite_id, turn.chat_id)


@command("start", keeps=binds_a_shop)
async def start(turn: Turn) -> Reply:
    """The welcome; with the payload of an operator's link: the shop bound, or why not."""
    if not links.looks_like_invite(turn.incoming.text):
        return turn.say_plain("frame/start")
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


@command("help")
async def help_(turn: Turn) -> Reply:
    """The questions and commands understood here."""
    return turn.say_plain("frame/help")
