"""/invite: an operator's one-time link from a shop to the merchant, in a private chat, to be copied."""

from datetime import timedelta
from typing import Final

from bot.conversation import links
from bot.journeys.admin import note
from bot.journeys.entries import OperatorPress, command, press
from bot.journeys.turn import Reply, Turn
from bot.views.render import render
from storage import invites, shops
from storage.shops import Shop

MOST_SHOPS: Final = 8


class InviteTo(OperatorPress, verb="inv"):
    """A link that binds the shop with this number."""

    shop: int


@command("invite")
async def invite(turn: Turn) -> Reply | None:
    """The link for the shop of the typed id, else a choice of shops; None for everybody but operators."""
    if not turn.is_operator:
        return None
    shop = await shops.by_ref(turn.conn, turn.incoming.text) if turn.incoming.text else None
    return await _link(turn, shop) if shop else await _choice(turn)


@press(InviteTo)
async def invite_to(turn: Turn, pressed: InviteTo) -> Reply | None:
    """The link in a new message; None for a shop that no operator registered."""
    shop = await shops.by_id(turn.conn, pressed.shop)
    return await _link(turn, shop) if shop and shop.ref else None


async def _choice(turn: Turn) -> Reply:
    offered = await shops.without_followers(turn.conn, MOST_SHOPS)
    values = {"typed": turn.incoming.text, "shops": offered, "days": links.VALID.days}
    return turn.say(render("operators/invite", **values))


async def _link(turn: Turn, shop: Shop) -> Reply:
    """A new link; none as long as the bot does not know its own name."""
    if not turn.context.me.username:
        return turn.say(render("operators/invite_not_now"))
    invite_id, until = turn.context.new_id(), turn.now.replace(microsecond=0) + links.VALID
    await invites.make(turn.conn, invite_id, shop.id, until)
    await note(turn, "invite.make", shop.id)
    address = links.address(turn.context.me.username, links.make(turn.context.invite_key, invite_id, until))
    last_day = turn.context.today(until - timedelta(seconds=1))
    return turn.say(render("operators/invitation", shop=shop, address=address, until=last_day))
