"""/invite: an operator's one-time link from a shop to the merchant, in a private chat, to be copied; and the links
made, each with a button to take it back."""

from datetime import timedelta
from typing import Final

from bot.conversation import links
from bot.journeys import shop_deeds
from bot.journeys.admin import instant, note
from bot.journeys.entries import OperatorPress, command, press
from bot.journeys.shop_deeds import doing
from bot.journeys.turn import Reply, Turn
from bot.views.render import Rendered, render
from storage import invites, shops
from storage.invites import Invitation
from storage.shops import Shop

MOST_SHOPS: Final = 8
MOST_LINKS: Final = 8


class InviteTo(OperatorPress, verb="inv"):
    """A link that binds the shop with this number."""

    shop: int


class ShowInvitations(OperatorPress, verb="opd|i"):
    """The links made for the shop with this number."""

    shop: int


class Revoke(OperatorPress, verb="opd|ir"):
    """Take the link back."""

    invitation: str


@command("invite")
async def invite(turn: Turn) -> Reply | None:
    """The link for the shop of the typed id, else a choice of shops; None for everybody but operators."""
    if not turn.is_operator:
        return None
    shop = await shops.by_ref(turn.conn, turn.incoming.text) if turn.incoming.text else None
    return await link(turn, shop) if shop else await _choice(turn)


@press(InviteTo)
async def invite_to(turn: Turn, pressed: InviteTo) -> Reply | None:
    """The link in a new message; None for a shop that no operator registered."""
    shop = await shops.by_id(turn.conn, pressed.shop)
    return await link(turn, shop) if shop and shop.ref else None


async def _choice(turn: Turn) -> Reply:
    offered = await shops.without_followers(turn.conn, MOST_SHOPS)
    values = {"typed": turn.incoming.text, "shops": offered, "days": links.VALID.days}
    return turn.say(render("operators/invite", **values))


async def link(turn: Turn, shop: Shop) -> Reply:
    """A new link; none as long as the bot does not know its own name."""
    if not turn.context.me.username:
        return turn.say(render("operators/invite_not_now"))
    invite_id, until = turn.context.new_id(), turn.now.replace(microsecond=0) + links.VALID
    await invites.make(turn.conn, invite_id, shop.id, until, turn.now)
    await note(turn, "invite.make", shop.ref)
    address = links.address(turn.context.me.username, links.make(turn.context.invite_key, invite_id, until))
    last_day = turn.context.today(until - timedelta(seconds=1))
    return turn.say(render("operators/invitation", shop=shop, address=address, until=last_day))


@press(ShowInvitations)
async def show(turn: Turn, pressed: ShowInvitations) -> Reply | None:
    """The links made for the shop, without their addresses; None for a shop that no operator registered."""
    shop = await shops.by_id(turn.conn, pressed.shop)
    return turn.amend(await _listed(turn, shop)) if shop and shop.ref else None


@press(Revoke)
async def revoke(turn: Turn, pressed: Revoke) -> Reply | None:
    """The links of the shop, this one taken back; None for a link that nobody can use any more."""
    if not await shop_deeds.revoke(doing(turn), pressed.invitation):
        return None
    made = await invites.by_id(turn.conn, pressed.invitation)
    shop = await shops.by_id(turn.conn, made.shop_id) if made else None
    return turn.amend(await _listed(turn, shop, is_revoked=True)) if shop else None


async def _listed(turn: Turn, shop: Shop, *, is_revoked: bool = False) -> Rendered:
    found = await invites.listed(turn.conn, shop.id, MOST_LINKS + 1)
    shown = [_shown(turn, place, one) for place, one in enumerate(found[:MOST_LINKS], start=1)]
    more = len(found) > MOST_LINKS
    return render("operators/invitation_list", shop=shop, shown=shown, more=more, is_revoked=is_revoked)


def _shown(turn: Turn, place: int, one: Invitation) -> dict[str, object]:
    instants = {"made": one.made_at, "expires": one.expires_at, "used": one.used_at, "revoked": one.revoked_at}
    seen = {name: instant(turn, at_ms) for name, at_ms in instants.items()}
    return {"place": place, "id": one.id, "state": one.state(turn.now_ms).value, "used_by": one.used_by, **seen}
