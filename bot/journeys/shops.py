"""The merchant's shops: those of their own, and those that an operator's link binds."""

from bot.conversation import links
from bot.conversation.links import Invite, Refusal
from bot.journeys.about import plain
from bot.journeys.acknowledge import done
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.views.render import Rendered, render
from bot.views.shop_name import kept_name
from storage import follows, invites, shops
from storage.invites import Use

MOST_OWN = 20
MOST_LISTED = 30


async def start(turn: Turn) -> Reply:
    """/start: the welcome; with the payload of an operator's link: the shop is bound, or why it is not."""
    payload = turn.incoming.text
    if not links.looks_like_invite(payload):
        return plain(turn, "frame/start")
    invite = links.read(turn.context.invite_key, payload, turn.now)
    if isinstance(invite, Refusal):
        return _said(turn, render("shops/not_bound", why=invite.value))
    used = await invites.use(turn.conn, invite.invite_id, turn.chat_id, turn.now_ms)
    shop = await shops.by_id(turn.conn, used.shop_id) if used.shop_id is not None else None
    if shop is None:
        return _said(turn, render("shops/not_bound", why=used.use.value))
    is_new = await follows.start(turn.conn, shop.id, turn.chat_id, turn.now_ms)
    values = {
        "edition": turn.context.edition,
        "shop": shop,
        "is_new": is_new or used.use is Use.BOUND,
        "check_at": turn.context.daily_check_at,
    }
    return _said(turn, render("shops/bound", **values))


async def leads_nowhere(turn: Turn) -> bool:
    """Whether the link that was opened binds nothing for this chat: nothing is to be kept then, so nobody is asked."""
    if turn.incoming.command != "start":
        return False
    invite = links.read(turn.context.invite_key, turn.incoming.text, turn.now)
    return not (isinstance(invite, Invite) and await invites.is_for(turn.conn, invite.invite_id, turn.chat_id))


async def command(turn: Turn) -> Reply:
    """/shops: the list; with a name: one more shop of the merchant's own."""
    name = kept_name(turn.incoming.text)
    return await _added(turn, name) if name else await listed(turn)


async def listed(turn: Turn) -> Reply:
    """The shops and whether they are followed."""
    known = await shops.of_chat(turn.conn, turn.chat_id)
    on = {follow.shop_id for follow in await follows.of_chat(turn.conn, turn.chat_id) if follow.is_on}
    return _said(turn, render("shops/list", shops=known[:MOST_LISTED], unnamed=len(known[MOST_LISTED:]), on=on))


async def _added(turn: Turn, name: str) -> Reply:
    known = await shops.of_chat(turn.conn, turn.chat_id)
    is_known = any(shop.name == name for shop in known)
    if not is_known and sum(shop.owner_chat == turn.chat_id for shop in known) >= MOST_OWN:
        return _said(turn, render("shops/full", most=MOST_OWN))
    shop = await shops.own(turn.conn, turn.chat_id, turn.now_ms, name)
    fact = turn.context.edition.main_score
    return _said(turn, render("shops/added", shop=shop, is_known=is_known, fact=fact))


def _said(turn: Turn, rendered: Rendered) -> Reply:
    return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, rendered)))
