"""What a merchant tells unasked: a score, a closing, an opening. Nothing is kept before a button says so."""

from bot.conversation.statement import Kind, may_tell, said
from bot.journeys import closings, scores
from bot.journeys.turn import Reply, Turn
from bot.views.shop_name import harmless
from storage import shops
from storage.shops import Shop


async def told(turn: Turn) -> Reply | None:
    """The answer to a text that tells something; None when it tells nothing, so that it is a question."""
    edition, text = turn.context.edition, turn.incoming.text
    if not may_tell(text):
        return None
    shop, claim = None, said(edition, text, turn.today)
    if claim is None:
        shop, rest = await _without_name(turn, text)
        claim = said(edition, rest, turn.today) if shop else None
    if claim is None:
        return None
    if claim.kind in (Kind.SCORE, Kind.WHAT_IF):
        return await scores.told(turn, claim, shop)
    return await closings.told(turn, claim, shop)


async def _without_name(turn: Turn, text: str) -> tuple[Shop | None, str]:
    """The shop of the chat whose name the text holds, and the text without it; the longest name first."""
    named = [shop for shop in await shops.of_chat(turn.conn, turn.chat_id) if shop.name and harmless(shop.name)]
    for shop in sorted(named, key=lambda shop: -len(shop.name or "")):
        if shop.name and shop.name in text:
            return shop, text.replace(shop.name, " ", 1)
    return None, text
