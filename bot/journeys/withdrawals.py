"""A notice that waits, withdrawn by an operator before the follower hears it."""

from typing import Final

from bot.journeys import shop_deeds
from bot.journeys.entries import OperatorPress, press
from bot.journeys.shop_deeds import doing
from bot.journeys.turn import Reply, Turn
from bot.views.render import render
from storage import notice_evidence, shops, withdrawals

MOST_ITEMS: Final = 10
MOST_SHOPS: Final = 3


class AskToWithdraw(OperatorPress, verb="opd|b"):
    """Ask whether the notice with this number is never to be sent."""

    notice: int


class Withdraw(OperatorPress, verb="opd|b|*|1"):
    """Never send the notice."""

    notice: int


@press(AskToWithdraw)
async def ask(turn: Turn, pressed: AskToWithdraw) -> Reply | None:
    """What the chat will not hear, and a button for yes; where it is too late, that; None for an unknown number."""
    proof = await notice_evidence.of(turn.conn, pressed.notice, turn.now_ms)
    if proof is None:
        return None
    if not await withdrawals.may_withdraw(turn.conn, pressed.notice):
        return turn.amend(render("operators/deed_withdrawn", proof=proof, is_done=False, shops=[]))
    items = proof.notice.items[:MOST_ITEMS]
    known = await shops.by_ids(turn.conn, [item.shop_id for item in items])
    more = len(proof.notice.items) - len(items)
    return turn.amend(render("operators/deed_withdraw", proof=proof, items=items, shops=known, more=more))


@press(Withdraw)
async def withdraw(turn: Turn, pressed: Withdraw) -> Reply | None:
    """A line: it will not be sent, or it is too late; None for an unknown number."""
    is_done = await shop_deeds.withdraw(doing(turn), pressed.notice)
    proof = await notice_evidence.of(turn.conn, pressed.notice, turn.now_ms)
    if proof is None:
        return None
    known = await shops.by_ids(turn.conn, [item.shop_id for item in proof.notice.items])
    written_to = [shop for shop in known.values() if shop.ref][:MOST_SHOPS]
    return turn.amend(render("operators/deed_withdrawn", proof=proof, is_done=is_done, shops=written_to))
